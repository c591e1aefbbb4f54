import { hasBrokenHeader, hasOddDate } from './content-tests.js'
import { type Difference, valueDifferences } from './difference.js'
import type { HardMessage } from './hard-message.js'
import { type Answer, fetched, ImapSession, type Place } from './imap-session.js'
import { displaced, threadOrder, threadPlaces } from './order.js'
import {
  OF_EACH_MESSAGE,
  OF_EVERY_MESSAGE,
  ofPart,
  ofPartDecoded,
  partNumbers,
  SEARCHES,
  SORTS,
  SORTS_OF_DATED,
  THREADS,
} from './questions.js'

/** Both servers, in one mailbox with the same messages. */
export interface Pair {
  readonly messages: readonly HardMessage[]
  readonly ours: ImapSession
  readonly theirs: ImapSession
}

/** Asks both servers the same of the same messages. @returns where their answers differ. */
export async function compareServers(
  messages: readonly HardMessage[],
  ours: Place,
  theirs: Place,
): Promise<readonly Difference[]> {
  const sessions = await Promise.all([ours, theirs].map((place) => ImapSession.open(place)))
  const [one, other] = sessions
  if (one === undefined || other === undefined) throw new Error('two sessions are needed')
  const pair = { messages, ours: one, theirs: other }
  try {
    for (const session of sessions) {
      const selected = await session.must('EXAMINE INBOX')
      if (!selected.includes(`${messages.length} EXISTS`)) throw new Error(`not the corpus: ${selected.join('; ')}`)
    }
    return [
      ...(await compareMessages(pair)),
      ...(await compareSearches(pair)),
      ...(await compareSorts(pair)),
      ...(await compareThreads(pair)),
    ]
  } finally {
    for (const session of sessions) session.close()
  }
}

async function both(pair: Pair, command: string) {
  const [ours, theirs] = await Promise.all([pair.ours.say(command), pair.theirs.say(command)])
  return { ours, theirs }
}

async function compareMessages(pair: Pair): Promise<Difference[]> {
  const differences: Difference[] = []
  const whole = await both(pair, `FETCH 1:* (${OF_EVERY_MESSAGE.join(' ')})`)
  const [ours, theirs] = [fetched(whole.ours.untagged), fetched(whole.theirs.untagged)]
  for (const [at, { name }] of pair.messages.entries()) {
    const [one, other] = [ours.get(at + 1), theirs.get(at + 1)]
    for (const item of OF_EVERY_MESSAGE) {
      const key = answerName(item)
      differences.push(...valueDifferences(name, key, one?.get(key), other?.get(key)))
    }
    const parts = [one, other].flatMap((items) => partNumbers(items?.get('BODYSTRUCTURE')))
    const numbers = new Set(parts.map(({ number }) => number))
    const asked = [...OF_EACH_MESSAGE, ...[...numbers].flatMap(ofPart)]
    const answer = await both(pair, `FETCH ${at + 1} (${asked.join(' ')})`)
    const own = [answer.ours, answer.theirs].map(({ untagged }) => fetched(untagged).get(at + 1))
    for (const item of asked) {
      const key = answerName(item)
      differences.push(...valueDifferences(name, key, own[0]?.get(key), own[1]?.get(key)))
    }
    // Each for itself: an encoding nobody knows refuses the whole command.
    const leaves = new Set(parts.filter(({ isLeaf }) => isLeaf).map(({ number }) => number))
    for (const part of leaves) differences.push(...(await compareDecoded(pair, name, at + 1, part)))
  }
  return differences
}

/** Dovecot closes the connection in the middle of a part whose encoding is damaged; what comes next is asked on another. */
async function atEase(session: ImapSession, answer: Answer): Promise<void> {
  if (answer.status !== 'closed') return
  await session.reopen()
  await session.must('EXAMINE INBOX')
}

async function compareDecoded(pair: Pair, name: string, seq: number, part: string): Promise<Difference[]> {
  const asked = ofPartDecoded(part)
  const answer = await both(pair, `FETCH ${seq} (${asked.join(' ')})`)
  const words = [answer.ours, answer.theirs].map(({ status, words }) => `${status} ${words}`.trim())
  for (const session of [pair.ours, pair.theirs])
    await atEase(session, session === pair.ours ? answer.ours : answer.theirs)
  if (answer.ours.status !== answer.theirs.status || answer.ours.status === 'closed')
    return [{ message: name, what: `BINARY[${part}]`, ours: words[0] ?? '', theirs: words[1] ?? '' }]
  const own = [answer.ours, answer.theirs].map(({ untagged }) => fetched(untagged).get(seq))
  return asked.flatMap((item) => {
    const key = answerName(item)
    return [...valueDifferences(name, key, own[0]?.get(key), own[1]?.get(key))]
  })
}

/** What an item is called in the answer. */
function answerName(item: string): string {
  return item
    .replace('.PEEK', '')
    .replace(/<(\d+)\.\d+>$/, '<$1>')
    .toUpperCase()
}

async function compareSearches({ messages, ...pair }: Pair): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const search of SEARCHES) {
    const answer = await both({ messages, ...pair }, `SEARCH ${search}`)
    const what = `SEARCH ${Buffer.from(search.replace(/\{\d+\+\}\r\n/, ''), 'latin1').toString()}`
    if (answer.ours.status !== answer.theirs.status) {
      differences.push({
        message: '*',
        what,
        ours: `${answer.ours.status} ${answer.ours.words}`,
        theirs: `${answer.theirs.status} ${answer.theirs.words}`,
      })
      continue
    }
    const [ours, theirs] = [found(answer.ours.untagged), found(answer.theirs.untagged)]
    for (const [at, { name }] of messages.entries()) {
      const [isOurs, isTheirs] = [ours.has(at + 1), theirs.has(at + 1)]
      if (isOurs !== isTheirs)
        differences.push({
          message: name,
          what,
          ours: isOurs ? 'found' : 'not found',
          theirs: isTheirs ? 'found' : 'not found',
        })
    }
  }
  return differences
}

function found(untagged: readonly string[]): ReadonlySet<number> {
  return new Set(numbersOf(untagged, 'SEARCH'))
}

/** Where a message does not stand in the order of the others. */
async function compareSorts(pair: Pair): Promise<Difference[]> {
  const all = pair.messages.map((_, at) => at + 1)
  const differences = []
  for (const sort of SORTS) differences.push(...(await compareSort(pair, sort, all)))
  for (const sort of SORTS_OF_DATED) differences.push(...(await compareSort(pair, sort, datedOf(pair))))
  return differences
}

async function compareSort(pair: Pair, sort: string, among: readonly number[]): Promise<Difference[]> {
  const what = `SORT (${sort})`
  const answer = await both(pair, `${what} UTF-8 ${among.join(',')}`)
  const [ours = [], theirs = []] = [answer.ours, answer.theirs].map(({ untagged }) => numbersOf(untagged, 'SORT'))
  if (ours.length !== among.length || theirs.length !== among.length)
    throw new Error(`${what} left some out: ours ${ours.length}, theirs ${theirs.length}`)
  const after = (list: readonly number[], number: number): string =>
    `after ${nameOf(pair, list[list.indexOf(number) - 1])}`
  return displaced(ours, theirs).map((number) => {
    return { message: nameOf(pair, number), what, ours: after(ours, number), theirs: after(theirs, number) }
  })
}

/** Messages whose date every server reads: one that two read differently moves the others in threads, and among equals. */
function datedOf({ messages }: Pair): readonly number[] {
  return messages.flatMap(({ octets }, at) => (hasOddDate(octets) || hasBrokenHeader(octets) ? [] : [at + 1]))
}

/** Where a message stands in another thread, behind another message, or its thread in another place. */
async function compareThreads(pair: Pair): Promise<Difference[]> {
  const differences: Difference[] = []
  const dated = datedOf(pair)
  for (const thread of THREADS) {
    const what = `THREAD ${thread}`
    const answer = await both(pair, `THREAD ${thread} UTF-8 ${dated.join(',')}`)
    const [ours = '', theirs = ''] = [answer.ours, answer.theirs].map(
      ({ untagged }) => untagged.find((each) => each.startsWith('THREAD')) ?? '',
    )
    const [one, other] = [threadPlaces(ours), threadPlaces(theirs)]
    const named = (place: string | undefined): string =>
      place?.replace(/\d+/g, (number) => nameOf(pair, Number(number))) ?? 'nowhere'
    for (const number of dated) {
      const places = { ours: named(one?.get(number)), theirs: named(other?.get(number)) }
      if (places.ours !== places.theirs) differences.push({ message: nameOf(pair, number), what, ...places })
    }
    for (const number of displaced(threadOrder(ours), threadOrder(theirs)))
      differences.push({ message: nameOf(pair, number), what: `${what} order`, ours: 'here', theirs: 'there' })
  }
  return differences
}

function numbersOf(untagged: readonly string[], name: string): readonly number[] {
  const line = untagged.find((each) => each.startsWith(`${name} `)) ?? ''
  return line.split(' ').slice(1).map(Number)
}

function nameOf({ messages }: Pair, number: number | undefined): string {
  return messages[(number ?? 0) - 1]?.name ?? 'none'
}

import { type Difference, valueDifferences } from './difference.js'
import type { HardMessage } from './hard-message.js'
import { fetched, ImapSession } from './imap-session.js'
import { OF_EACH_MESSAGE, OF_EVERY_MESSAGE, ofPart, partNumbers, SEARCHES } from './questions.js'

/** Where to log in. */
export interface Place {
  readonly port: number
  readonly user: string
  readonly password: string
}

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
  const sessions = await Promise.all(
    [ours, theirs].map(({ port, user, password }) => ImapSession.open(port, user, password)),
  )
  const [one, other] = sessions
  if (one === undefined || other === undefined) throw new Error('two sessions are needed')
  const pair = { messages, ours: one, theirs: other }
  try {
    for (const session of sessions) {
      const selected = await session.must('SELECT INBOX')
      if (!selected.includes(`${messages.length} EXISTS`)) throw new Error(`not the corpus: ${selected.join('; ')}`)
    }
    return [...(await compareMessages(pair)), ...(await compareSearches(pair))]
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
    const asked = [...OF_EACH_MESSAGE, ...[...new Set(parts)].flatMap(ofPart)]
    const answer = await both(pair, `FETCH ${at + 1} (${asked.join(' ')})`)
    const own = [answer.ours, answer.theirs].map(({ untagged }) => fetched(untagged).get(at + 1))
    for (const item of asked) {
      const key = answerName(item)
      differences.push(...valueDifferences(name, key, own[0]?.get(key), own[1]?.get(key)))
    }
  }
  return differences
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
  const line = untagged.find((each) => each.startsWith('SEARCH')) ?? ''
  return new Set(line.split(' ').slice(1).map(Number))
}

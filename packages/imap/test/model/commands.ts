import type { Choices } from './choices.js'
import type { Client, Command } from './client.js'
import type { ModelChange } from './mailbox-model.js'

export const MAILBOXES = ['INBOX', 'Other'] as const

const FLAGS = ['\\Seen', '\\Flagged', '\\Deleted', '\\Answered', 'Work', '$Later'] as const

/** What the client does next, of all that it may do now. */
export function randomCommand(client: Client, choices: Choices): Command {
  if (client.mailbox === null) return openCommand(client, choices)
  if (!client.isSynchronised) {
    const step = client.nextStep()
    if (step !== null) return step
  }
  if (client.unknown.length > 0 && choices.below(3) > 0) return fillCommand(client)
  return choices.pick(client.positions.length === 0 ? ALWAYS : [...ALWAYS, ...WITH_MESSAGES])(client, choices)
}

/** Asks for what came and is not known yet. */
export function fillCommand(client: Client): Command {
  const { unknown } = client
  const items = `(UID FLAGS${client.kind === 'plain' ? '' : ' MODSEQ'})`
  return { text: `FETCH ${unknown[0]}:${unknown.at(-1)} ${items}`, holdsExpunges: true }
}

/** Selects a mailbox, and takes up what is known of it as far as the client is able to. */
export function openCommand(client: Client, choices: Choices): Command {
  const mailbox = choices.oneIn(4) ? MAILBOXES[1] : MAILBOXES[0]
  const verb = choices.oneIn(8) ? 'EXAMINE' : 'SELECT'
  const { uidValidity, modSeq, messages } = client.cacheOf(mailbox)
  const resumes = modSeq !== null && client.kind !== 'plain'
  const opens = { mailbox, resumes }
  if (client.kind === 'plain') return { text: `${verb} ${mailbox}`, opens }
  if (client.kind === 'condstore' || !resumes) return { text: `${verb} ${mailbox} (CONDSTORE)`, opens }
  const uids = [...messages.keys()].sort((one, other) => one - other)
  const known = uids.length > 0 && choices.oneIn(2) ? ` ${uids.join(',')}` : ''
  return {
    text: `${verb} ${mailbox} (QRESYNC (${uidValidity} ${modSeq}${known}${samples(client, choices, mailbox)}))`,
    opens,
  }
}

/** Sequence match data (RFC 7162 §3.2.5.2), where the client's last positions are known. */
function samples(client: Client, choices: Choices, mailbox: string): string {
  const positions = client.lastPositions.get(mailbox)
  if (positions === undefined || !choices.oneIn(2)) return ''
  const pairs = positions.flatMap((uid, at) => (uid === null ? [] : [{ seq: at + 1, uid }]))
  const chosen = choices.some(pairs)
  if (chosen.length === 0) return ''
  return ` (${chosen.map(({ seq }) => seq).join(',')} ${chosen.map(({ uid }) => uid).join(',')})`
}

type Maker = (client: Client, choices: Choices) => Command

/** Some messages, by number or by UID. */
interface Target {
  readonly prefix: '' | 'UID '
  readonly set: string
  readonly uids: readonly number[]
}

function target({ positions }: Client, choices: Choices): Target {
  const numbers = choices.oneIn(6)
    ? positions.map((_, at) => at + 1)
    : Array.from({ length: 1 + choices.below(3) }, () => 1 + choices.below(positions.length))
  const chosen = [...new Set(numbers)].sort((one, other) => one - other)
  const uids = chosen.flatMap((seq) => positions[seq - 1] ?? [])
  if (uids.length === chosen.length && choices.oneIn(2)) return { prefix: 'UID ', set: uids.join(','), uids }
  return { prefix: '', set: chosen.join(','), uids }
}

function change(choices: Choices): ModelChange {
  const mode = choices.pick(['add', 'remove', 'replace', 'add'] as const)
  const some = choices.some(FLAGS)
  return { mode, flags: some.length === 0 ? [choices.pick(FLAGS)] : some.slice(0, 2) }
}

const SIGNS = { add: '+', remove: '-', replace: '' } as const

const store: Maker = (client, choices) => {
  const { prefix, set, uids } = target(client, choices)
  const wanted = change(choices)
  const isSilent = choices.oneIn(2)
  const { condition, relies } = unchangedSince(client, choices, uids)
  return {
    text: `${prefix}STORE ${set} ${condition}${SIGNS[wanted.mode]}FLAGS${isSilent ? '.SILENT' : ''} (${wanted.flags.join(' ')})`,
    holdsExpunges: prefix === '',
    relies,
    ...(isSilent ? { silent: { uids: new Set(uids), change: wanted } } : {}),
  }
}

/** Conditions a STORE on what the client knows, or knew; says which flags it relies on. */
function unchangedSince(
  client: Client,
  choices: Choices,
  uids: readonly number[],
): { readonly condition: string; readonly relies: ReadonlyMap<number, string> } {
  const { cache } = client
  if (client.kind === 'plain' || choices.oneIn(2)) return { condition: '', relies: new Map() }
  const of = uids.map((uid) => cache.messages.get(uid)?.modSeq ?? 0)
  const modSeq = choices.pick([cache.modSeq ?? 0, Math.min(...of, cache.modSeq ?? 0), Math.max(...of, 0)])
  const relies = new Map<number, string>()
  for (const uid of uids) {
    const known = cache.messages.get(uid)
    if (known !== undefined && modSeq <= Math.max(known.modSeq, cache.modSeq ?? 0)) relies.set(uid, known.flags)
  }
  return { condition: `(UNCHANGEDSINCE ${modSeq}) `, relies }
}

const fetchFlags: Maker = (client, choices) => {
  const { prefix, set } = target(client, choices)
  const items = client.kind === 'plain' ? ['UID FLAGS'] : ['UID FLAGS', 'UID FLAGS MODSEQ', 'UID MODSEQ']
  const asked = choices.pick(items)
  return {
    text: `${prefix}FETCH ${set} (${asked})`,
    holdsExpunges: prefix === '',
    asksWithoutModSeq: asked === 'UID FLAGS',
  }
}

const fetchBody: Maker = (client, choices) => {
  const { prefix, set } = target(client, choices)
  return {
    text: `${prefix}FETCH ${set} (UID ${choices.pick(['BODY[]', 'BODY.PEEK[]'])})`,
    holdsExpunges: prefix === '',
  }
}

const fetchChanges: Maker = (client, choices) => {
  const { modSeq } = client.cache
  if (client.kind === 'plain' || modSeq === null) return fetchFlags(client, choices)
  const since = choices.oneIn(2) ? modSeq : 1 + choices.below(modSeq)
  const { prefix, set } = target(client, choices)
  const isByUid = prefix !== '' && client.kind === 'qresync'
  const vanished = isByUid && choices.oneIn(2) ? ' VANISHED' : ''
  return {
    text: `${prefix}FETCH ${vanished === '' ? set : '1:*'} (UID FLAGS) (CHANGEDSINCE ${since}${vanished})`,
    holdsExpunges: prefix === '',
  }
}

const search: Maker = (_, choices) => {
  const prefix = choices.pick(['', 'UID '])
  const key = choices.pick(['ALL', 'FLAGGED', 'UNSEEN', 'KEYWORD Work', 'DELETED'])
  return { text: `${prefix}SEARCH ${key}`, holdsExpunges: prefix === '' }
}

const expungeUids: Maker = (client, choices) => {
  const uids = target(client, choices).uids
  return uids.length === 0 ? { text: 'EXPUNGE' } : { text: `UID EXPUNGE ${uids.join(',')}` }
}

const transfer: Maker = (client, choices) => {
  const { prefix, set } = target(client, choices)
  return { text: `${prefix}${choices.pick(['COPY', 'MOVE'])} ${set} ${choices.pick(MAILBOXES)}` }
}

const append: Maker = (_, choices) => {
  const flags = choices.some(FLAGS).slice(0, 2)
  const message = 'Subject: model\r\n\r\nbody\r\n'
  return { text: `APPEND ${choices.pick(MAILBOXES)} (${flags.join(' ')}) {${message.length}+}\r\n${message}` }
}

const ALWAYS: readonly Maker[] = [
  () => ({ text: 'NOOP', looks: true }),
  () => ({ text: 'IDLE', idles: true }),
  append,
  openCommand,
  (_, choices) => ({ text: choices.pick(['CLOSE', 'UNSELECT']), leaves: true }),
  (_, choices) => ({ text: `STATUS ${choices.pick(MAILBOXES)} (MESSAGES UIDNEXT)` }),
]

const WITH_MESSAGES: readonly Maker[] = [
  store,
  store,
  store,
  store,
  store,
  fetchFlags,
  fetchFlags,
  fetchChanges,
  fetchBody,
  search,
  () => ({ text: 'EXPUNGE' }),
  () => ({ text: 'EXPUNGE' }),
  expungeUids,
  transfer,
  transfer,
]

import { type ImapValue, shown } from './imap-value.js'

/** One answer that is not the same. */
export interface Difference {
  /** Of the corpus, as `family/number`. */
  readonly message: string
  /** The item or command, and where in its value: `ENVELOPE.from.1.name`. */
  readonly what: string
  readonly ours: string
  readonly theirs: string
}

/** How much of a value is shown. */
const SHOWN = 240

const ENVELOPE = ['date', 'subject', 'from', 'sender', 'replyTo', 'to', 'cc', 'bcc', 'inReplyTo', 'messageId']
const ADDRESS = ['name', 'route', 'mailbox', 'host']
const ONE_PART = ['type', 'subtype', 'parameters', 'id', 'description', 'encoding', 'octets']
const EXTENSION = ['md5', 'disposition', 'language', 'location']

/** The innermost places where two values of an item differ. */
export function* valueDifferences(
  message: string,
  what: string,
  ours: ImapValue | undefined,
  theirs: ImapValue | undefined,
): Generator<Difference> {
  const open = [{ what, ours, theirs }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { ours, theirs } = next
    if (shown(ours) === shown(theirs)) continue
    const names =
      ours?.kind === 'list' && theirs?.kind === 'list' ? fieldNames(next.what, ours.items, theirs.items) : null
    if (ours?.kind !== 'list' || theirs?.kind !== 'list' || names === null) {
      yield { message, what: next.what, ours: shown(ours), theirs: shown(theirs) }
      continue
    }
    for (let at = Math.max(ours.items.length, theirs.items.length) - 1; at >= 0; at--)
      open.push({ what: `${next.what}.${names[at] ?? at + 1}`, ours: ours.items[at], theirs: theirs.items[at] })
  }
}

/** What the members of a list are called; `null`: the lists are not of one shape, and differ as a whole. */
function fieldNames(what: string, ours: readonly ImapValue[], theirs: readonly ImapValue[]): readonly string[] | null {
  if (what === 'ENVELOPE' || /\.envelope$/.test(what)) return ENVELOPE
  if (/\.(from|sender|replyTo|to|cc|bcc)\.\d+$/.test(what)) return ADDRESS
  if (/\.(from|sender|replyTo|to|cc|bcc)$/.test(what)) return ours.length === theirs.length ? [] : null
  if (/\.(parameters|disposition|language)(\.2)?$/.test(what)) return ours.length === theirs.length ? [] : null
  const [parts, theirParts] = [ours, theirs].map((items) => items.findIndex((item) => item.kind !== 'list'))
  if (parts !== theirParts || parts === undefined) return null
  if (parts > 0)
    return [...ours.slice(0, parts).map((_, at) => `${at + 1}`), 'subtype', 'parameters', ...EXTENSION.slice(1)]
  if (ours.length !== theirs.length) return null
  const type = shown(ours[0]).toLowerCase()
  if (type === '"text"') return [...ONE_PART, 'lines', ...EXTENSION]
  const isMessage = type === '"message"' && ours[7]?.kind === 'list' && theirs[7]?.kind === 'list'
  return isMessage ? [...ONE_PART, 'envelope', 'body', 'lines', ...EXTENSION] : [...ONE_PART, ...EXTENSION]
}

/** The same with long values cut: they are shown from a little before where they part. */
export function abridged(difference: Difference): Difference {
  const { ours, theirs } = difference
  if (ours.length <= SHOWN && theirs.length <= SHOWN) return difference
  let at = 0
  while (at < ours.length && ours[at] === theirs[at]) at++
  const from = Math.max(0, at - 40)
  const cut = (text: string): string => `${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN)} (${text.length})`
  return { ...difference, ours: cut(ours), theirs: cut(theirs) }
}

import type { CapabilityName } from '../capability-table.js'
import type { ImapCommand, StatusAtt } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailbox } from './mailbox.js'
import { atom } from './strings.js'

interface StatusWord {
  readonly att: StatusAtt
  /** The extensions that bring it, each of them. Absent: the base protocol. */
  readonly capabilities?: readonly CapabilityName[]
}

/** `status-att` of RFC 3501 §9 by its word; an extension adds a row. */
const STATUS_ATTS: ReadonlyMap<string, StatusWord> = new Map<string, StatusWord>([
  ['MESSAGES', { att: 'messages' }],
  ['RECENT', { att: 'recent' }],
  ['UIDNEXT', { att: 'uidNext' }],
  ['UIDVALIDITY', { att: 'uidValidity' }],
  ['UNSEEN', { att: 'unseen' }],
  ['HIGHESTMODSEQ', { att: 'highestModSeq', capabilities: ['CONDSTORE'] }],
  ['MAILBOXID', { att: 'mailboxId', capabilities: ['OBJECTID'] }],
  ['SIZE', { att: 'size', capabilities: ['STATUS=SIZE'] }],
  ['DELETED', { att: 'deleted', capabilities: ['IMAP4rev2', 'QUOTA=RES-MESSAGE'] }],
  ['DELETED-STORAGE', { att: 'deletedStorage', capabilities: ['QUOTA=RES-STORAGE'] }],
  ['APPENDLIMIT', { att: 'appendLimit', capabilities: ['APPENDLIMIT'] }],
])

/**
 *     status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
 *
 * RFC 3501 §9. The cursor stands after the SP that follows "STATUS".
 */
export function status(c: Cursor): ImapCommand {
  const name = mailbox(c)
  c.sp()
  return { name: 'STATUS', mailbox: name, items: statusAtts(c) }
}

/** `"(" status-att *(SP status-att) ")"`, each once. */
export function statusAtts(c: Cursor): readonly StatusAtt[] {
  return [...new Set(c.list(statusAtt))]
}

function statusAtt(c: Cursor): StatusAtt {
  const word = atom(c, 'status item').toUpperCase()
  // IMAP4rev2 no longer has RECENT (RFC 9051 §E).
  const found = word === 'RECENT' && c.isEnabled('IMAP4rev2') ? undefined : STATUS_ATTS.get(word)
  const isOffered = found?.capabilities?.some((name) => c.offers(name)) ?? true
  return found !== undefined && isOffered ? found.att : c.bad(`Unknown status item ${word}`)
}

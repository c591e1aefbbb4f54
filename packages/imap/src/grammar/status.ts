import type { CapabilityName } from '../capability-table.js'
import type { ImapCommand, StatusAtt } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailbox } from './mailbox.js'
import { atom } from './strings.js'

interface StatusWord {
  readonly att: StatusAtt
  /** The extension that brings it. Absent: the base protocol. */
  readonly capability?: CapabilityName
}

/** `status-att` of RFC 3501 §9 by its word; an extension adds a row. */
const STATUS_ATTS: ReadonlyMap<string, StatusWord> = new Map<string, StatusWord>([
  ['MESSAGES', { att: 'messages' }],
  ['RECENT', { att: 'recent' }],
  ['UIDNEXT', { att: 'uidNext' }],
  ['UIDVALIDITY', { att: 'uidValidity' }],
  ['UNSEEN', { att: 'unseen' }],
  ['DELETED', { att: 'deleted', capability: 'IMAP4rev2' }],
  ['HIGHESTMODSEQ', { att: 'highestModSeq', capability: 'CONDSTORE' }],
  ['MAILBOXID', { att: 'mailboxId', capability: 'OBJECTID' }],
  ['SIZE', { att: 'size', capability: 'STATUS=SIZE' }],
  ['DELETED', { att: 'deleted', capability: 'QUOTA=RES-MESSAGE' }],
  ['DELETED-STORAGE', { att: 'deletedStorage', capability: 'QUOTA=RES-STORAGE' }],
  ['APPENDLIMIT', { att: 'appendLimit', capability: 'APPENDLIMIT' }],
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
  return found !== undefined && c.offers(found.capability) ? found.att : c.bad(`Unknown status item ${word}`)
}

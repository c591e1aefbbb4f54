import type { StatusItem } from '@mailwright/core'
import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailbox } from './mailbox.js'
import { atom } from './strings.js'

/** `status-att` of RFC 3501 §9 by its word; an extension adds a row. */
const STATUS_ATTS: ReadonlyMap<string, StatusItem> = new Map([
  ['MESSAGES', 'messages'],
  ['RECENT', 'recent'],
  ['UIDNEXT', 'uidNext'],
  ['UIDVALIDITY', 'uidValidity'],
  ['UNSEEN', 'unseen'],
])

/**
 *     status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
 *
 * RFC 3501 §9. The cursor stands after the SP that follows "STATUS".
 */
export function status(c: Cursor): ImapCommand {
  const name = mailbox(c)
  c.sp()
  return { name: 'STATUS', mailbox: name, items: [...new Set(c.list(statusAtt))] }
}

function statusAtt(c: Cursor): StatusItem {
  const word = atom(c, 'status item').toUpperCase()
  return STATUS_ATTS.get(word) ?? c.bad(`Unknown status item ${word}`)
}

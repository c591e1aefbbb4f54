import type { ImapCommand, LiteralAnnouncement } from '../command.js'
import type { Cursor } from './cursor.js'
import { dateTime } from './date.js'
import { flagList } from './flags.js'
import { announcement } from './literal.js'
import { newMailbox } from './mailbox.js'

const NO_FLAGS = { system: 0, keywords: [] }

/**
 *     append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal
 *
 * RFC 3501 §9. The cursor stands after the SP that follows "APPEND", and at the end before the literal's announcement.
 */
export function append(c: Cursor): Extract<ImapCommand, { readonly name: 'APPEND' }> {
  const name = newMailbox(c)
  c.sp()
  const flags = c.peek === '(' ? flagList(c) : null
  if (flags !== null) c.sp()
  const internalDate = c.peek === '"' ? dateTime(c) : null
  if (internalDate !== null) c.sp()
  return { name: 'APPEND', mailbox: name, flags: flags ?? NO_FLAGS, internalDate, literal: message(c) }
}

/** The message's announcement; its octets come later, or never. */
function message(c: Cursor): LiteralAnnouncement {
  const announced = c.pendingLiteral()
  const literal = announced === undefined ? null : announcement(announced)
  if (literal === null || literal === 'tooGreat') return c.bad('Expected a message literal')
  if (literal.isBinary) c.bad('Binary literal not allowed here')
  return literal
}

import type { Flags, UnixMillis } from '@mailwright/core'
import type { AppendPlace, AppendStep, AppendText, ImapCommand, LiteralAnnouncement, Numbering } from '../command.js'
import type { Cursor } from './cursor.js'
import { dateTime } from './date.js'
import { flagList } from './flags.js'
import { announcement } from './literal.js'
import { newMailbox } from './mailbox.js'
import { astring } from './strings.js'

const NO_FLAGS = { system: 0, keywords: [] }
const WORD = /[A-Z0-9]+/iy

/**
 *     append = "APPEND" SP mailbox 1*append-message
 *
 * RFC 4466 §6, RFC 3502. The cursor stands after the SP that follows "APPEND". Reads up to the first literal that belongs to a message;
 * its octets come later, or never.
 */
export function append(c: Cursor): Extract<ImapCommand, { readonly name: 'APPEND' }> {
  const mailbox = newMailbox(c)
  return { name: 'APPEND', mailbox, text: messages(c, 'first', c.offers('MULTIAPPEND') ? 'many' : 'one') }
}

/**
 *     replace = "REPLACE" SP seq-number SP mailbox append-message
 *
 * RFC 8508 §5; behind UID the number is a UID.
 */
export function replace(c: Cursor, numbering: Numbering): Extract<ImapCommand, { readonly name: 'REPLACE' }> {
  const number = c.skip('*') ? Number.POSITIVE_INFINITY : c.nzNumber()
  c.sp()
  const mailbox = newMailbox(c)
  return { name: 'REPLACE', numbering, number, mailbox, text: messages(c, 'first', 'one') }
}

/**
 *     append-message = append-opts SP append-data
 *     append-opts    = [SP flag-list] [SP date-time]
 *     append-data    = literal / literal8 / append-data-ext
 *
 * RFC 4466 §6. Reads on from `place` up to the next literal that belongs to a message, or to the end of the command.
 */
export function messages(c: Cursor, place: AppendPlace, most: AppendText['most']): AppendText {
  const steps: AppendStep[] = []
  let isAnotherPart = false
  if (place === 'utf8' || place === 'utf8Part') c.expect(')')
  if (place === 'part' || place === 'utf8Part') isAnotherPart = afterPart(c, steps)
  for (let isFirst = place === 'first'; ; isFirst = false) {
    if (!isAnotherPart) {
      if (!isFirst && c.isAtEnd) return { steps, literal: null, most }
      if (!isFirst && most === 'one') c.bad('Unexpected text after the message')
      const literal = message(c, steps)
      if (literal !== null) return { steps, literal, most }
    }
    const literal = part(c, steps)
    if (literal !== null) return { steps, literal, most }
    isAnotherPart = afterPart(c, steps)
  }
}

/** Reads up to a message's literal, or past the `(` of its parts. */
function message(c: Cursor, steps: AppendStep[]): LiteralAnnouncement | null {
  c.sp()
  const flags = c.peek === '(' ? flagList(c) : null
  if (flags !== null) c.sp()
  const internalDate = c.peek === '"' ? dateTime(c) : null
  if (internalDate !== null) c.sp()
  return data(c, steps, flags ?? NO_FLAGS, internalDate)
}

/**
 *     append-data =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")" / "UTF8" SP "(" literal8 ")"
 *
 * RFC 4469 §5, RFC 6855 §4.
 */
function data(
  c: Cursor,
  steps: AppendStep[],
  flags: Flags,
  internalDate: UnixMillis | null,
): LiteralAnnouncement | null {
  const word = c.match(WORD)?.toUpperCase()
  if (word === 'CATENATE' && c.offers('CATENATE')) {
    steps.push({ step: 'message', flags, internalDate, data: 'catenate' })
    c.sp()
    c.expect('(')
    return null
  }
  if (word === 'UTF8' && c.offers('UTF8=ACCEPT')) {
    steps.push({ step: 'message', flags, internalDate, data: 'utf8' })
    return utf8Literal(c)
  }
  if (word !== undefined) c.bad('Expected a message literal')
  steps.push({ step: 'message', flags, internalDate, data: 'literal' })
  return literal(c)
}

/**
 *     cat-part     = text-literal / url / utf8-literal
 *     text-literal = "TEXT" SP literal
 *     url          = "URL" SP astring
 *
 * RFC 4469 §5, RFC 6855 §4. `null` for a URL, which is whole.
 */
function part(c: Cursor, steps: AppendStep[]): LiteralAnnouncement | null {
  const word = c.match(WORD)?.toUpperCase()
  switch (word) {
    case 'TEXT':
      c.sp()
      steps.push({ step: 'text' })
      return literal(c)
    case 'UTF8':
      if (!c.offers('UTF8=ACCEPT')) return c.bad('Invalid message part')
      steps.push({ step: 'utf8Text' })
      return utf8Literal(c)
    case 'URL':
      c.sp()
      steps.push({ step: 'url', url: astring(c, 'URL') })
      return null
    default:
      return c.bad('Invalid message part')
  }
}

/** Whether another part follows; else the message is complete. */
function afterPart(c: Cursor, steps: AppendStep[]): boolean {
  if (c.skip(' ')) return true
  c.expect(')')
  steps.push({ step: 'close' })
  return false
}

/** `utf8-literal = "UTF8" SP "(" literal8 ")"` of RFC 6855 §4, from the SP to the announcement. */
function utf8Literal(c: Cursor): LiteralAnnouncement {
  c.sp()
  c.expect('(')
  const announced = literal(c)
  return announced.isBinary ? announced : c.bad('Expected a literal8')
}

/** An announcement that ends the text. `literal8` is of RFC 3516 §4.4 and RFC 6855 §4. */
function literal(c: Cursor): LiteralAnnouncement {
  const announced = c.pendingLiteral()
  const found = announced === undefined ? null : announcement(announced)
  if (found === null || found === 'tooGreat') return c.bad('Expected a message literal')
  if (found.isBinary && !c.offers('BINARY') && !c.offers('UTF8=ACCEPT')) c.bad('Binary literal not allowed here')
  return found
}

import { type BadName, decodeModifiedUtf7, INBOX, latin1ToUtf8, type MailboxName, mailboxName } from '@mailwright/core'
import { swapSeparator } from '../response/mailbox.js'
import type { Cursor } from './cursor.js'
import { astring, listMailbox } from './strings.js'

const REASONS: { readonly [Reason in BadName]: string } = {
  empty: 'Mailbox name is empty',
  emptyLevel: 'Mailbox name has an empty level',
  control: 'Mailbox name holds control characters',
  dotLevel: "Mailbox name has a level '.' or '..'",
  tooLong: 'Mailbox name too long',
  tooDeep: 'Mailbox name has too many levels',
}

/**
 *     mailbox = "INBOX" / astring
 *
 * RFC 3501 §9, of a mailbox that ought to exist: a name that none can have is answered `NO [NONEXISTENT]` (RFC 5530 §3).
 */
export function mailbox(c: Cursor): MailboxName {
  return validated(c, wireName(c, astring(c, 'mailbox name'), 'NONEXISTENT'), 'NONEXISTENT')
}

/** `mailbox` of RFC 5464 §5: the empty string, `null` here, stands for the server. */
export function mailboxOrServer(c: Cursor): MailboxName | null {
  const octets = astring(c, 'mailbox name')
  return octets === '' ? null : validated(c, wireName(c, octets, 'NONEXISTENT'), 'NONEXISTENT')
}

/** `mailbox` of RFC 3501 §9, to be made or subscribed: a name that none can have is answered `NO [CANNOT]` (RFC 5530 §3). */
export function newMailbox(c: Cursor): MailboxName {
  return validated(c, wireName(c, astring(c, 'mailbox name'), 'CANNOT'), 'CANNOT')
}

/**
 * `mailbox` of CREATE. A separator at the end declares that names will be made below; levels need no declaration here,
 * so it is ignored (RFC 3501 §6.3.3).
 */
export function createdMailbox(c: Cursor): MailboxName {
  const name = wireName(c, astring(c, 'mailbox name'), 'CANNOT')
  return validated(c, name.endsWith('/') ? name.slice(0, -1) : name, 'CANNOT')
}

/** The reference of LIST and LSUB: any text, even none. */
export function reference(c: Cursor): string {
  return pattern(c, astring(c, 'reference'))
}

/** `list-mailbox` of RFC 3501 §9: a pattern, in Unicode with `/` between levels. */
export function listPattern(c: Cursor): string {
  return pattern(c, listMailbox(c))
}

function pattern(c: Cursor, octets: string): string {
  const text = wireName(c, octets, 'CANNOT')
  if ((text.match(/[*%]+/g)?.length ?? 0) > c.limits.wildcards) c.no('LIMIT', 'Too many wildcards')
  return text
}

/** Octets of a name as Unicode with `/` between levels. RFC 3501 §5.1.3, RFC 6855 §3. */
function wireName(c: Cursor, octets: string, code: string): string {
  const text = c.options.utf8 ? latin1ToUtf8(octets) : decodeModifiedUtf7(octets)
  if (text === undefined) c.no(code, `Mailbox name is not valid ${c.options.utf8 ? 'UTF-8' : 'modified UTF-7'}`)
  return swapSeparator(text, c.options.separator ?? '/')
}

function validated(c: Cursor, text: string, code: string): MailboxName {
  const result = mailboxName(text)
  if ('bad' in result) return c.no(code, REASONS[result.bad])
  // INBOX has many spellings, all of them its own (RFC 9051 §5.1); what is below it has one.
  if (result.name !== text && result.name !== INBOX) c.supplied.set(result.name, text)
  return result.name
}

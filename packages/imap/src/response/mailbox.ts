import { encodeModifiedUtf7, fromUtf8, latin1, type MailboxName } from '@mailwright/core'
import { isBare, writeAstring, writeString, writeUtf8String } from './strings.js'

/** How a session writes mailbox names. */
export interface NameForm {
  /** UTF-8 (after ENABLE UTF8=ACCEPT or IMAP4rev2), not modified UTF-7. */
  readonly utf8: boolean
  /** What stands between levels on the wire. Default `/`. */
  readonly separator?: string
}

/**
 * `mailbox` of RFC 3501 §9 for a reply: modified UTF-7 (§5.1.3) or UTF-8 (RFC 6855 §3), bare or quoted. Any text, so that the
 * levels above a mailbox and the root of LIST's reference can be told as well.
 */
export function writeMailbox(name: MailboxName | string, form: NameForm): string {
  const text = swapSeparator(name, form.separator ?? '/').replace(/\p{Surrogate}/gu, '\ufffd')
  if (!form.utf8) return writeAstring(encodeModifiedUtf7(text) ?? '')
  return isBare(text) ? text : writeUtf8String(latin1(fromUtf8(text)))
}

/** The prefix of a namespace: a name up to its last separator, always as a string (RFC 2342 §6). */
export function writePrefix(prefix: string, form: NameForm): string {
  const text = swapSeparator(prefix, form.separator ?? '/')
  return form.utf8 ? writeUtf8String(latin1(fromUtf8(text))) : writeString(encodeModifiedUtf7(text) ?? '')
}

/**
 * Translates between `/` of the contract and another separator on the wire, in either direction: the two characters change
 * places, so that every name has exactly one form on each side.
 */
export function swapSeparator(text: string, separator: string): string {
  if (separator === '/') return text
  return Array.from(text, (char) => (char === '/' ? separator : char === separator ? '/' : char)).join('')
}

/** The separator as LIST and NAMESPACE show it: `DQUOTE QUOTED-CHAR DQUOTE`. */
export function writeSeparator(form: NameForm): string {
  const separator = form.separator ?? '/'
  return separator === '\\' || separator === '"' ? `"\\${separator}"` : `"${separator}"`
}

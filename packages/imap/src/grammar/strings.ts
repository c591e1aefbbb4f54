import { latin1, latin1ToUtf8 } from '@mailwright/core'
import type { Cursor } from './cursor.js'

const ATOM = /[!#$&'+-[^-z|}~]+/y
const ASTRING_CHARS = /[!#$&'+-[\]-z|}~]+/y
const LIST_CHARS = /[!#-'*-[\]-z|}~]+/y
const QUOTED = /"[^"\\\0\r\n]*(?:\\["\\][^"\\\0\r\n]*)*"/y
const NIL = /NIL(?![!#-'*-[\]-z|}~])/iy

/**
 *     atom          = 1*ATOM-CHAR
 *     ATOM-CHAR     = <any CHAR except atom-specials>
 *     atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
 *
 * RFC 3501 §9. `what` names the argument for the refusal.
 */
export function atom(c: Cursor, what = 'atom'): string {
  return c.match(ATOM) ?? c.bad(`Invalid ${what}`)
}

/**
 *     string = quoted / literal
 *
 * RFC 3501 §9. Octets, one a character; `undefined` where neither begins here.
 */
function optionalString(c: Cursor): string | undefined {
  if (c.peek === '"') return quoted(c)
  const literal = c.literal()
  if (literal === undefined) return undefined
  if (literal.isBinary) c.bad('Binary literal not allowed here')
  if (literal.octets.includes(0)) c.bad('NUL in a literal')
  return latin1(literal.octets)
}

/** `string` of RFC 3501 §9. Octets, one a character. */
export function string(c: Cursor): string {
  return optionalString(c) ?? c.bad('Expected a string')
}

/**
 *     nstring = string / nil
 *
 * RFC 3501 §9. Octets, one a character.
 */
export function nstring(c: Cursor): string | null {
  return isNil(c) ? null : string(c)
}

/** Reads `nil` when it is next. */
export function isNil(c: Cursor): boolean {
  return c.match(NIL) !== undefined
}

/**
 *     astring      = 1*ASTRING-CHAR / string
 *     ASTRING-CHAR = ATOM-CHAR / resp-specials
 *
 * RFC 3501 §9. Octets, one a character.
 */
export function astring(c: Cursor, what = 'argument'): string {
  return c.match(ASTRING_CHARS) ?? optionalString(c) ?? c.bad(`Invalid ${what}`)
}

/**
 *     list-mailbox = 1*list-char / string
 *     list-char    = ATOM-CHAR / list-wildcards / resp-specials
 *
 * RFC 3501 §9. Octets, one a character.
 */
export function listMailbox(c: Cursor): string {
  return c.match(LIST_CHARS) ?? optionalString(c) ?? c.bad('Invalid mailbox pattern')
}

/** Octets from a string as text: UTF-8, or ISO 8859-1 where they are not that (an old client's password). */
export function text(octets: string): string {
  return latin1ToUtf8(octets) ?? octets
}

/**
 *     quoted      = DQUOTE *QUOTED-CHAR DQUOTE
 *     QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials / UTF8-2 / UTF8-3 / UTF8-4
 *
 * RFC 9051 §9. UTF-8 is read in every session, not only where the client asked for it: users have such passwords, and what
 * the octets mean is the argument's business.
 */
function quoted(c: Cursor): string {
  const raw = c.match(QUOTED) ?? c.bad("Missing '\"' or a character that cannot be quoted")
  const inner = raw.slice(1, -1)
  if (/[\x80-\xff]/.test(inner) && latin1ToUtf8(inner) === undefined) c.bad('Quoted string is not UTF-8')
  return inner.includes('\\') ? inner.replace(/\\(.)/g, '$1') : inner
}

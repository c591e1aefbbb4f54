import { fromUtf8, latin1, latin1ToUtf8 } from '@mailwright/core'

const ASTRING = /^[!#$&'+-[\]-z|}~]+$/
const QUOTABLE = /^[^\0\r\n\x80-\xff]*$/
const MAX_QUOTED = 1_024

/**
 *     string = quoted / literal
 *
 * RFC 3501 §9. `octets` hold one octet a character. Quoted where that can be; a literal for CR, LF and 8-bit octets, and for
 * text too long for the line buffers of some clients. NUL cannot be sent at all (§4.3) and is dropped.
 */
export function writeString(octets: string): string {
  if (octets.length <= MAX_QUOTED && QUOTABLE.test(octets)) return quote(octets)
  return writeLiteral(octets)
}

/**
 * Like {@link writeString}, for a peer that reads UTF-8 in quoted strings (RFC 6855 §3, RFC 9051 §4.3).
 */
export function writeUtf8String(octets: string): string {
  const isQuotable = octets.length <= MAX_QUOTED && !/[\0\r\n]/.test(octets) && latin1ToUtf8(octets) !== undefined
  return isQuotable ? quote(octets) : writeLiteral(octets)
}

/** `literal` of RFC 3501 §4.3, of content at hand: `CHAR8` is any octet but NUL, which goes as 0x80, as in what is spliced (§9). */
export function writeContent(octets: string): string {
  return `{${octets.length}}\r\n${octets.includes('\0') ? octets.replaceAll('\0', '\x80') : octets}`
}

/**
 *     nstring = string / nil
 *
 * RFC 3501 §9.
 */
export function writeNstring(octets: string | null): string {
  return octets === null ? 'NIL' : writeString(octets)
}

/**
 *     astring = 1*ASTRING-CHAR / string
 *
 * RFC 3501 §9. Bare where that can be; `NIL` is quoted, since clients take the bare word for none.
 */
export function writeAstring(octets: string): string {
  return isBare(octets) ? octets : writeString(octets)
}

/** Whether `octets` may stand as an astring without quotes. */
export function isBare(octets: string): boolean {
  return ASTRING.test(octets) && octets.toUpperCase() !== 'NIL'
}

/**
 *     text = 1*TEXT-CHAR
 *
 * RFC 3501 §9. Words of an adapter or a host made fit for a reply: one line of printable US-ASCII, never empty.
 */
export function writeText(words: string): string {
  const line = words.replace(/[^\x20-\x7e]+/g, ' ').trim()
  return line === '' ? 'No reason given' : line
}

/**
 *     UTF8-TEXT-CHAR = %x20-5A / %x5C-7E / UTF8-2 / UTF8-3 / UTF8-4
 *
 * RFC 5255 §3.5. Like {@link writeText}, for a client that chose a language: octets of UTF-8.
 */
export function writeUtf8Text(words: string): string {
  const line = words.replace(/[\x00-\x1f\x7f[]+/g, ' ').trim()
  return line === '' ? 'No reason given' : latin1(fromUtf8(line))
}

function quote(octets: string): string {
  return `"${octets.replace(/["\\]/g, '\\$&')}"`
}

function writeLiteral(octets: string): string {
  const sent = octets.replaceAll('\0', '')
  return `{${sent.length}}\r\n${sent}`
}

import { fromLatin1, latin1, latin1ToUtf8, strictUtf8 } from '@mailwright/core'

/** Names seen in mail that the Encoding Standard does not list, and what they mean. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['cp51932', 'euc-jp'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-ms', 'iso-2022-jp'],
  ['cp50220', 'iso-2022-jp'],
  ['cp50221', 'iso-2022-jp'],
  ['utf8mb4', 'utf-8'],
])

/** Octets to Unicode; of chunks when `stream` is set, where characters cut in two are held back. */
export interface Decoder {
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string
}

const known = new Map<string, Decoder>()

/**
 * The decoder for a charset name of mail, any case; `undefined` when unknown. Shared: not for streaming.
 *
 * The names are those of the Encoding Standard, so `us-ascii` and `iso-8859-1` are read as windows-1252, as every
 * mail reader does. RFC 2046 §4.1.2.
 */
function charsetDecoder(charset: string): Decoder | undefined {
  const label = charset.trim().toLowerCase()
  const decoder = known.get(label)
  if (decoder !== undefined) return decoder
  const made = newDecoder(label)
  // Only valid names are remembered, and those are few.
  if (made !== undefined) known.set(label, made)
  return made
}

/** A decoder of one's own, for streaming; `undefined` when the charset is unknown. */
export function newDecoder(charset: string): Decoder | undefined {
  const label = charset.trim().toLowerCase()
  try {
    const decoder = new TextDecoder(ALIASES.get(label) ?? label)
    return decoder.encoding === 'windows-1252' ? WINDOWS_1252 : decoder
  } catch {
    // RangeError: no such charset.
    return undefined
  }
}

/** Code points of the octets 0x80 to 0x9f; the others stand for themselves. Encoding Standard, index windows-1252. */
const C1 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'

/** Our own: Node 20 reads windows-1252 as ISO 8859-1, which makes control characters of the euro sign and curly quotes. */
const WINDOWS_1252: Decoder = {
  decode: (bytes) =>
    bytes === undefined ? '' : latin1(bytes).replace(/[\x80-\x9f]/g, (char) => C1[char.charCodeAt(0) - 0x80] ?? char),
}

/** Octets to Unicode; malformed sequences become U+FFFD. `undefined` when the charset is unknown. */
export function decodeCharset(charset: string, bytes: Uint8Array): string | undefined {
  return charsetDecoder(charset)?.decode(bytes)
}

/** Octets whose charset nobody told: UTF-8 when well-formed, windows-1252 otherwise. */
export function decodeUnlabelled(bytes: Uint8Array): string {
  return strictUtf8(bytes) ?? WINDOWS_1252.decode(bytes)
}

/** Header text of one octet a character as Unicode: UTF-8 (RFC 6532 §3.1) when well-formed, windows-1252 otherwise. */
export function decodeRaw(text: string): string {
  if (isAscii(text)) return text
  return latin1ToUtf8(text) ?? decodeUnlabelled(fromLatin1(text))
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

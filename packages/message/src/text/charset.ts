import { fromLatin1, latin1, latin1ToUtf8, strictUtf8, view } from '@mailwright/core'
import iconv from 'iconv-lite'
import { CHARSET_NAME_CHARACTERS, KEPT_DECODERS } from '../limits.js'
import { HzDecoder } from './hz.js'
import { Iso2022Decoder } from './iso-2022.js'
import { Utf7Decoder } from './utf-7.js'

/** Octets to Unicode; of chunks when `stream` is set, where characters cut in two are held back. Malformed ones become U+FFFD. */
export interface Decoder {
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string
}

/** Names seen in mail that the Encoding Standard does not list, and what they mean there. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['cp51932', 'euc-jp'],
  ['iso-2022-jp-ms', 'iso-2022-jp'],
  ['cp50220', 'iso-2022-jp'],
  ['cp50221', 'iso-2022-jp'],
  ['utf8mb4', 'utf-8'],
])

/** Encodings that shift between sets, which neither the Encoding Standard nor iconv-lite reads, or not in chunks. */
const SHIFTING: ReadonlyMap<string, () => Decoder> = new Map<string, () => Decoder>([
  ['iso-2022-kr', () => new Iso2022Decoder()],
  ['csiso2022kr', () => new Iso2022Decoder()],
  ['iso-2022-cn', () => new Iso2022Decoder()],
  ['iso-2022-cn-ext', () => new Iso2022Decoder()],
  ['iso-2022-jp-1', () => new Iso2022Decoder()],
  ['iso-2022-jp-2', () => new Iso2022Decoder()],
  ['csiso2022jp2', () => new Iso2022Decoder()],
  ['iso-2022-jp-3', () => new Iso2022Decoder()],
  ['iso-2022-jp-2004', () => new Iso2022Decoder()],
  ['cp50222', () => new Iso2022Decoder()],
  ['hz-gb-2312', () => new HzDecoder()],
  ['hz', () => new HzDecoder()],
  ['utf-7', () => new Utf7Decoder()],
  ['unicode-1-1-utf-7', () => new Utf7Decoder()],
  ['csunicode11utf7', () => new Utf7Decoder()],
])

/** What iconv-lite calls an encoding and mail does not. */
const NOT_CHARSETS = /^(?:base64|hex|binary|utf.?7.*)$/

/**
 * Charsets that are decoded, under their preferred MIME names; aliases are not listed. RFC 2978 §2.3.
 *
 * More are known: whatever {@link newDecoder} finds.
 */
export const CHARSETS: readonly string[] = [
  ...['US-ASCII', 'UTF-8', 'UTF-7', 'UTF-16', 'UTF-16BE', 'UTF-16LE', 'UTF-32', 'UTF-32BE', 'UTF-32LE'],
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16].map((part) => `ISO-8859-${part}`),
  ...['ISO-8859-6-E', 'ISO-8859-6-I', 'ISO-8859-8-E', 'ISO-8859-8-I'],
  ...[874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].map((page) => `windows-${page}`),
  ...['ISO-2022-JP', 'ISO-2022-JP-1', 'ISO-2022-JP-2', 'Shift_JIS', 'EUC-JP'],
  ...['ISO-2022-KR', 'EUC-KR', 'KS_C_5601-1987'],
  ...['ISO-2022-CN', 'HZ-GB-2312', 'GB2312', 'GBK', 'GB18030', 'Big5', 'Big5-HKSCS'],
  ...['KOI8-R', 'KOI8-U', 'TIS-620', 'VISCII', 'macintosh', 'x-mac-cyrillic'],
  ...[437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869].map((page) => `IBM${page}`),
]

const known = new Map<string, Decoder>()

/** The decoder for a charset name of mail, any case; `undefined` when unknown. Shared: not for streaming. */
function charsetDecoder(charset: string): Decoder | undefined {
  const label = charset.trim().toLowerCase()
  const decoder = known.get(label)
  if (decoder !== undefined) return decoder
  const made = newDecoder(label)
  // iconv-lite forgives much in a name: there are more of them than charsets.
  if (made !== undefined && known.size < KEPT_DECODERS) known.set(label, made)
  return made
}

/**
 * A decoder of one's own for a charset name of mail, any case; `undefined` when the charset is unknown.
 *
 * The names are those of the Encoding Standard first, so `us-ascii` and `iso-8859-1` are read as windows-1252, as every
 * mail reader does; then those of iconv-lite. RFC 2046 §4.1.2.
 */
export function newDecoder(charset: string): Decoder | undefined {
  const label = charset.trim().toLowerCase()
  if (label.length > CHARSET_NAME_CHARACTERS || !/^[a-z0-9][a-z0-9._:()+-]*$/.test(label)) return undefined
  const shifting = SHIFTING.get(label)
  if (shifting !== undefined) return shifting()
  // The octets' order is told by a mark or guessed, where the Encoding Standard takes little-endian for granted.
  if (label === 'utf-16') return new IconvDecoder('utf16')
  try {
    const decoder = new TextDecoder(ALIASES.get(label) ?? label)
    return decoder.encoding === 'windows-1252' ? WINDOWS_1252 : decoder
  } catch {
    // RangeError: the Encoding Standard has no such name.
    return !NOT_CHARSETS.test(label) && iconv.encodingExists(label) ? new IconvDecoder(label) : undefined
  }
}

/** Whether text under this charset name can be decoded. */
export function isKnownCharset(charset: string): boolean {
  return charsetDecoder(charset) !== undefined
}

type IconvName = Parameters<typeof iconv.getDecoder>[0]

/** What iconv-lite reads. Big-endian where UTF-16 gives no hint (RFC 2781 §4.3). */
class IconvDecoder implements Decoder {
  readonly #name: IconvName
  #stream: iconv.DecoderStream | null = null

  constructor(name: IconvName) {
    this.#name = name
  }

  decode(bytes?: Uint8Array, { stream = false }: { readonly stream?: boolean } = {}): string {
    this.#stream ??= iconv.getDecoder(this.#name, { defaultEncoding: 'utf16be' })
    // `view` gives a Buffer wherever there is one, and iconv-lite brings one where not; its types ask for no less.
    const text = bytes === undefined ? '' : this.#stream.write(view(bytes) as Buffer)
    if (stream) return text
    const rest = this.#stream.end() ?? ''
    this.#stream = null
    return text + rest
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

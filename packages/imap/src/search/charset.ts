import { fromLatin1 } from '@mailwright/core'

/** The charset every server must know (RFC 3501 §6.4.4); the platform's decoder of that name reads 8-bit octets too. */
const US_ASCII = 'US-ASCII'

/** Charsets a SEARCH may name, as BADCHARSET lists them: those the platform's decoders read without state. */
export const SEARCH_CHARSETS: readonly string[] = [
  US_ASCII,
  'UTF-8',
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16].map((part) => `ISO-8859-${part}`),
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((page) => `WINDOWS-125${page}`),
  'KOI8-R',
  'KOI8-U',
  'BIG5',
  'EUC-JP',
  'EUC-KR',
  'GB18030',
  'GBK',
  'GB2312',
  'ISO-2022-JP',
  'SHIFT_JIS',
]

const KNOWN: ReadonlySet<string> = new Set(SEARCH_CHARSETS)

/**
 * Makes the decoder of a search string: octets (one a character) to Unicode, `undefined` for octets that are not of the charset.
 * RFC 3501 §6.4.4.
 *
 * @param charset any case.
 * @returns `undefined` for an unknown charset.
 */
export function charsetDecoder(charset: string): ((octets: string) => string | undefined) | undefined {
  const name = charset.toUpperCase()
  if (!KNOWN.has(name)) return undefined
  if (name === US_ASCII) return (octets) => (/^[\x01-\x7f]*$/.test(octets) ? octets : undefined)
  return (octets) => {
    // ESC switches alphabets in ISO-2022-JP.
    if (/^[\x01-\x1a\x1c-\x7f]*$/.test(octets)) return octets
    try {
      return new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(fromLatin1(octets))
    } catch {
      // TypeError: malformed in this charset.
      return undefined
    }
  }
}

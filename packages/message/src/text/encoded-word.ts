import { concat, fromBase64, fromLatin1 } from '@mailwright/core'
import { decodeCharset, decodeRaw } from './charset.js'

/**
 *     encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="
 *
 * RFC 2047 §2, RFC 2231 §5. Every class excludes `?`, so a failed match never looks past the next one: linear.
 */
const ENCODED_WORD = /=\?([^\s?*()<>@,;:"/[\]=]+)(?:\*[^\s?]*)?\?([BbQq])\?([^\s?]*)\?=/g

interface Word {
  readonly charset: string
  readonly octets: Uint8Array
  readonly verbatim: string
}

/**
 * Decodes the encoded words of a field's body to Unicode. `text` holds one octet a character, unfolded.
 *
 * White space between adjacent encoded words goes; adjacent words of one charset are joined before they are decoded, because
 * many mailers cut characters in two. A word whose charset is unknown or whose encoding is malformed stays as it stands
 * (RFC 2047 §6.2, §6.3). Words are found also where no white space surrounds them, and over 75 characters: many
 * mailers write both. Text between is read as UTF-8 or, when that fails, windows-1252.
 */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return decodeRaw(text)
  let out = ''
  let end = 0
  let run: Word[] = []
  for (const match of text.matchAll(ENCODED_WORD)) {
    const [verbatim, charset = '', encoding = '', encoded = ''] = match
    const between = text.slice(end, match.index)
    end = match.index + verbatim.length
    const octets = decodeWord(encoding, encoded)
    const isAdjacent = run.length > 0 && /^[ \t]*$/.test(between)
    if (octets === undefined) {
      out += flush(run) + decodeRaw(between) + verbatim
      run = []
      continue
    }
    if (!isAdjacent) {
      out += flush(run) + decodeRaw(between)
      run = []
    } else if (run[0]?.charset !== charset.toLowerCase()) {
      out += flush(run)
      run = []
    }
    run.push({ charset: charset.toLowerCase(), octets, verbatim })
  }
  return out + flush(run) + decodeRaw(text.slice(end))
}

/** Decodes words of one charset together; one octet sequence, one decoding. */
function flush(run: readonly Word[]): string {
  const [first] = run
  if (first === undefined) return ''
  const decoded = decodeCharset(first.charset, concat(run.map((word) => word.octets)))
  return decoded ?? run.map((word) => word.verbatim).join(' ')
}

/** RFC 2047 §4. `undefined` when the text is not of the encoding. */
function decodeWord(encoding: string, text: string): Uint8Array | undefined {
  if (encoding === 'B' || encoding === 'b') {
    // Padding that was left out is no reason to show the reader base64.
    const end = text.indexOf('=')
    const bare = end < 0 ? text : text.slice(0, end)
    return fromBase64(bare + '='.repeat((4 - (bare.length % 4)) % 4))
  }
  if (/=(?![0-9A-Fa-f]{2})/.test(text)) return undefined
  return fromLatin1(
    text.replace(/_|=([0-9A-Fa-f]{2})/g, (_, hex: string | undefined) =>
      hex === undefined ? ' ' : String.fromCharCode(Number.parseInt(hex, 16)),
    ),
  )
}

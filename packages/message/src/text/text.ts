import { type Decoder, decodeCharset, decodeUnlabelled, newDecoder } from './charset.js'

/** Names that say nothing beyond ASCII; what is 8-bit under them is guessed. */
const ASCII_NAMES: ReadonlySet<string> = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'unknown-8bit',
  'x-unknown',
])

/**
 * Octets of a text part, transfer encoding removed, as Unicode.
 *
 * An unknown charset, none, or ASCII with 8-bit octets is read as UTF-8 when well-formed and windows-1252 otherwise; malformed
 * sequences become U+FFFD. RFC 2046 §4.1.2.
 */
export function textOf(bytes: Uint8Array, charset: string): string {
  const label = charset.trim().toLowerCase()
  const text = ASCII_NAMES.has(label) ? undefined : decodeCharset(label, bytes)
  return text ?? decodeUnlabelled(bytes)
}

/** Takes a text part's octets in chunks and gives Unicode; characters cut in two are held back. */
export interface TextStream {
  push(chunk: Uint8Array): string
  end(): string
}

/** Like {@link textOf} for chunks. What nobody told the charset of is read as UTF-8: a stream cannot be read twice. */
export function textStream(charset: string): TextStream {
  const label = charset.trim().toLowerCase()
  const decoder: Decoder = (ASCII_NAMES.has(label) ? undefined : newDecoder(label)) ?? new TextDecoder('utf-8')
  return {
    push: (chunk) => decoder.decode(chunk, { stream: true }),
    end: () => decoder.decode(),
  }
}

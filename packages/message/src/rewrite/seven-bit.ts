import { concat, type Octets, type PartLayout, view } from '@mailwright/core'
import { type ContentType, parseContentType } from '../fields/content.js'
import { fieldBody } from '../fields/field.js'
import { readHeader } from '../fields/header-reader.js'
import { digestMessage } from '../structure/digester.js'
import { isIdentityEncoding } from '../transfer/transfer-decoder.js'
import { encodeTransfer } from '../transfer/transfer-encoder.js'
import { type HeaderEdit, HeaderEditor } from './header-editor.js'

/** The message in 7 bits; `cannot` for one that would not be the same any more. */
export type SevenBit = { readonly kind: 'converted'; readonly message: Uint8Array } | { readonly kind: 'cannot' }

/** What became of a part. `same`: it has 7 bits already. */
type Converted =
  | { readonly kind: 'same' }
  | { readonly kind: 'cannot' }
  | { readonly kind: 'changed'; readonly pieces: readonly Uint8Array[] }

const SAME: Converted = { kind: 'same' }
const CANNOT: Converted = { kind: 'cannot' }

/** Octets of a line in text, without its end. RFC 5322 §2.1.1. */
const LINE_OCTETS: Octets = 998

/**
 * Makes a message of 8 bits, or of any octets, one of 7 bits with lines: text becomes quoted-printable, all else base64; the structure stays. For servers that do
 * not offer 8BITMIME (RFC 6152 §3) or BINARYMIME (RFC 3030 §3).
 *
 * What is signed is not touched (RFC 1847 §2.1), nor a header with octets past US-ASCII, nor what claims an encoding that it has not: such messages cannot be
 * converted. Text of no known charset is told as such (RFC 1428 §3). Holds the whole message; the result shares its octets.
 */
export function toSevenBit(message: Uint8Array): SevenBit {
  const whole = view(message)
  const converted = part(whole, digestMessage([whole]).sections, 'root')
  switch (converted.kind) {
    case 'same':
      return { kind: 'converted', message }
    case 'cannot':
      return converted
    case 'changed':
      return { kind: 'converted', message: concat(converted.pieces) }
    default:
      return converted satisfies never
  }
}

function part(whole: Uint8Array, layout: PartLayout, role: 'root' | 'part'): Converted {
  const header = whole.subarray(layout.start, layout.body)
  if (header.some((octet) => octet > 127)) return CANNOT
  return layout.kind === 'leaf' ? leaf(whole, header, layout, role) : container(whole, header, layout)
}

function leaf(whole: Uint8Array, header: Uint8Array, layout: PartLayout, role: 'root' | 'part'): Converted {
  const body = whole.subarray(layout.body, layout.end)
  if (isSevenBit(body)) return SAME
  const content = contentType(header)
  // Parts past the limits of structure look like leaves; containers must not be encoded (RFC 2045 §6.4).
  const isContainer = content?.type === 'multipart' || content?.type === 'message'
  if (isContainer || !isIdentityEncoding(layout.encoding)) return CANNOT
  const encoding = (content?.type ?? 'text') === 'text' ? 'quoted-printable' : 'base64'
  const edits: HeaderEdit[] = [{ kind: 'replace', name: 'Content-Transfer-Encoding', body: encoding }]
  if (content === null)
    edits.unshift({ kind: 'replace', name: 'Content-Type', body: 'text/plain; charset=unknown-8bit' })
  if (role === 'root' && fieldOf(header, 'mime-version') === undefined) {
    edits.unshift({ kind: 'add', at: 'bottom', name: 'MIME-Version', body: '1.0' })
  }
  const encoder = encodeTransfer(encoding)
  return { kind: 'changed', pieces: [...edited(header, edits), encoder.push(body), encoder.end()] }
}

function container(whole: Uint8Array, header: Uint8Array, layout: PartLayout): Converted {
  const pieces: Uint8Array[] = []
  let at = layout.body
  let hasChanged = false
  for (const child of layout.parts) {
    const converted = part(whole, child, 'part')
    if (converted.kind === 'cannot') return CANNOT
    pieces.push(unread(whole.subarray(at, child.start)))
    if (converted.kind === 'changed') pieces.push(...converted.pieces)
    else pieces.push(whole.subarray(child.start, child.end))
    hasChanged ||= converted.kind === 'changed'
    at = child.end
  }
  const rest = whole.subarray(at, layout.end)
  if (!hasChanged && isSevenBit(whole.subarray(layout.body, layout.end))) return SAME
  const content = contentType(header)
  if (content?.type === 'multipart' && content.subtype === 'signed') return CANNOT
  const isTold = layout.encoding !== '7bit'
  const edits: HeaderEdit[] = isTold ? [{ kind: 'replace', name: 'Content-Transfer-Encoding', body: '7bit' }] : []
  return { kind: 'changed', pieces: [...edited(header, edits), ...pieces, unread(rest)] }
}

/** What stands between parts is there to be ignored (RFC 2046 §5.1.1), so that nothing is lost. */
function unread(between: Uint8Array): Uint8Array {
  return between.some((octet) => octet > 127) ? between.map((octet) => (octet > 127 ? 0x3f : octet)) : between
}

/** RFC 2045 §2.7: no octet past 127, no NUL, CR and LF only as line ends, no long lines. */
function isSevenBit(octets: Uint8Array): boolean {
  let line = 0
  let before = 0
  for (const octet of octets) {
    if (octet > 127 || octet === 0) return false
    if ((octet === 10) !== (before === 13)) return false
    line = octet === 10 ? 0 : line + 1
    // The CR is one of them.
    if (line > LINE_OCTETS + 1) return false
    before = octet
  }
  return before !== 13 && line <= LINE_OCTETS
}

function edited(header: Uint8Array, edits: readonly HeaderEdit[]): readonly Uint8Array[] {
  const editor = new HeaderEditor(edits)
  return [editor.push(header), editor.end()]
}

function contentType(header: Uint8Array): ContentType | null {
  const body = fieldOf(header, 'content-type')
  return body === undefined ? null : parseContentType(body)
}

function fieldOf(header: Uint8Array, name: string): string | undefined {
  const field = readHeader(header, { wanted: new Set([name]) }).fields[0]
  return field === undefined ? undefined : fieldBody(field.raw)
}

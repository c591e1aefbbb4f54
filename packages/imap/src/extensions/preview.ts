import { type BodyHandle, type Flow, fromUtf8, latin1, type MessageDigest, type Octets } from '@mailwright/core'
import { decodeTransfer, type Leaf, PreviewReader, previewLeaves, textStream } from '@mailwright/message'
import { reader } from '../calls.js'
import type { FetchItem } from '../command.js'
import { writeString, writeUtf8String } from '../response/strings.js'
import type { Session } from '../session.js'

type PreviewItem = Extract<FetchItem, { readonly item: 'PREVIEW' }>

/** Octets read at once. Most previews are in the first few hundred. */
const WINDOW: Octets = 8_192

/** Parts that are looked at for text. A message whose first four have none has nothing to show. */
const PARTS = 4

/**
 * The preview of a message: the first text that its parts have (RFC 8970 §3). Read when it is asked for and not at arrival, so that it
 * costs nothing where nobody asks.
 */
export function* readPreview(source: BodyHandle, digest: MessageDigest): Flow<string> {
  for (const leaf of previewLeaves(digest).slice(0, PARTS)) {
    const preview = yield* previewOf(source, leaf)
    if (preview !== '') return preview
  }
  return ''
}

function* previewOf(source: BodyHandle, { layout, subtype, charset }: Leaf): Flow<string> {
  const decoder = decodeTransfer(layout.encoding)
  const text = textStream(charset)
  const preview = new PreviewReader(subtype)
  for (let start = layout.body; start < layout.end; start += WINDOW) {
    const end = Math.min(start + WINDOW, layout.end)
    const { octets } = yield* reader.call('readBody', { source, start, end })
    if (preview.push(text.push(decoder.push(octets))) === 'enough') return preview.end()
  }
  preview.push(text.push(decoder.end()) + text.end())
  return preview.end()
}

/**
 *     msg-att-dynamic =/ "PREVIEW" SP nstring
 *
 * RFC 8970 §6, UTF-8; `null`: it could not be had without delay (§4.1). The drafts' form is `"PREVIEW" SP "(" "FUZZY" SP nstring ")"`.
 */
export function writePreview(session: Session, { name, form }: PreviewItem, preview: string | null): string {
  const octets = preview === null ? null : latin1(fromUtf8(preview))
  const written = octets === null ? 'NIL' : session.nameForm.utf8 ? writeUtf8String(octets) : writeString(octets)
  return form === 'fuzzy' ? `${name} (FUZZY ${written})` : `${name} ${written}`
}

import { type MessageDigest, type OctetRange, type Octets, type PartLayout, READ_WINDOW } from '@mailwright/core'
import {
  type ContentType,
  decodeTransfer,
  decodeWords,
  fieldBody,
  type HeaderField,
  HeaderReader,
  parseContentType,
  textStream,
} from '@mailwright/message'
import type { Collation } from './collation.js'
import { HeaderFacts, type TextFacts } from './message-facts.js'
import type { SearchKey } from './search-key.js'
import { searchedText } from './searched-text.js'
import { TextFinder } from './text-finder.js'

export type HeaderKey = Extract<SearchKey, { readonly key: 'header' }>
export type TextKey = Extract<SearchKey, { readonly key: 'body' | 'text' }>

/** The keys that look into messages, with their folded texts. */
export interface TextKeys {
  /** HEADER of fields a digest does not keep, and all of them where it may have cut some. */
  readonly header: ReadonlyMap<HeaderKey, string>
  /** Both see the text of parts. */
  readonly content: ReadonlyMap<TextKey, string>
}

/** A part on its way to be read. */
interface Visit {
  readonly layout: PartLayout
  /** The message itself, a message in it, or a part of one. */
  readonly role: 'root' | 'enclosed' | 'part'
}

/**
 * Reads one message for the keys that look into it, the header first, and no further than it takes to decide.
 *
 * TEXT sees every header field, those of parts included, and what BODY sees: the text of parts of type text and message, transfer
 * encoding and charset decoded, and the header fields of enclosed messages. Other parts are not read at all (RFC 3501
 * §6.4.4 lets a server leave them out), nor is what stands between parts.
 */
export class Inspection implements TextFacts {
  readonly found = new Set<SearchKey>()
  isHeaderRead = false
  isBodyRead = false
  readonly #digest: MessageDigest
  readonly #keys: TextKeys
  readonly #collation: Collation
  readonly #isDecided: (facts: TextFacts) => boolean
  readonly #finder: TextFinder<SearchKey>
  #window: { readonly start: Octets; readonly octets: Uint8Array } = { start: 0, octets: new Uint8Array(0) }

  /** @param isDecided whether the facts so far settle the search for this message. */
  constructor(digest: MessageDigest, keys: TextKeys, collation: Collation, isDecided: (facts: TextFacts) => boolean) {
    this.#digest = digest
    this.#keys = keys
    this.#collation = collation
    this.#isDecided = isDecided
    this.#finder = new TextFinder<SearchKey>(keys.content, this.found, collation)
  }

  /** Yields the range it wants next and is resumed with those octets. */
  *run(): Generator<OctetRange, void, Uint8Array> {
    if (this.#keys.header.size > 0 || this.#hasTextKeys) {
      yield* this.#header(this.#digest.sections, (field) => this.#rootField(field))
    }
    this.isHeaderRead = true
    if (this.#keys.content.size > 0 && !this.#isDecided(this)) yield* this.#body()
  }

  *#body(): Generator<OctetRange, void, Uint8Array> {
    const visits: Visit[] = [{ layout: this.#digest.sections, role: 'root' }]
    for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
      const content = yield* this.#partHeader(visit)
      const { kind, parts } = visit.layout
      const role = kind === 'message' ? 'enclosed' : 'part'
      for (let at = parts.length - 1; at >= 0; at--) {
        const layout = parts[at]
        if (layout !== undefined) visits.push({ layout, role })
      }
      if (kind === 'leaf' && isText(content)) yield* this.#leaf(visit.layout, content)
      if (this.#isDecided(this)) return
    }
    this.isBodyRead = true
  }

  get #hasTextKeys(): boolean {
    for (const { key } of this.#keys.content.keys()) if (key === 'text') return true
    return false
  }

  /** Reads a part's header where somebody wants to know it. `null`: no readable Content-Type. */
  *#partHeader({ layout, role }: Visit): Generator<OctetRange, ContentType | null, Uint8Array> {
    if (role === 'root') return contentType(new HeaderFacts(this.#digest).first('content-type'))
    if (layout.kind !== 'leaf' && role === 'part' && !this.#hasTextKeys) return null
    let type: string | undefined
    yield* this.#header(layout, (field) => {
      if (field.name === 'content-type') type ??= fieldBody(field.raw)
      this.#contentField(field, role)
    })
    return contentType(type)
  }

  /** Reads the fields of a header. */
  *#header(layout: PartLayout, take: (field: HeaderField) => void): Generator<OctetRange, void, Uint8Array> {
    const reader = new HeaderReader()
    yield* this.#octets(layout.start, layout.body, (chunk) => {
      for (const field of reader.push(chunk)) take(field)
    })
    for (const field of reader.end()) take(field)
  }

  *#leaf(layout: PartLayout, content: ContentType | null): Generator<OctetRange, void, Uint8Array> {
    const charset = content?.parameters.find(({ name }) => name === 'charset')?.value ?? ''
    const decoder = decodeTransfer(layout.encoding)
    const text = textStream(charset)
    yield* this.#octets(layout.body, layout.end, (chunk) => this.#finder.push(text.push(decoder.push(chunk))))
    this.#finder.push(text.push(decoder.end()) + text.end())
    this.#finder.finish()
  }

  #rootField(field: HeaderField): void {
    for (const [key, wanted] of this.#keys.header) {
      if (field.name !== key.name) continue
      if (this.#collation.fold(searchedText(key, fieldBody(field.raw))).includes(wanted)) this.found.add(key)
    }
    this.#contentField(field, 'root')
  }

  /** TEXT sees every field with its name, BODY those of enclosed messages. */
  #contentField(field: HeaderField, role: Visit['role']): void {
    const text = this.#collation.fold(`${field.name}: ${decodeWords(fieldBody(field.raw))}`)
    for (const [key, wanted] of this.#keys.content) {
      if ((key.key === 'text' || role === 'enclosed') && text.includes(wanted)) this.found.add(key)
    }
  }

  /** Reads `[start, end)` until the search is decided; small parts that stand together are read together. */
  *#octets(start: Octets, end: Octets, take: (chunk: Uint8Array) => void): Generator<OctetRange, void, Uint8Array> {
    for (let at = start; at < end && !this.#isDecided(this); ) {
      const { start: first, octets } = this.#window
      if (at < first || at >= first + octets.length) {
        const read = yield { start: at, end: Math.min(at + READ_WINDOW, this.#digest.octets) }
        if (read.length === 0) return
        this.#window = { start: at, octets: read }
        continue
      }
      const chunk = octets.subarray(at - first, end - first)
      take(chunk)
      at += chunk.length
    }
  }
}

function contentType(body: string | undefined): ContentType | null {
  return body === undefined ? null : parseContentType(body)
}

/** A part without a readable Content-Type is text (RFC 2045 §5.2). */
function isText(content: ContentType | null): boolean {
  return content === null || content.type === 'text' || content.type === 'message'
}

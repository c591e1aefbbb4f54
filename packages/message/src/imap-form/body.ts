import { HostError } from '@mailwright/core'
import { NOT_A_BODY, skipValue } from './wire-scan.js'

/**
 * Derives the non-extensible `BODY` form from a BODYSTRUCTURE in wire form: the same without extension data.
 *
 *     body = "(" (body-type-1part / body-type-mpart) ")"
 *
 * RFC 9051 §9: body-ext-1part and body-ext-mpart MUST NOT be returned on non-extensible BODY fetch. Linear and without recursion.
 *
 * @throws {HostError} when `wire` is no body structure.
 */
export function bodyFromBodyStructure(wire: string, global: GlobalForm = 'message'): string {
  return rewritten(wire, { extension: 'drop', global })
}

/**
 * A BODYSTRUCTURE in wire form as RFC 3501 §9 has it: there only `message/rfc822` brings the structure of what it encloses, and
 * `message/global` (RFC 9051 §9, media-message) is a part of basic type. Linear and without recursion.
 *
 * @throws {HostError} when `wire` is no body structure.
 */
export function rev1BodyStructure(wire: string): string {
  return wire.includes('"global"') ? rewritten(wire, { extension: 'keep', global: 'basic' }) : wire
}

interface Rewriting {
  readonly extension: 'keep' | 'drop'
  readonly global: GlobalForm
}

/** What `message/global` is shown as: a message in RFC 9051, a part of basic type in RFC 3501. */
type GlobalForm = 'message' | 'basic'

function rewritten(wire: string, { extension, global }: Rewriting): string {
  const reader = new WireReader(wire, extension)
  /** What surrounds the body being read. */
  const around: ('multipart' | 'message')[] = []
  for (;;) {
    reader.keep('(')
    if (reader.isAt('(')) {
      around.push('multipart')
      continue
    }
    if (singlePart(reader, global) === 'message') {
      around.push('message')
      continue
    }
    // A body is complete: so may be what it stands in.
    for (;;) {
      const container = around.at(-1)
      if (container === undefined) return reader.end()
      if (container === 'multipart' && reader.isAt('(')) break
      reader.keepValues(1)
      reader.closeList()
      around.pop()
    }
  }
}

/** Reads a body of one part up to its `)`, or up to the body of an enclosed message. */
function singlePart(reader: WireReader, global: GlobalForm): 'part' | 'message' {
  const type = reader.keepText().toLowerCase()
  const subtype = reader.keepText().toLowerCase()
  // body-fields: parameters, id, description, encoding, octets.
  reader.keepValues(5)
  const isGlobal = type === 'message' && subtype === 'global'
  if ((type === 'message' && subtype === 'rfc822') || (isGlobal && global === 'message')) {
    reader.keepValues(1)
    reader.keep(' ')
    return 'message'
  }
  // Envelope, body and lines.
  if (isGlobal) reader.dropValues(3)
  if (type === 'text') reader.keepValues(1)
  reader.closeList()
  return 'part'
}

/** Walks over parenthesised wire text, keeping some of it. */
class WireReader {
  readonly #wire: string
  readonly #extension: Rewriting['extension']
  #at = 0
  #kept = ''

  constructor(wire: string, extension: Rewriting['extension']) {
    this.#wire = wire
    this.#extension = extension
  }

  isAt(char: string): boolean {
    return this.#wire[this.#at] === char
  }

  keep(char: '(' | ' '): void {
    if (!this.isAt(char)) throw new HostError(NOT_A_BODY)
    this.#kept += char
    this.#at++
  }

  /** Keeps `count` values, each with the space before it. */
  keepValues(count: number): void {
    const start = this.#at
    for (let index = 0; index < count; index++) this.#skipValue()
    this.#kept += this.#wire.slice(start, this.#at)
  }

  /** Keeps one value and returns a quoted string's or literal's content. */
  keepText(): string {
    const start = this.#at
    this.keepValues(1)
    const value = this.#wire.slice(start, this.#at).trimStart()
    return value.startsWith('{') ? value.slice(value.indexOf('\n') + 1) : value.slice(1, -1)
  }

  /** Passes `count` values. */
  dropValues(count: number): void {
    for (let index = 0; index < count; index++) this.#skipValue()
  }

  /** Passes what is left of the present list, extension data, and keeps its `)`. */
  closeList(): void {
    const start = this.#at
    while (!this.isAt(')')) this.#skipValue()
    if (this.#extension === 'keep') this.#kept += this.#wire.slice(start, this.#at)
    this.#at++
    this.#kept += ')'
  }

  end(): string {
    if (this.#at !== this.#wire.length) throw new HostError(NOT_A_BODY)
    return this.#kept
  }

  #skipValue(): void {
    this.#at = skipValue(this.#wire, this.#at)
  }
}

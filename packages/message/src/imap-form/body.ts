import { HostError } from '@mailwright/core'

/**
 * Derives the non-extensible `BODY` form from a BODYSTRUCTURE in wire form: the same without extension data.
 *
 *     body = "(" (body-type-1part / body-type-mpart) ")"
 *
 * RFC 9051 §9: body-ext-1part and body-ext-mpart MUST NOT be returned on non-extensible BODY fetch. Linear and without recursion.
 *
 * @throws {HostError} when `wire` is no body structure.
 */
export function bodyFromBodyStructure(wire: string): string {
  const reader = new WireReader(wire)
  /** What surrounds the body being read. */
  const around: ('multipart' | 'message')[] = []
  for (;;) {
    reader.keep('(')
    if (reader.isAt('(')) {
      around.push('multipart')
      continue
    }
    if (singlePart(reader) === 'message') {
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
function singlePart(reader: WireReader): 'part' | 'message' {
  const type = reader.keepText().toLowerCase()
  const subtype = reader.keepText().toLowerCase()
  // body-fields: parameters, id, description, encoding, octets.
  reader.keepValues(5)
  if (type === 'message' && (subtype === 'rfc822' || subtype === 'global')) {
    reader.keepValues(1)
    reader.keep(' ')
    return 'message'
  }
  if (type === 'text') reader.keepValues(1)
  reader.closeList()
  return 'part'
}

const NOT_A_BODY = 'not a body structure'

/** Walks over parenthesised wire text, keeping some of it. */
class WireReader {
  readonly #wire: string
  #at = 0
  #kept = ''

  constructor(wire: string) {
    this.#wire = wire
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

  /** Passes what is left of the present list, and keeps its `)`. */
  closeList(): void {
    while (!this.isAt(')')) this.#skipValue()
    this.#at++
    this.#kept += ')'
  }

  end(): string {
    if (this.#at !== this.#wire.length) throw new HostError(NOT_A_BODY)
    return this.#kept
  }

  /** Passes white space and one value: an atom or number, a string, or a list with all it holds. */
  #skipValue(): void {
    let depth = 0
    do {
      while (this.isAt(' ')) this.#at++
      const char = this.#wire[this.#at]
      if (char === '(') {
        depth++
        this.#at++
      } else if (char === ')' && depth > 0) {
        depth--
        this.#at++
      } else {
        this.#skip(char === '"' ? QUOTED : char === '{' ? LITERAL : ATOM)
      }
    } while (depth > 0)
  }

  #skip(form: RegExp): void {
    form.lastIndex = this.#at
    const match = form.exec(this.#wire)
    if (match === null) throw new HostError(NOT_A_BODY)
    this.#at = form.lastIndex + Number(match[1] ?? 0)
    if (this.#at > this.#wire.length) throw new HostError(NOT_A_BODY)
  }
}

const QUOTED = /"[^"\\\r\n]*(?:\\["\\][^"\\\r\n]*)*"/y
const LITERAL = /\{(\d{1,15})\}\r\n/y
const ATOM = /[^ ()"{\r\n]+/y

import { fromLatin1, HostError, latin1, type Octets, view } from '@mailwright/core'
import { writeField } from '../compose/field-writer.js'
import type { HeaderField } from '../fields/field.js'
import { MESSAGE_LIMITS, type MessageLimits } from '../limits.js'

/** One change to a header. Names in any case; bodies encoded and on one line, as for `writeField`. */
export type HeaderEdit =
  | {
      readonly kind: 'add'
      /** Above all other fields, where trace fields go (RFC 5321 §4.4), or below them. */
      readonly at: 'top' | 'bottom'
      readonly name: string
      readonly body: string
    }
  | {
      readonly kind: 'remove'
      readonly name: string
      /** All when absent; 1 is the first of that name, -1 the last. RFC 5293 §5 (`:index`, `:last`). */
      readonly index?: number
    }
  | {
      readonly kind: 'replace'
      readonly name: string
      readonly body: string
      /** Default 1. Where there is none, the field is added at the bottom, as milters expect. */
      readonly index?: number
    }

/** Edits that depend on the fields that are there, from the top; lines that are no fields are left out. */
export type HeaderDecision = (fields: readonly HeaderField[]) => readonly HeaderEdit[]

/** A field as it stands, with what continues it; a line that is no field has no name. */
interface Entry {
  readonly name: string | null
  raw: string
}

/** `obs-optional = field-name *WSP ":" unstructured CRLF`. RFC 5322 §4.5.8. */
const FIELD = /^([!-9;-~]+)[ \t]*:/

/**
 * Changes the header of a message on its way through, in chunks of any cutting. What no edit names, and the whole body, comes out octet
 * by octet as it went in; chunks of the body come out themselves, uncopied.
 *
 * Edits are applied in their order. Lines that are no fields go where no field is left above them. Header lines are told as `HeaderReader` tells them; a message without a header gets one. Holds the
 * header, up to `headerOctets`; of a longer one the fields beyond are let be. Line ends of new fields are those of the header.
 */
export class HeaderEditor {
  readonly #edits: readonly HeaderEdit[] | HeaderDecision
  readonly #limit: Octets
  #entries: Entry[] = []
  /** The unfinished line. */
  #line = ''
  #octets: Octets = 0
  #isOver = false

  /** @throws {HostError} for edits that would make a bad header, and for an index of 0; from `push` and `end` where they are decided then. */
  constructor(
    edits: readonly HeaderEdit[] | HeaderDecision,
    limits: Pick<MessageLimits, 'headerOctets'> = MESSAGE_LIMITS,
  ) {
    if (typeof edits !== 'function') check(edits)
    this.#edits = edits
    this.#limit = limits.headerOctets
  }

  /** Takes the next octets. Returns what can go on; nothing while the header is read. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#isOver) return chunk
    const text = latin1(view(chunk))
    let at = 0
    for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', at)) {
      const line = this.#line + text.slice(at, lf + 1)
      this.#line = ''
      at = lf + 1
      const rest = this.#take(line)
      if (rest !== null) return joined(rest, chunk.subarray(at))
    }
    this.#line += text.slice(at)
    this.#octets += text.length
    if (this.#octets <= this.#limit) return new Uint8Array(0)
    const tail = this.#line
    this.#line = ''
    return fromLatin1(this.#finish('') + tail)
  }

  /** The message is over. */
  end(): Uint8Array {
    if (this.#isOver) return new Uint8Array(0)
    const line = this.#line
    this.#line = ''
    return fromLatin1((line === '' ? null : this.#take(line)) ?? this.#finish(''))
  }

  /** Takes a line; returns what goes before the octets behind it once the header is over, else `null`. */
  #take(line: string): string | null {
    if (line === '\r\n' || line === '\n') return this.#finish(line)
    const last = this.#entries.at(-1)
    const name = FIELD.exec(line)?.[1]?.toLowerCase() ?? null
    const isContinuation = line.startsWith(' ') || line.startsWith('\t')
    if (last === undefined && (isContinuation || (name === null && !/^>?From /.test(line)))) {
      return this.#finish('', line)
    }
    // What follows the separator of an mbox must be a field, or there is no header.
    const isSeparated = this.#entries.length === 1 && last?.name === null
    if (isSeparated && name === null) return this.#finish('', line)
    if (last !== undefined && isContinuation) last.raw += line
    else this.#entries.push({ name, raw: line })
    return null
  }

  /** @param blank the line that ended the header. @param body a first line of the body that ended it instead. */
  #finish(blank: string, body = ''): string {
    this.#isOver = true
    const lineEnd = (this.#entries[0]?.raw ?? blank) || body
    this.#apply(/(?:^|[^\r])\n$/.test(lineEnd) ? '\n' : '\r\n')
    const header = this.#entries.map(({ raw }) => raw).join('')
    this.#entries = []
    // A header made for a body that had none.
    const isNew = blank === '' && body !== '' && header !== '' && !/^>?From [^\n]*\n$/.test(header)
    return header + blank + (isNew ? '\r\n' : '') + body
  }

  #apply(lineEnd: string): void {
    for (const edit of this.#decided()) {
      const places = this.#places(edit)
      switch (edit.kind) {
        case 'add':
          this.#insert(edit.at === 'top' ? this.#top : this.#entries.length, edit.name, edit.body, lineEnd)
          break
        case 'remove':
          this.#remove(places)
          break
        case 'replace': {
          const [place] = places
          this.#insert(place ?? this.#entries.length, edit.name, edit.body, lineEnd)
          if (place !== undefined) this.#entries.splice(place + 1, 1)
          break
        }
        default:
          edit satisfies never
      }
    }
  }

  #decided(): readonly HeaderEdit[] {
    if (typeof this.#edits !== 'function') return this.#edits
    const fields = this.#entries.flatMap(({ name, raw }) => (name === null ? [] : [{ name, raw }]))
    const edits = this.#edits(fields)
    check(edits)
    return edits
  }

  /** A line that is no field must not become the first: it would be taken for a body, and all behind it with it. */
  #remove(places: readonly number[]): void {
    const top = this.#top
    const left = this.#entries.filter((_, place) => !places.includes(place))
    const first = left.findIndex(({ name }, place) => place >= top && name !== null)
    this.#entries = places.length === 0 ? left : [...left.slice(0, top), ...left.slice(first < 0 ? left.length : first)]
  }

  /** Where the fields stand that an edit means. */
  #places(edit: HeaderEdit): readonly number[] {
    if (edit.kind === 'add') return []
    const name = edit.name.toLowerCase()
    const all = this.#entries.flatMap((entry, place) => (entry.name === name ? [place] : []))
    const index = edit.index ?? (edit.kind === 'replace' ? 1 : undefined)
    if (index === undefined) return all
    const place = all.at(index > 0 ? index - 1 : index)
    return place === undefined ? [] : [place]
  }

  /** Below the separator of an mbox. */
  get #top(): number {
    return this.#entries[0]?.name === null ? 1 : 0
  }

  #insert(place: number, name: string, body: string, lineEnd: string): void {
    const before = this.#entries[place - 1]
    const isCutOff = before !== undefined && !before.raw.endsWith('\n')
    // Ending a cut-off line that is no field could make a blank one of it, and so a body of what follows.
    const at = isCutOff && before.name === null ? place - 1 : place
    if (isCutOff && at === place) before.raw += before.raw.endsWith('\r') ? '\n' : lineEnd
    this.#entries.splice(at, 0, {
      name: name.toLowerCase(),
      raw: writeField(name, body).replaceAll('\r\n', lineEnd),
    })
  }
}

function check(edits: readonly HeaderEdit[]): void {
  for (const edit of edits) {
    if (edit.kind !== 'remove') writeField(edit.name, edit.body)
    if (edit.kind !== 'add' && edit.index !== undefined && !isIndex(edit.index)) {
      throw new HostError(`not the index of a field: ${edit.index}`)
    }
  }
}

function isIndex(index: number): boolean {
  return Number.isSafeInteger(index) && index !== 0
}

function joined(head: string, rest: Uint8Array): Uint8Array {
  if (head === '') return rest
  const whole = new Uint8Array(head.length + rest.length)
  whole.set(fromLatin1(head))
  whole.set(rest, head.length)
  return whole
}

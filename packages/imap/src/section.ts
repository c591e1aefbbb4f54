import {
  DIGEST_FIELDS,
  latin1,
  type MessageDigest,
  type OctetRange,
  type Octets,
  type PartLayout,
} from '@mailwright/core'
import { MESSAGE_LIMITS } from '@mailwright/message'
import type { Partial, Section } from './command.js'

/** Which fields of a header are wanted: HEADER.FIELDS or HEADER.FIELDS.NOT (RFC 3501 §6.4.5). */
export interface FieldChoice {
  readonly mode: 'only' | 'except'
  /** Lower-case. */
  readonly names: ReadonlySet<string>
  /** Whether the message has a body: then a blank line follows the fields even where the header ended without one. */
  readonly hasBody: boolean
}

/** Where the octets of a section are. */
export type SectionSource =
  /** `[start, end)` of the message, as they stand. */
  | { readonly kind: 'octets'; readonly start: Octets; readonly end: Octets }
  /** Some fields of the header `[start, end)`: read it through a {@link FieldPicker}. */
  | { readonly kind: 'fields'; readonly start: Octets; readonly end: Octets; readonly choice: FieldChoice }
  /** Known without reading the message; one octet a character. */
  | { readonly kind: 'known'; readonly octets: string }
  /** The message has no such part, or the part has no such text: `NIL`. */
  | { readonly kind: 'none' }

/**
 * Finds a section of a message. Part numbers follow RFC 3501 §6.4.5: part 1 of a message that is not multipart is its body,
 * and numbers below a message/rfc822 part are those of the message in it. HEADER and TEXT below a part number are of
 * that enclosed message; other parts have none. `1.MIME` of a message that is not multipart is the message's header,
 * which is what describes that part (as Dovecot answers).
 */
export function locateSection(section: Section, digest: MessageDigest): SectionSource {
  const { part, text } = section
  if (part.length === 0) {
    return knownFields(text, digest) ?? messageText(text, { ...digest.sections, start: 0, end: digest.octets })
  }
  const found = findPart(digest.sections, part)
  if (found === undefined) return { kind: 'none' }
  if (text.kind === 'all') return { kind: 'octets', start: found.body, end: found.end }
  if (text.kind === 'mime') return { kind: 'octets', start: found.start, end: found.body }
  const [enclosed] = found.kind === 'message' ? found.parts : []
  return enclosed === undefined ? { kind: 'none' } : messageText(text, enclosed)
}

/** Octets `[start, end)` of a message in the transfer encoding named. */
export interface EncodedPart {
  readonly kind: 'encoded'
  readonly start: Octets
  readonly end: Octets
  /** As {@link PartLayout.encoding}. */
  readonly encoding: string
}

/**
 * Finds what BINARY[part] decodes (RFC 3516 §4.2). The encoding of a multipart, of an enclosed message and of the message itself
 * changes nothing (RFC 2045 §6.4): their octets are as they stand, encoded parts within them included.
 */
export function locateBinary(part: readonly number[], digest: MessageDigest): EncodedPart | { readonly kind: 'none' } {
  if (part.length === 0) return { kind: 'encoded', start: 0, end: digest.octets, encoding: 'binary' }
  const found = findPart(digest.sections, part)
  if (found === undefined) return { kind: 'none' }
  const encoding = found.kind === 'leaf' ? found.encoding : 'binary'
  return { kind: 'encoded', start: found.body, end: found.end, encoding }
}

/** A substring by octets; past the end it is cut, and from past the end it is empty (RFC 3501 §6.4.5). */
export function cutOctets(octets: string, partial: Partial | null): string {
  return partial === null ? octets : octets.slice(partial.start, partial.start + partial.count)
}

/** {@link cutOctets}, of a range of the message. */
export function cutSpan({ start, end }: OctetRange, partial: Partial | null): OctetRange {
  if (partial === null) return { start, end }
  const from = Math.min(start + partial.start, end)
  return { start: from, end: Math.min(from + partial.count, end) }
}

/** The part of `message` that the numbers lead to. */
function findPart(message: PartLayout, numbers: readonly number[]): PartLayout | undefined {
  let within: PartLayout | undefined = message
  let found: PartLayout | undefined
  for (const number of numbers) {
    if (within === undefined) return undefined
    // A message that is not multipart is its own part 1.
    found = within.kind === 'multipart' ? within.parts[number - 1] : number === 1 ? within : undefined
    if (found === undefined) return undefined
    within = found.kind === 'multipart' ? found : found.kind === 'message' ? found.parts[0] : undefined
  }
  return found
}

function messageText(text: Section['text'], message: PartLayout): SectionSource {
  const { start, body, end } = message
  switch (text.kind) {
    case 'all':
      return { kind: 'octets', start, end }
    case 'header':
      return { kind: 'octets', start, end: body }
    case 'text':
      return { kind: 'octets', start: body, end }
    case 'headerFields':
    case 'headerFieldsNot':
      return { kind: 'fields', start, end: body, choice: fieldChoice(text, body < end) }
    case 'mime':
      return { kind: 'none' }
    default:
      return text satisfies never
  }
}

/**
 * Serves header fields from the digest, where it holds all that is asked for and cannot have cut any. Without a body it is not
 * known whether there is a blank line, and the message is asked.
 */
function knownFields(text: Section['text'], digest: MessageDigest): SectionSource | undefined {
  if (text.kind !== 'headerFields') return undefined
  const choice = fieldChoice(text, true)
  const isKept = [...choice.names].every((name) => DIGEST_FIELDS.has(name))
  if (!isKept || digest.headerOctets > MESSAGE_LIMITS.fieldOctets || digest.octets === digest.headerOctets) {
    return undefined
  }
  const picker = new FieldPicker(choice)
  picker.pushText(digest.fields)
  return { kind: 'known', octets: picker.end() }
}

function fieldChoice(
  text: Extract<Section['text'], { readonly kind: 'headerFields' | 'headerFieldsNot' }>,
  hasBody: boolean,
): FieldChoice {
  const names = new Set(text.names.map((name) => name.toLowerCase()))
  return { mode: text.kind === 'headerFields' ? 'only' : 'except', names, hasBody }
}

/** `obs-optional = field-name *WSP ":" unstructured CRLF`. RFC 5322 §4.5.8. */
const FIELD = /^([!-9;-~]+)[ \t]*:/

/** Octets of a line that are looked at for a field's name; a longer name is nobody's. */
const NAME_OCTETS = 1_024

/**
 * Picks fields out of a header that comes in chunks of any cutting. Keeps what is picked and one unfinished line; time is
 * linear.
 */
export class FieldPicker {
  readonly #choice: FieldChoice
  readonly #picked: string[] = []
  /** The unfinished line, in the pieces it came in. */
  #line: string[] = []
  /** Whether the field at hand is; a line before any field is of none that was named. */
  #isWanted: boolean
  #hasBlankLine = false

  constructor(choice: FieldChoice) {
    this.#choice = choice
    this.#isWanted = choice.mode === 'except'
  }

  push(chunk: Uint8Array): void {
    this.pushText(latin1(chunk))
  }

  /** Octets, one a character. */
  pushText(text: string): void {
    let at = 0
    for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', at)) {
      const rest = text.slice(at, lf + 1)
      this.#take(this.#line.length === 0 ? rest : [...this.#line, rest].join(''))
      this.#line = []
      at = lf + 1
    }
    if (at < text.length) this.#line.push(text.slice(at))
  }

  /**
   * The header is over.
   *
   * @returns the fields in their order, as they stand, and a blank line: always but for a message that has neither body nor
   *   blank line (RFC 3501 §6.4.5). One octet a character.
   */
  end(): string {
    if (this.#line.length > 0) this.#take(this.#line.join(''))
    this.#line = []
    if (this.#choice.hasBody && !this.#hasBlankLine) this.#picked.push('\r\n')
    return this.#picked.join('')
  }

  #take(line: string): void {
    const isContinuation = line.startsWith(' ') || line.startsWith('\t')
    if (line === '\r\n' || line === '\n') this.#isWanted = this.#hasBlankLine = true
    else if (!isContinuation) this.#isWanted = this.#wants(line)
    if (this.#isWanted) this.#picked.push(line)
  }

  #wants(line: string): boolean {
    const name = FIELD.exec(line.slice(0, NAME_OCTETS))?.[1]?.toLowerCase()
    return (name !== undefined && this.#choice.names.has(name)) === (this.#choice.mode === 'only')
  }
}

import {
  DIGEST_FIELDS,
  DIGEST_VERSION,
  HostError,
  type MessageDigest,
  type Octets,
  type ThreadKeys,
  view,
} from '@mailwright/core'
import { type ContentType, ENCLOSED_MESSAGE, OPAQUE, PLAIN_TEXT, parseContentType } from '../fields/content.js'
import { HeaderCollector, type KeptBudget } from '../fields/header-collector.js'
import { HeaderValues } from '../fields/header-values.js'
import { LineHead } from '../fields/line-head.js'
import { CONTENT_FIELDS, describePart } from '../imap-form/body-structure.js'
import { type AddressBudget, ENVELOPE_FIELDS, writeEnvelope } from '../imap-form/envelope.js'
import { MESSAGE_LIMITS, type MessageLimits, SLICE_PARTS } from '../limits.js'
import { Boundaries, type Delimiter } from './boundaries.js'
import { OpenPart, type PartRole } from './part.js'
import { threadKeys } from './thread-keys.js'

const LF = 10
const CR = 13
const DASH = 45

/** Fields looked at, by what the header belongs to. */
const WANTED: { readonly [Role in PartRole]: ReadonlySet<string> } = {
  root: new Set([...DIGEST_FIELDS, ...ENVELOPE_FIELDS, ...CONTENT_FIELDS]),
  enclosed: new Set([...ENVELOPE_FIELDS, ...CONTENT_FIELDS]),
  part: new Set(CONTENT_FIELDS),
}

/**
 * Computes a message's digest in one pass over its octets, in chunks of any cutting.
 *
 * Time is linear in the message's size; memory is bounded by {@link MessageLimits}, whatever the message. The chunks
 * are not kept. A line ends with CRLF or a bare LF, and all offsets are exact for the octets given. Bodies are not decoded.
 * Never fails for a message, only for misuse.
 *
 * RFC 2046 §5 (structure), RFC 9051 §7.5.2 (ENVELOPE, BODYSTRUCTURE).
 */
export class Digester {
  readonly #limits: MessageLimits
  readonly #boundaries: Boundaries<OpenPart>
  readonly #kept: KeptBudget
  readonly #addresses: AddressBudget
  readonly #head = new LineHead()
  readonly #message: OpenPart
  /** The parts that are open, the message first. */
  readonly #stack: OpenPart[] = []
  #parts = 0
  /** Octets of all chunks before the present one. */
  #offset: Octets = 0
  /** Line ends seen. */
  #lines = 0
  /** The last two octets before the present chunk. */
  #last = 0
  #lastButOne = 0
  #fields = ''
  #thread: ThreadKeys = threadKeys(new HeaderValues([]), 0)
  #isOver = false

  constructor(limits: MessageLimits = MESSAGE_LIMITS) {
    this.#limits = limits
    this.#boundaries = new Boundaries(limits.boundaryOctets, limits.lineOctets)
    this.#kept = { left: limits.keptOctets }
    this.#addresses = { left: limits.totalAddresses, octets: limits.addressOctets }
    this.#message = this.#open('root', 0)
  }

  /** Takes the next octets of the message. They may be reused afterwards. @throws {HostError} after {@link end}. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) at = this.pushSlice(chunk, at)
  }

  /**
   * Like {@link push} from `from` on, but stops where {@link SLICE_PARTS} parts have begun, so that somebody else may have a turn before the
   * rest. A chunk that is not made of tiny parts is taken whole.
   *
   * @returns how far it came: `chunk.length`, or where to go on.
   * @throws {HostError} after {@link end}.
   */
  pushSlice(chunk: Uint8Array, from: Octets = 0): Octets {
    if (this.#isOver) throw new HostError('Digester.push was called after end')
    const bytes = view(from === 0 ? chunk : chunk.subarray(from))
    if (bytes.length === 0) return chunk.length
    const lastPart = this.#parts + SLICE_PARTS
    let at = this.#head.length > 0 ? this.#continueLine(bytes) : 0
    while (at < bytes.length && this.#parts < lastPart) {
      at = this.#passPlainLines(bytes, at)
      const lf = bytes.indexOf(LF, at)
      if (lf < 0) {
        if (at < bytes.length) this.#beginLine(bytes, at)
        at = bytes.length
      } else {
        this.#line(bytes, at, lf + 1, this.#offset + at, lf + 1 - at, this.#lineEndBefore(bytes, at), 1)
        at = lf + 1
      }
    }
    this.#lastButOne = bytes[at - 2] ?? this.#last
    this.#last = bytes[at - 1] ?? 0
    this.#offset += at
    return from + at
  }

  /** The message is over. @throws {HostError} when called twice. */
  end(): MessageDigest {
    if (this.#isOver) throw new HostError('Digester.end was called before')
    this.#isOver = true
    const { at, endBefore, length, bytes } = this.#head
    if (length > 0) this.#line(bytes, 0, bytes.length, at, length, endBefore, 0)
    this.#closeHeaders(this.#offset)
    this.#closeDownTo(1, this.#offset, this.#lines)
    const root = this.#message.finish(this.#offset, this.#lines)
    return {
      version: DIGEST_VERSION,
      octets: this.#offset,
      lines: this.#lines,
      headerOctets: root.layout.body,
      envelope: root.envelope,
      bodyStructure: root.wire,
      sections: root.layout,
      fields: this.#fields,
      thread: this.#thread,
    }
  }

  get #top(): OpenPart | undefined {
    return this.#stack[this.#stack.length - 1]
  }

  /**
   * Counts the lines of a body that can be no delimiters, by far most of what mail is made of; returns where another kind of line, or
   * an unfinished one, begins.
   */
  #passPlainLines(bytes: Uint8Array, at: number): number {
    if (this.#top?.header !== null) return at
    const isGuarded = !this.#boundaries.isEmpty
    let lines = 0
    while (at < bytes.length) {
      if (bytes[at] === DASH && bytes[at + 1] === DASH && isGuarded) break
      const lf = bytes.indexOf(LF, at)
      if (lf < 0) break
      lines++
      at = lf + 1
    }
    this.#lines += lines
    return at
  }

  #beginLine(bytes: Uint8Array, at: number): void {
    const limit = this.#top?.header == null ? this.#limits.lineOctets : this.#limits.fieldOctets
    this.#head.begin(this.#offset + at, this.#lineEndBefore(bytes, at), limit)
    this.#head.append(bytes, at, bytes.length)
  }

  /** Goes on with a line begun in an earlier chunk; returns where the next begins. */
  #continueLine(bytes: Uint8Array): number {
    const lf = bytes.indexOf(LF)
    const end = lf < 0 ? bytes.length : lf + 1
    this.#head.append(bytes, 0, end)
    if (lf >= 0) {
      const head = this.#head
      this.#line(head.bytes, 0, head.bytes.length, head.at, head.length, head.endBefore, 1)
      head.clear()
    }
    return end
  }

  /** Octets of the line end before the line at `at` of this chunk. */
  #lineEndBefore(bytes: Uint8Array, at: number): Octets {
    if (this.#offset + at === 0) return 0
    const beforeLf = at >= 2 ? bytes[at - 2] : at === 1 ? this.#last : this.#lastButOne
    return beforeLf === CR ? 2 : 1
  }

  /**
   * One line: `bytes` from `start` to `end`, or the beginning of a longer one of true `length`, at offset `at` of the
   * message. `lineEnds` is 0 for a last line without end.
   */
  #line(
    bytes: Uint8Array,
    start: number,
    end: number,
    at: Octets,
    length: Octets,
    lineEndBefore: Octets,
    lineEnds: 0 | 1,
  ): void {
    // A line that ends a header without blank line is looked at again as the body's first; depth bounds the repeats.
    for (;;) {
      if (bytes[start] === DASH && bytes[start + 1] === DASH && !this.#boundaries.isEmpty) {
        const delimiter = this.#boundaries.match(bytes, start, end)
        if (delimiter !== undefined) {
          this.#closeAt(delimiter.owner, at, lineEndBefore)
          this.#lines += lineEnds
          this.#pass(delimiter, at + length, lineEnds)
          return
        }
      }
      const header = this.#top?.header
      if (header == null) {
        this.#lines += lineEnds
        return
      }
      const kind = header.line(bytes, start, end, length)
      if (kind !== 'body') this.#lines += lineEnds
      if (kind === 'blank') this.#endHeader(at + length)
      if (kind !== 'body') return
      this.#endHeader(at)
    }
  }

  /** Closes whatever is open within `owner`, at the delimiter line at `at`. */
  #closeAt(owner: OpenPart, at: Octets, lineEndBefore: Octets): void {
    this.#closeHeaders(at)
    // Most delimiters end a part directly within.
    const index = this.#stack.lastIndexOf(owner) + 1
    const part = this.#stack[index]
    if (part === undefined) return
    // The line end before belongs to the delimiter, unless it ends the part's own header. RFC 2046 §5.1.1.
    const end = Math.max(part.body, at - lineEndBefore)
    this.#closeDownTo(index, end, end < at ? this.#lines - 1 : this.#lines)
  }

  /** After a delimiter: the next part begins, or its multipart expects no more. */
  #pass({ owner, isClose }: Delimiter<OpenPart>, next: Octets, lineEnds: 0 | 1): void {
    // Without a line end nothing follows: a message cut off within its last delimiter.
    if (isClose || lineEnds === 0) this.#boundaries.closeFrom(owner)
    else if (this.#parts < this.#limits.parts) this.#open('part', next)
  }

  /** Ends the headers that are still open, as if their bodies began at `at`. */
  #closeHeaders(at: Octets): void {
    // Ending the header of a message/rfc822 opens that of the enclosed message.
    while (this.#top?.header != null) this.#endHeader(at)
  }

  /** Closes all parts from `index` on, the innermost first, each into its container. */
  #closeDownTo(index: number, end: Octets, lines: number): void {
    while (this.#stack.length > index) {
      const part = this.#stack.pop()
      if (part === undefined) return
      if (part.kind === 'multipart') this.#boundaries.closeFrom(part)
      part.container?.add(part.finish(end, lines))
    }
  }

  #open(role: PartRole, start: Octets): OpenPart {
    this.#parts++
    const of = role === 'part' ? 'part' : 'message'
    const header = new HeaderCollector({ wanted: WANTED[role], limits: this.#limits, budget: this.#kept, of })
    const part = new OpenPart(role, start, header, this.#top ?? null)
    this.#stack.push(part)
    return part
  }

  #endHeader(body: Octets): void {
    const part = this.#top
    if (part?.header == null) return
    const fields = part.header.end()
    const values = new HeaderValues(fields)
    part.header = null
    part.body = body
    part.linesBefore = this.#lines
    if (part.role !== 'part') part.envelope = writeEnvelope(values, this.#addresses, this.#limits)
    if (part.role === 'root') {
      for (const { name, raw } of fields) if (DIGEST_FIELDS.has(name)) this.#fields += raw
      this.#thread = threadKeys(values, this.#limits.references)
    }
    this.#enter(part, this.#contentOf(part, values), values, body)
  }

  #contentOf(part: OpenPart, values: HeaderValues): ContentType {
    const field = values.first('content-type')
    if (field !== null) return parseContentType(field, this.#limits.parameters) ?? PLAIN_TEXT
    return part.role === 'part' && part.container?.isDigest === true ? ENCLOSED_MESSAGE : PLAIN_TEXT
  }

  /** Settles what the part is, and opens what it contains. */
  #enter(part: OpenPart, content: ContentType, values: HeaderValues, body: Octets): void {
    const isMultipart = content.type === 'multipart'
    const isMessage = content.type === 'message' && (content.subtype === 'rfc822' || content.subtype === 'global')
    const boundary = isMultipart ? boundaryOf(content) : null
    const settled = !isMultipart && !isMessage ? content : this.#isFull ? OPAQUE : content
    // A multipart that names no boundary is not one. RFC 2045 §5.2, RFC 2046 §5.1.1.
    part.description = describePart(
      isMultipart && boundary === null ? PLAIN_TEXT : settled,
      values,
      this.#limits.parameters,
    )
    if (settled !== content) return
    if (boundary !== null) {
      part.kind = 'multipart'
      this.#boundaries.open(boundary, part)
    } else if (isMessage) {
      part.kind = 'message'
      this.#open('enclosed', body)
    }
  }

  /** No room for another container: too deep, or too many parts. */
  get #isFull(): boolean {
    return this.#stack.length > this.#limits.depth || this.#parts >= this.#limits.parts
  }
}

/** `boundary := 0*69<bchars> bcharsnospace`; `null` when absent or empty. RFC 2046 §5.1.1. */
function boundaryOf(content: ContentType): string | null {
  const value = content.parameters.find((parameter) => parameter.name === 'boundary')?.value
  return value?.trimEnd() || null
}

/** Digests a message given as chunks in order. See {@link Digester}. */
export function digestMessage(chunks: Iterable<Uint8Array>, limits: MessageLimits = MESSAGE_LIMITS): MessageDigest {
  const digester = new Digester(limits)
  for (const chunk of chunks) digester.push(chunk)
  return digester.end()
}

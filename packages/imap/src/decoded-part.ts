import { type BodyHandle, type Flow, latin1, type Octets, READ_WINDOW } from '@mailwright/core'
import { decodeTransfer, isIdentityEncoding, type TransferDecoder } from '@mailwright/message'
import { reader } from './calls.js'
import type { Partial } from './command.js'
import type { EncodedPart } from './section.js'
import type { Session } from './session.js'

/** An encoded part of a stored message. */
export interface Encoded extends EncodedPart {
  readonly source: BodyHandle
  /** Names the message among all that the session may see; its octets never change. */
  readonly key: string
}

/** Decoded octets that can be told: how many, and how to get them. */
export interface DecodedSlice {
  readonly part: Encoded
  readonly octets: Octets
  /** Needs a `literal8` (RFC 3516 §4.3). */
  readonly hasNul: boolean
  /** The octets, where they were few. */
  readonly kept: readonly Uint8Array[] | null
  /** Stands before them. */
  readonly from: DecodedReader
}

/** Decodes a part window by window: what it holds of it does not grow with the part. */
export class DecodedReader {
  readonly #part: Encoded
  readonly #decoder: TransferDecoder
  /** Where the next window begins. */
  #at: Octets
  #pending: Uint8Array = NOTHING
  #position: Octets = 0
  #isOver = false

  constructor(part: Encoded, decoder: TransferDecoder = decodeTransfer(part.encoding), at: Octets = part.start) {
    this.#part = part
    this.#decoder = decoder
    this.#at = at
  }

  /** Decoded octets before the next. */
  get position(): Octets {
    return this.#position
  }

  get isAtEnd(): boolean {
    return this.#isOver && this.#pending.length === 0
  }

  get part(): Encoded {
    return this.#part
  }

  clone(): DecodedReader {
    const twin = new DecodedReader(this.#part, this.#decoder.clone(), this.#at)
    twin.#pending = this.#pending
    twin.#position = this.#position
    twin.#isOver = this.#isOver
    return twin
  }

  /** The next octets, `most` of them or fewer; `null` at the end. */
  *read(most: Octets): Flow<Uint8Array | null> {
    while (this.#pending.length === 0) {
      if (this.#isOver) return null
      yield* this.#pull()
    }
    const chunk = this.#pending.length <= most ? this.#pending : this.#pending.subarray(0, most)
    this.#pending = this.#pending.subarray(chunk.length)
    this.#position += chunk.length
    return chunk
  }

  /** Passes over octets up to `position`, or to the end. */
  *skipTo(position: Octets): Flow<void> {
    while (this.#position < position) if ((yield* this.read(position - this.#position)) === null) return
  }

  *#pull(): Flow<void> {
    const { source, end } = this.#part
    if (this.#at === end) {
      this.#isOver = true
      this.#pending = this.#decoder.end()
      return
    }
    const to = Math.min(this.#at + READ_WINDOW, end)
    const { octets } = yield* reader.call('readBody', { source, start: this.#at, end: to })
    this.#at = to
    this.#pending = this.#decoder.push(octets)
  }
}

const NOTHING = new Uint8Array(0)

/** Decoded octets of one response that are kept between measuring and sending. More are decoded again. */
export const KEPT_OCTETS: Octets = READ_WINDOW

/** Parts whose decoded size a session remembers. */
const KNOWN_PARTS = 1_000

interface KnownPart {
  readonly octets: Octets
  readonly hasNul: boolean
}

/**
 * What a session knows of decoded parts. A literal needs its size first, so a part is decoded twice: once to measure it, once to
 * send it. A client that fetches a part piece by piece is met where it left off, so that the whole costs no more than that.
 */
export class DecodedParts {
  readonly #known = new Map<string, KnownPart>()
  /** Where the last slice ended. */
  #bookmark: DecodedReader | null = null;

  /** How many octets the part decodes to. */
  *size(part: Encoded): Flow<Octets> {
    if (isIdentityEncoding(part.encoding)) return part.end - part.start
    return this.#known.get(nameOf(part))?.octets ?? (yield* this.measure(part, null, 0)).octets
  }

  /** Finds out what a part, or some of its decoded octets, will be on the wire. Octets up to `room` are kept. */
  *measure(part: Encoded, partial: Partial | null, room: Octets): Flow<DecodedSlice> {
    const name = nameOf(part)
    const start = partial?.start ?? 0
    const most = partial?.count ?? Number.POSITIVE_INFINITY
    const ahead = this.#readerAt(part, start)
    yield* ahead.skipTo(start)
    const from = ahead.clone()
    const known = this.#known.get(name)
    if (known?.hasNul === false && partial === null) return { part, ...known, kept: null, from }
    let octets = 0
    let hasNul = false
    let kept: Uint8Array[] | null = []
    while (octets < most) {
      const chunk = yield* ahead.read(most - octets)
      if (chunk === null) break
      octets += chunk.length
      hasNul ||= chunk.includes(0)
      if (octets > room) kept = null
      kept?.push(chunk)
    }
    if (start === 0 && ahead.isAtEnd) this.#know(name, { octets, hasNul })
    this.#bookmark = ahead.isAtEnd ? null : ahead
    return { part, octets, hasNul, kept, from }
  }

  /** A reader at or before the decoded octet `start`. */
  #readerAt(part: Encoded, start: Octets): DecodedReader {
    const mark = this.#bookmark
    this.#bookmark = null
    const isHere = mark !== null && nameOf(mark.part) === nameOf(part) && mark.position <= start
    return isHere ? mark : new DecodedReader(part)
  }

  #know(name: string, part: KnownPart): void {
    this.#known.delete(name)
    this.#known.set(name, part)
    if (this.#known.size <= KNOWN_PARTS) return
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest)
      return
    }
  }
}

function nameOf(part: Encoded): string {
  return `${part.key} ${part.start} ${part.end}`
}

/**
 *     literal8 = "~{" number "}" CRLF *OCTET
 *
 * RFC 3516 §7. A plain literal where there is no NUL, so that the client need not look (§4.3).
 */
export function announceSlice({ octets, hasNul }: DecodedSlice): string {
  return `${hasNul ? '~' : ''}{${octets}}\r\n`
}

/** Sends the octets that {@link announceSlice} promised. */
export function* sendSlice(session: Session, slice: DecodedSlice): Flow<void> {
  const { wire } = session
  const { part, from, octets } = slice
  if (slice.kept !== null) {
    for (const chunk of slice.kept) wire.write(latin1(chunk))
    return
  }
  if (isIdentityEncoding(part.encoding)) {
    const start = part.start + from.position
    wire.splice(part.source, start, start + octets)
    return
  }
  let sent = 0
  try {
    while (sent < octets) {
      const chunk = yield* from.read(octets - sent)
      if (chunk === null) break
      wire.writeBytes(chunk)
      sent += chunk.length
    }
  } catch (cause) {
    throw brokenOff(cause)
  }
  if (sent < octets) throw brokenOff(new Error(`${sent} of ${octets} octets`))
}

/**
 * The peer was promised octets that will not come: only closing tells it the truth. No fault of an adapter for the runner, which would
 * answer it, and the answer would be taken for those octets.
 */
function brokenOff(cause: unknown): Error {
  return new Error(`a message broke off while it was being sent: ${String(cause)}`, { cause })
}

import type { Octets } from './brands.js'
import { concat, latin1, view } from './bytes.js'
import { type DataFlaw, DotUnstuffer, type LineEndPolicy } from './dot-stuffing.js'
import type { LineEndGuard } from './line-end-guard.js'
import { GATHERED, SMALL_PIECE } from './small-pieces.js'

/** How the octets that come next are cut. Set by the engine, never guessed. */
export type FrameMode =
  /** One line, ended by CRLF; a bare LF ends it too and is reported. Longer than `limit` (its end not counted): overlong. */
  | { readonly mode: 'line'; readonly limit: Octets }
  /** Exactly so many octets: an IMAP literal, a BDAT chunk. With `guard` they must be text: what it finds is their flaw. */
  | { readonly mode: 'octets'; readonly octets: Octets; readonly guard?: LineEndGuard }
  /** Until CRLF.CRLF, dots unstuffed (RFC 5321 §4.5.2). */
  | { readonly mode: 'data'; readonly limit: Octets; readonly lineEnds: LineEndPolicy }

export type Frame =
  /** `text` holds one octet a character (latin1), without the line's end. */
  | { readonly kind: 'line'; readonly text: string; readonly isBareLineFeed: boolean }
  /** A line past the limit: consumed to its end and forgotten, but for the last {@link OVERLONG_TAIL} octets before its end. */
  | { readonly kind: 'overlong'; readonly tail: string }
  /** Some of the octets, a view of a received chunk. */
  | { readonly kind: 'chunk'; readonly chunk: Uint8Array }
  /** The mode has come to its end; the engine must set the next one. */
  | { readonly kind: 'end'; readonly octets: Octets; readonly flaw: DataFlaw | null }

/** Octets kept of an overlong line: room for the announcement of a literal, which must still be consumed (RFC 7888 §4). */
export const OVERLONG_TAIL: Octets = 32

/**
 * Cuts a stream of chunks into frames, in the mode the engine sets. Keeps chunks as they came: lines within one chunk are decoded in
 * place, bodies are views, and what was searched is not searched again.
 */
export class Framer {
  /** Received and not yet framed, oldest first; `#at` is the first octet of the first chunk that counts. */
  #chunks: Uint8Array[] = []
  #at = 0
  #buffered = 0
  /** The part of an unfinished line that stood in chunks now gone. */
  #line = ''
  #isOverlong = false
  #mode: FrameMode = { mode: 'line', limit: 0 }
  #taken = 0
  #unstuffer: DotUnstuffer | null = null
  /** A large piece that came behind small ones: the next frame. */
  #piece: Uint8Array | null = null

  /** Octets received and not yet handed out, an unfinished line's included. */
  get buffered(): Octets {
    return this.#buffered + this.#line.length
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(view(chunk))
    this.#buffered += chunk.length
  }

  /** Gives back everything received that no frame was made of: it belongs to another layer. Not in the middle of a line. */
  take(): Uint8Array {
    const [first, ...others] = this.#chunks
    const rest = first === undefined ? concat([]) : concat([first.subarray(this.#at), ...others])
    this.clear()
    return rest
  }

  /** Forgets everything received: what stood behind STARTTLS was never said (RFC 3207 §4.2). */
  clear(): void {
    this.#chunks = []
    this.#at = 0
    this.#buffered = 0
    this.#line = ''
    this.#isOverlong = false
    this.#piece = null
  }

  /** Sets how the next octets are cut. Not in the middle of a frame. */
  expect(mode: FrameMode): void {
    this.#mode = mode
    this.#taken = 0
    this.#unstuffer = mode.mode === 'data' ? new DotUnstuffer(mode.limit, mode.lineEnds) : null
  }

  /** The next frame, or `undefined` until more octets come. */
  next(): Frame | undefined {
    switch (this.#mode.mode) {
      case 'line':
        return this.#nextLine(this.#mode.limit)
      case 'octets':
        return this.#nextOctets(this.#mode.octets, this.#mode.guard)
      case 'data':
        return this.#nextData()
      default:
        return this.#mode satisfies never
    }
  }

  #nextLine(limit: Octets): Frame | undefined {
    for (;;) {
      const chunk = this.#chunks[0]
      if (chunk === undefined) return undefined
      const end = chunk.indexOf(10, this.#at)
      if (end === -1) {
        this.#carry(chunk, limit)
        continue
      }
      const frame = this.#line === '' ? lineIn(chunk, this.#at, end, limit) : this.#lineAcross(chunk, end, limit)
      this.#consume(chunk, end + 1)
      this.#line = ''
      this.#isOverlong = false
      return frame
    }
  }

  /** Takes a chunk without a line end into the unfinished line; of one that grew too long only the tail is kept. */
  #carry(chunk: Uint8Array, limit: Octets): void {
    // One octet more than the limit, for the CR that may stand at the end.
    if (this.#line.length + chunk.length - this.#at > limit + 1) this.#isOverlong = true
    const from = this.#isOverlong ? Math.max(this.#at, chunk.length - OVERLONG_TAIL - 1) : this.#at
    const line = this.#line + latin1(chunk, from, chunk.length)
    this.#line = this.#isOverlong ? line.slice(-OVERLONG_TAIL - 1) : line
    this.#consume(chunk, chunk.length)
  }

  #lineAcross(chunk: Uint8Array, end: number, limit: Octets): Frame {
    const from = this.#isOverlong ? Math.max(this.#at, end - OVERLONG_TAIL - 1) : this.#at
    const line = this.#line + latin1(chunk, from, end)
    const isBareLineFeed = line.charCodeAt(line.length - 1) !== 13
    const text = isBareLineFeed ? line : line.slice(0, -1)
    if (this.#isOverlong || text.length > limit) return { kind: 'overlong', tail: text.slice(-OVERLONG_TAIL) }
    return { kind: 'line', text, isBareLineFeed }
  }

  #nextOctets(octets: Octets, guard: LineEndGuard | undefined): Frame | undefined {
    if (this.#taken === octets) return { kind: 'end', octets, flaw: guard?.flaw ?? null }
    const chunk = this.#chunks[0]
    if (chunk === undefined) return undefined
    const start = this.#at
    const end = Math.min(chunk.length, start + octets - this.#taken)
    this.#taken += end - start
    this.#consume(chunk, end)
    const piece = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end)
    guard?.push(piece)
    return { kind: 'chunk', chunk: piece }
  }

  #nextData(): Frame | undefined {
    const unstuffer = this.#unstuffer
    if (unstuffer === null) return undefined
    if (this.#piece !== null) {
      const chunk = this.#piece
      this.#piece = null
      return { kind: 'chunk', chunk }
    }
    const small: Uint8Array[] = []
    let gathered = 0
    while (gathered < GATHERED && !unstuffer.isOver) {
      const chunk = this.#chunks[0]
      if (chunk === undefined) break
      const piece = unstuffer.take(chunk, this.#at)
      this.#consume(chunk, unstuffer.position)
      if (piece === undefined) continue
      if (piece.length >= SMALL_PIECE) {
        if (small.length === 0) return { kind: 'chunk', chunk: piece }
        this.#piece = piece
        break
      }
      small.push(piece)
      gathered += piece.length
    }
    if (small.length > 0) return { kind: 'chunk', chunk: concat(small) }
    return unstuffer.isOver ? { kind: 'end', octets: unstuffer.octets, flaw: unstuffer.flaw } : undefined
  }

  #consume(chunk: Uint8Array, end: number): void {
    this.#buffered -= end - this.#at
    if (end === chunk.length) {
      this.#chunks.shift()
      this.#at = 0
    } else {
      this.#at = end
    }
  }
}

/** A line that lies in one chunk: decoded where it stands. */
function lineIn(chunk: Uint8Array, start: number, end: number, limit: Octets): Frame {
  const isBareLineFeed = end === start || chunk[end - 1] !== 13
  const stop = isBareLineFeed ? end : end - 1
  if (stop - start > limit) {
    return { kind: 'overlong', tail: latin1(chunk, Math.max(start, stop - OVERLONG_TAIL), stop) }
  }
  return { kind: 'line', text: latin1(chunk, start, stop), isBareLineFeed }
}

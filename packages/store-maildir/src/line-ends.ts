import type { Octets } from '@mailwright/core'

const LF = 10
const CR = 13

/**
 * Turns a message in wire form (CRLF) into the form most Maildir programs expect on disk (LF), chunk by chunk.
 *
 * Not every sequence of octets survives that: a bare LF, or CR CR LF, would come back as something else. `push` then
 * answers `undefined` and has taken nothing; the message must be kept as it came.
 */
export class WireToDisk {
  /** A CR at the end of a chunk waits for what follows. */
  #heldCr = false
  /** The last octet before the held CR, or before the next chunk. */
  #before = 0

  /**
   * @param out where the octets go, with room for one more than `chunk` has; without it they get an array of their own.
   * @returns a view of `out`, never of `chunk`.
   */
  push(chunk: Uint8Array, out: Uint8Array = Buffer.allocUnsafe(chunk.length + 1)): Uint8Array | undefined {
    const source = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let written = 0
    let from = 0
    if (this.#heldCr && source[0] !== LF) out[written++] = CR
    // Copied once, then lines move left within it: nine times as fast as copying each from `source`.
    const shift = written
    out.set(source, shift)
    for (let lf = source.indexOf(LF); lf >= 0; lf = source.indexOf(LF, lf + 1)) {
      if (this.#octet(source, lf - 1) !== CR || this.#octet(source, lf - 2) === CR) return undefined
      if (lf > from) written = moved(out, written, shift + from, shift + lf - 1)
      out[written++] = LF
      from = lf + 1
    }
    if (source.length === 0) return out.subarray(0, 0)
    const holds = source[source.length - 1] === CR
    written = moved(out, written, shift + from, shift + source.length - (holds ? 1 : 0))
    const before = this.#octet(source, source.length - (holds ? 2 : 1))
    this.#before = before
    this.#heldCr = holds
    return out.subarray(0, written)
  }

  /** The octet that came last. */
  get last(): number {
    return this.#heldCr ? CR : this.#before
  }

  /** What is still held when the message is over. */
  end(): Uint8Array {
    return Buffer.from(this.#heldCr ? [CR] : [])
  }

  #octet(source: Uint8Array, at: number): number {
    if (at >= 0) return source[at] ?? 0
    if (this.#heldCr) return at === -1 ? CR : this.#before
    // Two back into the former chunk matters only when one back is a CR, and then it is held.
    return at === -1 ? this.#before : 0
  }
}

/**
 * Turns a file into wire form: each LF that no CR precedes becomes CRLF, as Dovecot counts. Files with LF, with CRLF or
 * with both come out with CRLF only.
 */
export class DiskToWire {
  #after: number
  /** @param after the octet before the first chunk, where reading begins inside a file. */
  constructor(after = 0) {
    this.#after = after
  }

  /** The octet that the next chunk follows. */
  get after(): number {
    return this.#after
  }

  /** @returns `chunk` itself where nothing changes, else octets of their own. */
  push(chunk: Uint8Array): Uint8Array {
    const source = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const bare = countBare(source, this.#after)
    const before = this.#after
    if (source.length > 0) this.#after = source[source.length - 1] ?? 0
    if (bare === 0) return chunk
    const out = Buffer.allocUnsafe(source.length + bare)
    // As in `WireToDisk`: lines move left, and each CR gets the place they make.
    out.set(source, bare)
    let written = 0
    let from = 0
    for (let lf = source.indexOf(LF); lf >= 0; lf = source.indexOf(LF, lf + 1)) {
      if ((lf === 0 ? before : source[lf - 1]) === CR) continue
      written = moved(out, written, bare + from, bare + lf)
      out[written++] = CR
      from = lf
    }
    // The rest stands where it belongs.
    return out
  }
}

/** Counts what a file has in wire form without making it. */
export class WireLength {
  #after: number
  octets: Octets

  /** @param octets counted before, the last of them `after`. */
  constructor(octets: Octets = 0, after = 0) {
    this.octets = octets
    this.#after = after
  }

  push(chunk: Uint8Array): void {
    const source = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    this.octets += source.length + countBare(source, this.#after)
    if (source.length > 0) this.#after = source[source.length - 1] ?? 0
  }
}

/** Moves octets within an array to an earlier place. @returns where they end there. */
function moved(octets: Uint8Array, to: number, from: number, end: number): number {
  if (to !== from) octets.copyWithin(to, from, end)
  return to + end - from
}

function countBare(source: Buffer, before: number): number {
  let bare = 0
  for (let lf = source.indexOf(LF); lf >= 0; lf = source.indexOf(LF, lf + 1)) {
    if ((lf === 0 ? before : source[lf - 1]) !== CR) bare++
  }
  return bare
}

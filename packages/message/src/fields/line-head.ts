import type { Octets } from '@mailwright/core'

/**
 * The beginning of a line that is spread over chunks. Keeps at most `limit` octets of it and counts the rest, so a line
 * without end costs bounded memory however it is cut.
 */
export class LineHead {
  #buffer = new Uint8Array(256)
  #limit = 0
  #kept = 0
  /** Octets of the line so far; 0 when no line is open. */
  length: Octets = 0
  /** Offset of the line's first octet in the whole input. */
  at: Octets = 0
  /** Octets of the line end before this line. */
  endBefore: Octets = 0

  begin(at: Octets, endBefore: Octets, limit: Octets): void {
    this.at = at
    this.endBefore = endBefore
    this.#limit = limit
    this.#kept = 0
    this.length = 0
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.length += end - start
    const room = Math.min(end - start, this.#limit - this.#kept)
    if (room <= 0) return
    if (this.#kept + room > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#kept + room))
      grown.set(this.#buffer.subarray(0, this.#kept))
      this.#buffer = grown
    }
    this.#buffer.set(bytes.subarray(start, start + room), this.#kept)
    this.#kept += room
  }

  /** The kept octets, valid until the next `begin`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#kept)
  }

  clear(): void {
    this.length = 0
    this.#kept = 0
  }
}

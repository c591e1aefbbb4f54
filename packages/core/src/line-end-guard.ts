import { view } from './bytes.js'
import type { DataFlaw } from './dot-stuffing.js'

const LF = 10
const CR = 13

/** Looks for a CR or LF that stands alone, in octets that come in chunks of any cutting, and of several frames (RFC 5321 §2.3.8). */
export class LineEndGuard {
  #isAfterCr = false
  #flaw: DataFlaw | null = null

  /** What was found so far; the first counts. */
  get flaw(): DataFlaw | null {
    return this.#flaw
  }

  push(chunk: Uint8Array): void {
    if (this.#flaw !== null || chunk.length === 0) return
    const bytes = view(chunk)
    if (this.#isAfterCr && bytes[0] !== LF) {
      this.#flaw = 'bareCarriageReturn'
      return
    }
    for (let lf = bytes.indexOf(LF); lf >= 0; lf = bytes.indexOf(LF, lf + 1)) {
      const isAfterCr = lf === 0 ? this.#isAfterCr : bytes[lf - 1] === CR
      if (isAfterCr) continue
      this.#flaw = 'bareLineFeed'
      return
    }
    for (let cr = bytes.indexOf(CR); cr >= 0 && cr < bytes.length - 1; cr = bytes.indexOf(CR, cr + 1)) {
      if (bytes[cr + 1] === LF) continue
      this.#flaw = 'bareCarriageReturn'
      return
    }
    this.#isAfterCr = bytes[bytes.length - 1] === CR
  }

  /** The octets are over: a CR at their end stands alone. */
  end(): DataFlaw | null {
    if (this.#isAfterCr) this.#flaw ??= 'bareCarriageReturn'
    return this.#flaw
  }
}

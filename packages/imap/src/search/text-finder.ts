import type { Collation } from './collation.js'

/** Characters that belong to the one before them, halfwidth sound marks included: decomposing puts them into order. */
const COMBINING = /[\p{M}\uff9e\uff9f]/u

/** Combining marks of one character that are kept together across a cut. Real text has a few. */
const MARKS = 64

/** Looks for several texts in one that comes in pieces of any cutting. */
export class TextFinder<Mark> {
  readonly #missing: Map<Mark, string>
  readonly #found: Set<Mark>
  readonly #collation: Collation
  #carried = ''
  #reach = 1

  /**
   * @param wanted folded texts by their marks.
   * @param found where marks go; whoever else fills it spares the search.
   */
  constructor(wanted: ReadonlyMap<Mark, string>, found: Set<Mark>, collation: Collation) {
    this.#collation = collation
    this.#missing = new Map(wanted)
    this.#found = found
    this.#measure()
  }

  /** Takes the next piece. */
  push(text: string): void {
    if (this.#missing.size === 0) return
    const whole = this.#carried + text
    // The last character waits: marks may follow it.
    const end = boundary(whole, whole.length - 1)
    this.#search(whole.slice(0, end))
    this.#carried = this.#missing.size === 0 ? '' : whole.slice(this.#tail(whole, end))
  }

  /** The text is over; what is pushed next is another, and nothing is found across the two. */
  finish(): void {
    this.#search(this.#carried)
    this.#carried = ''
  }

  #search(text: string): void {
    const folded = this.#collation.fold(text)
    const before = this.#missing.size
    for (const [mark, wanted] of this.#missing) {
      if (!this.#found.has(mark) && !folded.includes(wanted)) continue
      this.#missing.delete(mark)
      this.#found.add(mark)
    }
    if (this.#missing.size < before) this.#measure()
  }

  /** Where something may begin that ends after `end`. Folding halves a text at most. */
  #tail(text: string, end: number): number {
    return boundary(text, Math.max(0, end - 2 * (this.#reach - 1)))
  }

  #measure(): void {
    this.#reach = 1
    for (const wanted of this.#missing.values()) this.#reach = Math.max(this.#reach, wanted.length)
  }
}

/** The last place up to `at` where a character begins that stands for itself; 0 for the beginning. */
function boundary(text: string, at: number): number {
  for (let marks = 0; at > 0 && marks < MARKS && !isBoundary(text, at); marks++) at -= 1
  return Math.max(0, at)
}

/** No combining mark, no second half of a pair. */
function isBoundary(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 0x300) return true
  if (code >= 0xdc00 && code <= 0xdfff) return false
  return !COMBINING.test(String.fromCodePoint(text.codePointAt(at) ?? 0))
}

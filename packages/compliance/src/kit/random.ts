/** Reproducible randomness: one seed, one sequence. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number, at least 0 and below `limit`. */
  below(limit: number): number {
    // Mulberry32: 32 bits of state, every seed of full period; nothing here needs more.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit)
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of them; `undefined` when there is none. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)]
  }

  /** Each of them with an even chance, in their order. */
  some<T>(from: readonly T[]): T[] {
    return from.filter(() => this.once(2))
  }
}

import type { Millis } from '@mailwright/core'

/** Remembers values for a while, and not more than so many. */
export class ExpiringCache<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly until: Millis }>()
  readonly #limit: number
  readonly #now: () => Millis

  constructor(limit: number, now: () => Millis) {
    this.#limit = limit
    this.#now = now
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (entry.until <= this.#now()) return undefined
    // A map keeps its order: what was used last stands last.
    this.#entries.set(key, entry)
    return entry.value
  }

  /** An `age` of 0 is not remembered. */
  set(key: string, value: T, age: Millis): void {
    this.#entries.delete(key)
    if (age <= 0 || this.#limit <= 0) return
    const [oldest] = this.#entries.keys()
    if (this.#entries.size >= this.#limit && oldest !== undefined) this.#entries.delete(oldest)
    this.#entries.set(key, { value, until: this.#now() + age })
  }

  get size(): number {
    return this.#entries.size
  }
}

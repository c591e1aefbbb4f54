/** Where a run's decisions come from: numbers written down beforehand, so that a run can be had again, and a shorter one sought. */
export class Choices {
  readonly #numbers: readonly number[]
  #at = 0

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  get isOver(): boolean {
    return this.#at >= this.#numbers.length
  }

  /** From 0 up to below `count`; 0 once the numbers are over. */
  below(count: number): number {
    return (this.#numbers[this.#at++] ?? 0) % count
  }

  /** Once in `count` times. */
  oneIn(count: number): boolean {
    return this.below(count) === count - 1
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)]
    if (picked === undefined) throw new RangeError('nothing to pick from')
    return picked
  }

  /** Some of them, in their order. */
  some<T>(from: readonly T[]): T[] {
    return from.filter(() => this.below(2) === 1)
  }
}

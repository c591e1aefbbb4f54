/** Something that falls due, and who it is about. */
interface Due<T> {
  readonly at: number
  readonly order: number
  readonly value: T
}

/** What falls due next, and what after it: a binary heap by time, then by the order of adding. */
export class DueHeap<T> {
  readonly #heap: Due<T>[] = []
  #order = 0

  /** When the first falls due; `null` when there is nothing. */
  get next(): number | null {
    return this.#heap[0]?.at ?? null
  }

  get size(): number {
    return this.#heap.length
  }

  add(at: number, value: T): void {
    const heap = this.#heap
    let place = heap.length
    const due = { at, order: this.#order++, value }
    heap.push(due)
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || isBefore(parent, due)) break
      heap[place] = parent
      place = above
    }
    heap[place] = due
  }

  /** Takes the first that is due at `now`. */
  take(now: number): T | undefined {
    const heap = this.#heap
    const [first] = heap
    if (first === undefined || first.at > now) return undefined
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first.value
    let place = 0
    for (;;) {
      const child = lesser(heap, 2 * place + 1)
      const least = heap[child]
      if (least === undefined || isBefore(last, least)) break
      heap[place] = least
      place = child
    }
    heap[place] = last
    return first.value
  }
}

/** Of a child and its right neighbour, the one that is due first. */
function lesser<T>(heap: readonly Due<T>[], left: number): number {
  const one = heap[left]
  const other = heap[left + 1]
  return one !== undefined && other !== undefined && isBefore(other, one) ? left + 1 : left
}

function isBefore<T>(one: Due<T>, other: Due<T>): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}

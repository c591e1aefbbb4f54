/** Runs jobs one after the other, in the order they came. A job's failure is its own. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** No job runs or waits. */
  get isIdle(): boolean {
    return this.#waiting === 0
  }

  run<T>(job: () => Promise<T>): Promise<T> {
    this.#waiting++
    const result = this.#last.then(job).finally(() => {
      this.#waiting--
    })
    this.#last = result.catch(() => undefined)
    return result
  }
}

/**
 * Calls `work` for every item, at most `parallel` at once. After a failure no new one begins; rejects with the first
 * failure once all that began have ended, so that nothing runs on behind the caller's back.
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  parallel: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const all = [...items]
  const rest = all.values()
  const failures: unknown[] = []
  const lane = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true && failures.length === 0; next = rest.next()) {
      try {
        await work(next.value)
      } catch (reason) {
        failures.push(reason)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, all.length) }, lane))
  if (failures.length > 0) throw failures[0]
}

import type { Millis } from '@mailwright/core'

/** What a call may take, on the average of the last eight. Default 0.2 ms, twice the turn of a thread. Passed: calls go to threads for a while. */
const BEARABLE: Millis = 0.2
const CALLS = 8
/** How long they do. Default 250 ms: however slow a medium is, nobody waits for it more than a few calls a second. */
const WHILE: Millis = 250

/**
 * Whether the file system answers at once. Making a file or giving it another name changes memory of the system, and costs a part of the turn of a
 * thread; but where its journal is full, free inodes are rare, or the folder is on another machine, such a call waits. Then the next ones are for threads.
 */
export class Promptness {
  #average: Millis = 0
  #slowUntil = Number.NEGATIVE_INFINITY

  get isPrompt(): boolean {
    return performance.now() >= this.#slowUntil
  }

  /** Makes a call, and sees how long it takes. */
  watch<T>(call: () => T): T {
    const began = performance.now()
    try {
      return call()
    } finally {
      const now = performance.now()
      this.#average += (now - began - this.#average) / CALLS
      if (this.#average > BEARABLE) {
        this.#average = 0
        this.#slowUntil = now + WHILE
      }
    }
  }
}

import type { Millis } from '@mailwright/core'

/** Longest that a call may keep everybody waiting. Default 5 ms, one turn of a connection. Passed: calls go to threads for a while. */
const PATIENCE: Millis = 5
/** How long they do. Default 250 ms: so 98 % of all time nobody waits, however slow the medium is. */
const WHILE: Millis = 250

/**
 * Whether the file system answers at once. Making a file or giving it another name changes memory of the system, and costs a tenth of the turn of a
 * thread; but where its journal is full, or the folder is on another machine, such a call waits. Then the next ones are for threads.
 */
export class Promptness {
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
      if (now - began > PATIENCE) this.#slowUntil = now + WHILE
    }
  }
}

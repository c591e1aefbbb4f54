import { randomBytes } from 'node:crypto'
import type { Clock, Random } from '../adapters/ambient.js'

/** The machine's time. Timers keep no process alive by themselves. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(delay, wake) {
    if (delay <= 0) {
      const turn = setImmediate(wake)
      return () => clearImmediate(turn)
    }
    // Node's timers end at 2^31 - 1 ms; a caller that is woken early looks at the time and asks again.
    const timer = setTimeout(wake, Math.min(Math.ceil(delay), 0x7fffffff))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** The operating system's randomness. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
}

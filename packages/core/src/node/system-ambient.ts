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

/** Octets asked of the system at once. Default 4,096: a call costs much the same for few as for many. */
const POOL = 4_096
let pool: Buffer = Buffer.alloc(0)
let used = 0

/** The operating system's randomness. Nothing of it is given out twice, or kept. */
export const systemRandom: Random = {
  bytes(count) {
    if (count > POOL / 16) return randomBytes(count)
    if (used + count > pool.length) {
      pool = randomBytes(POOL)
      used = 0
    }
    const own = Buffer.from(pool.subarray(used, used + count))
    pool.fill(0, used, used + count)
    used += count
    return own
  },
}

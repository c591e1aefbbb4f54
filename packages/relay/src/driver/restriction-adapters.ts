import type { Clock } from '@mailwright/core'
import {
  GREYLIST_LIMITS,
  type Greylist,
  type GreylistEntry,
  type GreylistLimits,
  type Patience,
  weighAttempt,
} from '../restrictions/greylist.js'

/** A greylist in memory: a restart forgets it, and who writes again waits again. */
export function memoryGreylist(clock: Pick<Clock, 'date'>, limits: Partial<GreylistLimits> = {}): Greylist {
  const bounds = { ...GREYLIST_LIMITS, ...limits }
  const entries = new Map<string, GreylistEntry>()
  return {
    async greylist({ client, sender, recipient }) {
      const key = JSON.stringify([client, sender, recipient])
      const { entry, wait } = weighAttempt(entries.get(key), clock.date(), bounds)
      // A map keeps its order: who came last stands last.
      entries.delete(key)
      const [oldest] = entries.keys()
      if (entries.size >= bounds.entries && oldest !== undefined) entries.delete(oldest)
      entries.set(key, entry)
      return wait === 0 ? { kind: 'passed' } : { kind: 'tooSoon', wait }
    },
  }
}

/** Waits by a clock. */
export function patience(clock: Pick<Clock, 'after'>): Patience {
  return {
    pause: ({ duration }, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const onAbort = (): void => {
          release()
          reject(signal.reason)
        }
        const release = clock.after(duration, () => {
          signal.removeEventListener('abort', onAbort)
          resolve({})
        })
        signal.addEventListener('abort', onAbort, { once: true })
      }),
  }
}

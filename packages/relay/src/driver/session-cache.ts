import type { Clock } from '@mailwright/core'
import type { SmtpDeliveryLimits } from '../delivery/limits.js'
import type { RemoteHost } from '../delivery/results.js'
import type { OpenClient } from './client-session.js'

export interface CachedSession {
  readonly client: OpenClient
  readonly remote: RemoteHost
}

interface Kept extends CachedSession {
  readonly release: () => void
}

/** Sessions that wait a while for another message to the same destination. */
export class SessionCache {
  readonly #clock: Clock
  readonly #limits: Pick<SmtpDeliveryLimits, 'idle' | 'reuse'>
  readonly #kept = new Map<string, Kept[]>()
  #isClosed = false

  constructor(clock: Clock, limits: Pick<SmtpDeliveryLimits, 'idle' | 'reuse'>) {
    this.#clock = clock
    this.#limits = limits
  }

  keep(key: string, session: CachedSession): void {
    const { client } = session
    if (this.#isClosed || this.#clock.now() - client.since >= this.#limits.reuse) {
      void client.quit()
      return
    }
    const kept: Kept = { ...session, release: this.#clock.after(this.#limits.idle, () => this.#expire(key, kept)) }
    const all = this.#kept.get(key)
    if (all === undefined) this.#kept.set(key, [kept])
    else all.push(kept)
  }

  /** The one that was used last: it is the least likely to have ended. */
  take(key: string): CachedSession | undefined {
    const all = this.#kept.get(key)
    for (let kept = all?.pop(); kept !== undefined; kept = all?.pop()) {
      kept.release()
      if (all?.length === 0) this.#kept.delete(key)
      if (kept.client.isReady) return kept
    }
    return undefined
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const all = [...this.#kept.values()].flat()
    this.#kept.clear()
    await Promise.all(
      all.map(({ client, release }) => {
        release()
        return client.quit()
      }),
    )
  }

  #expire(key: string, kept: Kept): void {
    const all = this.#kept.get(key)
    const at = all?.indexOf(kept) ?? -1
    if (at >= 0) all?.splice(at, 1)
    if (all?.length === 0) this.#kept.delete(key)
    void kept.client.quit()
  }
}

import type { FixtureClock } from '@mailwright/compliance'
import type { Millis, UnixMillis } from '@mailwright/core'

/** A clock for tests: it stands still until it is told to go on. */
export class StillClock implements FixtureClock {
  #now = 0
  readonly #date: UnixMillis
  readonly #alarms = new Set<{ readonly at: Millis; readonly wake: () => void }>()

  constructor(date: UnixMillis = Date.UTC(2020, 11, 28, 16, 25, 51)) {
    this.#date = date
  }

  /** Alarms that are set. */
  get waiting(): number {
    return this.#alarms.size
  }

  now(): Millis {
    return this.#now
  }

  date(): UnixMillis {
    return this.#date + this.#now
  }

  after(delay: Millis, wake: () => void): () => void {
    const alarm = { at: this.#now + delay, wake }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  advance(by: Millis): void {
    this.#now += by
    for (const alarm of [...this.#alarms]) {
      if (alarm.at > this.#now) continue
      this.#alarms.delete(alarm)
      alarm.wake()
    }
  }
}

import type { Clock, Millis } from '@mailwright/core'

/**
 * A signal for each of many jobs, of which each may take as long as the others: one timer serves all, and one call ends all. (A timer, and a
 * signal made of two, would cost a delivery more than what it decides.)
 */
export class JobSignals {
  readonly #clock: Clock
  readonly #limit: Millis
  readonly #late: () => Error
  /** When each is late, in the order they began, which is the order of these times. */
  readonly #running = new Map<AbortController, Millis>()
  #stopped: Error | null = null
  #isSet = false
  #releaseAlarm: () => void = () => {}

  /** @param late why a job is ended that takes longer than `limit`. */
  constructor(clock: Clock, limit: Millis, late: () => Error) {
    this.#clock = clock
    this.#limit = limit
    this.#late = late
  }

  /** A job begins; its end is to be told. */
  begin(): AbortController {
    const job = new AbortController()
    if (this.#stopped !== null) {
      job.abort(this.#stopped)
      return job
    }
    this.#running.set(job, this.#clock.now() + this.#limit)
    this.#watch()
    return job
  }

  end(job: AbortController): void {
    this.#running.delete(job)
  }

  /** Ends all jobs, and those to come. */
  stop(reason: Error): void {
    this.#stopped ??= reason
    this.#releaseAlarm()
    const jobs = [...this.#running.keys()]
    this.#running.clear()
    for (const job of jobs) job.abort(reason)
  }

  /** Wakes when the first is late; by then it may be over. */
  #watch(): void {
    if (this.#isSet) return
    const [first] = this.#running.values()
    if (first === undefined) return
    this.#isSet = true
    this.#releaseAlarm = this.#clock.after(Math.max(0, first - this.#clock.now()), () => {
      this.#isSet = false
      const now = this.#clock.now()
      for (const [job, ends] of this.#running) {
        if (ends > now) break
        this.#running.delete(job)
        job.abort(this.#late())
      }
      this.#watch()
    })
  }
}

import type { Clock, Millis, UnixMillis } from '@mailwright/core'

interface Alarm {
  readonly at: Millis
  readonly order: number
  readonly wake: () => void
}

/** A clock that stands still until it is advanced. Alarms ring in the order of their times, then of their setting. */
export class VirtualClock implements Clock {
  readonly #epoch: UnixMillis
  #now: Millis = 0
  #order = 0
  #alarms: Alarm[] = []

  /** @param epoch the calendar time at the start; default 2026-01-01T00:00:00Z. */
  constructor(epoch: UnixMillis = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch
  }

  now(): Millis {
    return this.#now
  }

  date(): UnixMillis {
    return this.#epoch + this.#now
  }

  after(delay: Millis, wake: () => void): () => void {
    const alarm: Alarm = { at: this.#now + Math.max(0, delay), order: this.#order++, wake }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm)
    }
  }

  /** Alarms that are set. */
  get pending(): number {
    return this.#alarms.length
  }

  /**
   * Moves on by `span`, ringing what falls due on the way at its own time. Between alarms, promises get their turn.
   */
  async advance(span: Millis): Promise<void> {
    const until = this.#now + span
    for (;;) {
      await settled()
      const due = this.#nextBefore(until)
      if (due === undefined) break
      this.#alarms = this.#alarms.filter((alarm) => alarm !== due)
      this.#now = Math.max(this.#now, due.at)
      due.wake()
    }
    this.#now = until
    await settled()
  }

  #nextBefore(until: Millis): Alarm | undefined {
    let next: Alarm | undefined
    for (const alarm of this.#alarms) {
      if (alarm.at > until) continue
      if (next === undefined || alarm.at < next.at || (alarm.at === next.at && alarm.order < next.order)) next = alarm
    }
    return next
  }
}

/** Resolves when every promise that is ready, and what follows from it, has had its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

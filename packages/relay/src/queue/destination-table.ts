import type { Millis } from '@mailwright/core'
import type { QueueRunnerLimits } from './limits.js'

/** A destination that cannot be reached: until when nobody tries, and why. */
export interface Suspension {
  readonly until: Millis
  readonly text: string
  readonly status: string
}

type DeliveryEnd =
  | { readonly kind: 'reached' | 'untried' }
  | { readonly kind: 'down'; readonly now: Millis; readonly text: string; readonly status: string }

interface Destination<Job> {
  readonly key: string
  readonly waiting: Job[]
  active: number
  /** Deliveries it may have at once. */
  allowed: number
  suspension: Suspension | null
}

/**
 * Who is delivered to next: destinations take turns, each with no more deliveries at once than it bears. One success allows one more, a
 * destination that is down is left alone for a while (Postfix's qmgr, in its simple form).
 */
export class DestinationTable<Job> {
  readonly #limits: Pick<QueueRunnerLimits, 'destinationConcurrency' | 'initialConcurrency' | 'minimalBackoff'>
  readonly #destinations = new Map<string, Destination<Job>>()
  /** Destinations with somebody waiting, in turn. */
  #turns: Destination<Job>[] = []

  constructor(limits: Pick<QueueRunnerLimits, 'destinationConcurrency' | 'initialConcurrency' | 'minimalBackoff'>) {
    this.#limits = limits
  }

  add(key: string, job: Job): void {
    const destination = this.#find(key)
    if (destination.waiting.length === 0) this.#turns.push(destination)
    destination.waiting.push(job)
  }

  /** The next job that may begin; `undefined` while none may. */
  take(): { readonly key: string; readonly job: Job } | undefined {
    for (let count = this.#turns.length; count > 0; count--) {
      const destination = this.#turns.shift()
      if (destination === undefined) return undefined
      const isFull = destination.active >= destination.allowed
      const job = isFull ? undefined : destination.waiting.shift()
      if (destination.waiting.length > 0) this.#turns.push(destination)
      if (job === undefined) continue
      destination.active++
      return { key: destination.key, job }
    }
    return undefined
  }

  /** A delivery is over. `down`: the destination could not be reached at all; `untried`: nobody tried. */
  done(key: string, how: DeliveryEnd): void {
    const destination = this.#find(key)
    destination.active--
    switch (how.kind) {
      case 'untried':
        break
      case 'reached':
        destination.suspension = null
        destination.allowed = Math.min(this.#limits.destinationConcurrency, destination.allowed + 1)
        break
      case 'down': {
        const { now, text, status } = how
        destination.allowed = this.#initial
        destination.suspension = { until: now + this.#limits.minimalBackoff, text, status }
        break
      }
      default:
        how satisfies never
    }
    this.#tidy(destination)
  }

  /** Why nobody should try now; `null` where one may. */
  suspension(key: string, now: Millis): Suspension | null {
    const destination = this.#destinations.get(key)
    const suspension = destination?.suspension ?? null
    if (destination === undefined || suspension === null || suspension.until > now) return suspension
    destination.suspension = null
    this.#tidy(destination)
    return null
  }

  /** Whoever flushes a queue wants to see for himself. */
  forgive(): void {
    for (const destination of this.#destinations.values()) {
      destination.suspension = null
      this.#tidy(destination)
    }
  }

  get #initial(): number {
    return Math.min(this.#limits.initialConcurrency, this.#limits.destinationConcurrency)
  }

  #find(key: string): Destination<Job> {
    const known = this.#destinations.get(key)
    if (known !== undefined) return known
    const destination: Destination<Job> = { key, waiting: [], active: 0, allowed: this.#initial, suspension: null }
    this.#destinations.set(key, destination)
    return destination
  }

  /** What nobody needs is forgotten; its concurrency is learnt anew. */
  #tidy(destination: Destination<Job>): void {
    if (destination.active === 0 && destination.waiting.length === 0 && destination.suspension === null) {
      this.#destinations.delete(destination.key)
    }
  }
}

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

/** Deliveries to one destination at once: at first, and at most. */
export interface ConcurrencyBounds {
  readonly initial: number
  readonly most: number
}

/** What one message has for a destination. */
interface Share<Job> {
  readonly priority: number
  readonly jobs: Job[]
}

interface Destination<Job> {
  readonly key: string
  /** Messages in turn, higher priority first. */
  readonly waiting: Share<Job>[]
  active: number
  readonly bounds: ConcurrencyBounds
  /** Deliveries it may have at once now. */
  allowed: number
  suspension: (Suspension & { readonly since: Millis }) | null
}

/**
 * Who is delivered to next: destinations take turns, each with no more deliveries at once than it bears; at a destination messages take
 * turns, so that one to ten thousand people does not hold up the others. One success allows one more, a destination that is down is left alone
 * for a while (Postfix's qmgr, in its simple form).
 */
export class DestinationTable<Job> {
  readonly #limits: Pick<QueueRunnerLimits, 'destinationConcurrency' | 'initialConcurrency' | 'minimalBackoff'>
  readonly #destinations = new Map<string, Destination<Job>>()
  /** Destinations with somebody waiting, in turn. */
  #turns: Destination<Job>[] = []

  constructor(limits: Pick<QueueRunnerLimits, 'destinationConcurrency' | 'initialConcurrency' | 'minimalBackoff'>) {
    this.#limits = limits
  }

  /** Has the jobs of one message wait. @param bounds of the destination, where they are not everybody's. */
  add(key: string, jobs: readonly Job[], priority = 0, bounds: ConcurrencyBounds = this.#bounds): void {
    if (jobs.length === 0) return
    const destination = this.#find(key, bounds)
    if (destination.waiting.length === 0) this.#turns.push(destination)
    putInTurn(destination.waiting, { priority, jobs: [...jobs] })
  }

  /** The next job that may begin; `undefined` while none may. */
  take(): { readonly key: string; readonly job: Job } | undefined {
    for (let count = this.#turns.length; count > 0; count--) {
      const destination = this.#turns.shift()
      if (destination === undefined) return undefined
      const isFull = destination.active >= destination.allowed
      const job = isFull ? undefined : nextOf(destination.waiting)
      if (destination.waiting.length > 0) this.#turns.push(destination)
      if (job === undefined) continue
      destination.active++
      return { key: destination.key, job }
    }
    return undefined
  }

  /** Takes every job that waits, whether it may begin or not. */
  drain(): readonly Job[] {
    const jobs: Job[] = []
    for (const destination of this.#turns.splice(0)) {
      for (const share of destination.waiting.splice(0)) jobs.push(...share.jobs)
      this.#tidy(destination)
    }
    return jobs
  }

  /** A delivery is over. `down`: the destination could not be reached at all; `untried`: nobody tried. */
  done(key: string, how: DeliveryEnd): void {
    const destination = this.#destinations.get(key)
    // It is there as long as it has deliveries.
    if (destination === undefined) return
    const { initial, most } = destination.bounds
    destination.active--
    switch (how.kind) {
      case 'untried':
        break
      case 'reached':
        destination.suspension = null
        destination.allowed = Math.min(most, destination.allowed + 1)
        break
      case 'down': {
        const { now, text, status } = how
        destination.allowed = initial
        destination.suspension = { since: now, until: now + this.#limits.minimalBackoff, text, status }
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
    this.#forgive(destination)
    return null
  }

  /** Whoever flushes a queue wants to see for himself. */
  forgiveAll(): void {
    for (const destination of this.#destinations.values()) this.#forgive(destination)
  }

  /** The same for one destination, if it was found to be down before `asked`. */
  forgive(key: string, asked: Millis): void {
    const destination = this.#destinations.get(key)
    if (destination?.suspension != null && destination.suspension.since < asked) this.#forgive(destination)
  }

  get #bounds(): ConcurrencyBounds {
    const { initialConcurrency, destinationConcurrency: most } = this.#limits
    return { initial: Math.min(initialConcurrency, most), most }
  }

  #find(key: string, bounds: ConcurrencyBounds): Destination<Job> {
    const known = this.#destinations.get(key)
    if (known !== undefined) return known
    const allowed = bounds.initial
    const destination: Destination<Job> = { key, waiting: [], active: 0, bounds, allowed, suspension: null }
    this.#destinations.set(key, destination)
    return destination
  }

  #forgive(destination: Destination<Job>): void {
    destination.suspension = null
    this.#tidy(destination)
  }

  /** What nobody needs is forgotten; its concurrency is learnt anew. */
  #tidy(destination: Destination<Job>): void {
    if (destination.active === 0 && destination.waiting.length === 0 && destination.suspension === null) {
      this.#destinations.delete(destination.key)
    }
  }
}

/** Behind all that are as urgent. */
function putInTurn<Job>(waiting: Share<Job>[], share: Share<Job>): void {
  let place = waiting.length
  while (place > 0 && (waiting[place - 1]?.priority ?? 0) < share.priority) place--
  if (place === waiting.length) waiting.push(share)
  else waiting.splice(place, 0, share)
}

function nextOf<Job>(waiting: Share<Job>[]): Job | undefined {
  const share = waiting.shift()
  const job = share?.jobs.shift()
  if (share !== undefined && share.jobs.length > 0) putInTurn(waiting, share)
  return job
}

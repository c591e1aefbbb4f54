import type {
  LeaseId,
  QueuedMessage,
  QueuedRecipient,
  QueueEnvelope,
  QueueId,
  RecipientEnvelope,
  RecipientOutcome,
} from '../adapters/mail-queue.js'
import type { Millis, Octets, UnixMillis } from '../brands.js'
import { DueHeap } from './due-heap.js'

/** A message as it comes into a book: new, or as an adapter found it. */
export interface BookedMessage {
  readonly id: QueueId
  readonly envelope: QueueEnvelope
  readonly recipients: readonly QueuedRecipient[]
  readonly arrived: UnixMillis
  readonly octets: Octets
  readonly isHeld: boolean
  /** Earliest time of a recipient's first attempt. */
  readonly notBefore: UnixMillis
}

/** A claim that was granted. */
export interface BookedClaim {
  readonly lease: LeaseId
  readonly message: QueuedMessage
  readonly due: readonly number[]
}

/** A lease as whoever has it knows it. */
export interface OutstandingLease {
  readonly lease: LeaseId
  readonly id: QueueId
  /** Claimed recipients without an outcome. */
  readonly recipients: readonly number[]
  readonly ends: UnixMillis
}

interface Lease {
  readonly entry: Entry
  /** Claimed recipients without an outcome. */
  readonly open: Set<number>
  ends: UnixMillis
}

interface Entry {
  facts: BookedMessage
  recipients: QueuedRecipient[]
  isHeld: boolean
  lease: LeaseId | null
  /** Words in the heaps about an earlier state are void. */
  version: number
}

interface Word {
  readonly entry: Entry
  readonly version: number
}

/** Priorities of RFC 6710 §5, highest first. */
const PRIORITIES = Array.from({ length: 19 }, (_, at) => 9 - at)

/** A recipient about whom nothing was done yet. */
export function newRecipient(envelope: RecipientEnvelope): QueuedRecipient {
  return { ...envelope, state: { kind: 'pending' }, attempts: 0, isDelayReported: false }
}

/**
 * The bookkeeping of a `MailQueue` in memory: what is due, who has a lease on what, what became of whom. Knows no time and keeps nothing: an
 * adapter writes down what a method changed before it answers.
 *
 * Each call costs the logarithm of the queue's length for each message it touches; only `ids` and requeueing everything look at all.
 */
export class QueueBook {
  readonly #entries = new Map<QueueId, Entry>()
  readonly #leases = new Map<LeaseId, Lease>()
  /** What must be looked at again, and when: recipients that fall due, leases that run out. */
  readonly #waiting = new DueHeap<Word>()
  /** What is due, a heap for each priority, by the time since when. */
  readonly #ready = new Map<number, DueHeap<Word>>()
  #sorted: readonly QueueId[] | null = null
  readonly #name: string
  #leaseCount = 0

  /** @param name goes into leases: one of an earlier book must not pass for one of this. */
  constructor(name: string) {
    this.#name = name
  }

  get size(): number {
    return this.#entries.size
  }

  add(message: BookedMessage): void {
    const entry: Entry = {
      facts: message,
      recipients: [...message.recipients],
      isHeld: message.isHeld,
      lease: null,
      version: 0,
    }
    this.#entries.set(message.id, entry)
    this.#sorted = null
    this.#schedule(entry)
  }

  get(id: QueueId): QueuedMessage | undefined {
    const entry = this.#entries.get(id)
    return entry === undefined ? undefined : shown(entry)
  }

  /** The message that a lease is for; `undefined` when the lease is void. */
  claimedBy(lease: LeaseId): QueuedMessage | undefined {
    const held = this.#leases.get(lease)
    return held === undefined ? undefined : shown(held.entry)
  }

  /** Messages that are due, highest priority first, then who waits longest. Their leases end at `now + lease`. */
  claim({
    now,
    limit,
    lease,
  }: {
    readonly now: UnixMillis
    readonly limit: number
    readonly lease: Millis
  }): readonly BookedClaim[] {
    this.#look(now)
    const claims: BookedClaim[] = []
    for (const priority of PRIORITIES) {
      const heap = this.#ready.get(priority)
      while (heap !== undefined && claims.length < limit) {
        const word = heap.take(Number.POSITIVE_INFINITY)
        if (word === undefined) break
        const { entry } = word
        if (word.version === entry.version) claims.push(this.#lease(entry, now, now + lease))
      }
    }
    return claims
  }

  /** Takes up leases that another book gave, as far as nobody has these messages. Recipients that have an outcome by now are done with. */
  resume(leases: readonly OutstandingLease[]): void {
    for (const { lease, id, recipients, ends } of leases) {
      const entry = this.#entries.get(id)
      if (entry === undefined || entry.lease !== null) continue
      const open = recipients.filter((at) => {
        const recipient = entry.recipients[at]
        return recipient !== undefined && isOpen(recipient)
      })
      this.#grant(lease, entry, open, ends)
    }
  }

  /** When a claim may bring something, if it brings nothing at `now`; `null` for never. */
  nextDue(now: UnixMillis): UnixMillis | null {
    this.#look(now)
    for (const heap of this.#ready.values()) if (heap.size > 0) return now
    return this.#waiting.next
  }

  /** @returns the message whose recipients changed; `leaseLost` when the lease is void at `now`. */
  settle(
    lease: LeaseId,
    outcomes: readonly { readonly recipient: number; readonly outcome: RecipientOutcome }[],
  ): { readonly kind: 'settled'; readonly id: QueueId; readonly isDone: boolean } | { readonly kind: 'leaseLost' } {
    const held = this.#leases.get(lease)
    if (held === undefined) return { kind: 'leaseLost' }
    const { entry, open } = held
    for (const { recipient, outcome } of outcomes) {
      const before = entry.recipients[recipient]
      if (before === undefined || !open.delete(recipient)) continue
      entry.recipients[recipient] = settled(before, outcome)
    }
    const { id } = entry.facts
    if (open.size > 0) return { kind: 'settled', id, isDone: false }
    this.#leases.delete(lease)
    entry.lease = null
    if (!entry.recipients.some(isOpen)) {
      this.#forget(id)
      return { kind: 'settled', id, isDone: true }
    }
    this.#schedule(entry)
    return { kind: 'settled', id, isDone: false }
  }

  extend(lease: LeaseId, ends: UnixMillis): boolean {
    const held = this.#leases.get(lease)
    if (held === undefined) return false
    held.ends = ends
    this.#waiting.add(ends, { entry: held.entry, version: held.entry.version })
    return true
  }

  release(lease: LeaseId): void {
    const held = this.#leases.get(lease)
    if (held === undefined) return
    this.#leases.delete(lease)
    held.entry.lease = null
    this.#schedule(held.entry)
  }

  /** @returns the messages that changed. */
  hold(ids: readonly QueueId[], change: 'hold' | 'release'): readonly QueueId[] {
    return ids.filter((id) => {
      const entry = this.#entries.get(id)
      const isHeld = change === 'hold'
      if (entry === undefined || entry.isHeld === isHeld) return false
      entry.isHeld = isHeld
      if (entry.lease === null) this.#schedule(entry)
      return true
    })
  }

  /** Makes deferred recipients due at once, but for those somebody is at work for. @returns the messages that were meant. */
  requeue({
    ids,
    domain,
    attempts,
  }: {
    readonly ids?: readonly QueueId[]
    readonly domain?: string
    readonly attempts?: 'forgotten'
  }): readonly QueueId[] {
    const meant = (address: string): boolean => domain === undefined || domainOf(address) === domain.toLowerCase()
    return (ids ?? [...this.#entries.keys()]).filter((id) => {
      const entry = this.#entries.get(id)
      if (entry === undefined || !entry.recipients.some((each) => isOpen(each) && meant(each.address))) return false
      const claimed = entry.lease === null ? undefined : this.#leases.get(entry.lease)?.open
      entry.recipients = entry.recipients.map((recipient, at) => {
        const { state, address } = recipient
        if (state.kind !== 'deferred' || claimed?.has(at) === true || !meant(address)) return recipient
        return { ...recipient, state: { ...state, until: 0 }, ...(attempts === 'forgotten' ? { attempts: 0 } : {}) }
      })
      if (entry.lease === null) this.#schedule(entry)
      return true
    })
  }

  /** Whoever has a lease on one loses it. @returns those that were there. */
  remove(ids: readonly QueueId[]): readonly QueueId[] {
    return ids.filter((id) => this.#forget(id))
  }

  /** All ids in their order. */
  ids(): readonly QueueId[] {
    this.#sorted ??= [...this.#entries.keys()].sort()
    return this.#sorted
  }

  /** A page of messages behind `after`. */
  list(
    after: QueueId | null,
    limit: number,
  ): { readonly messages: readonly QueuedMessage[]; readonly cursor: QueueId | null } {
    const ids = this.ids()
    const start = after === null ? 0 : firstAfter(ids, after)
    const page = ids.slice(start, start + limit)
    const messages = page.flatMap((id) => this.get(id) ?? [])
    return { messages, cursor: start + limit < ids.length ? (page.at(-1) ?? null) : null }
  }

  #forget(id: QueueId): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined) return false
    if (entry.lease !== null) this.#leases.delete(entry.lease)
    entry.version++
    this.#entries.delete(id)
    this.#sorted = null
    return true
  }

  /** Puts a message that nobody works at where it will be found when it is due. */
  #schedule(entry: Entry): void {
    entry.version++
    if (entry.isHeld) return
    this.#waiting.add(dueAt(entry), { entry, version: entry.version })
  }

  /** Moves what has fallen due to where claims look. */
  #look(now: UnixMillis): void {
    for (let word = this.#waiting.take(now); word !== undefined; word = this.#waiting.take(now)) {
      const { entry } = word
      if (word.version !== entry.version) continue
      if (entry.lease !== null) {
        const held = this.#leases.get(entry.lease)
        // It was given more time meanwhile; another word tells when that is over.
        if (held !== undefined && held.ends > now) continue
        this.#leases.delete(entry.lease)
        entry.lease = null
        entry.version++
        if (entry.isHeld) continue
      }
      const priority = entry.facts.envelope.priority ?? 0
      let heap = this.#ready.get(priority)
      if (heap === undefined) this.#ready.set(priority, (heap = new DueHeap()))
      heap.add(dueAt(entry), { entry, version: entry.version })
    }
  }

  #lease(entry: Entry, now: UnixMillis, ends: UnixMillis): BookedClaim {
    const lease = `${this.#name}.${++this.#leaseCount}` as LeaseId
    const due = entry.recipients.flatMap((recipient, at) => (recipientDue(entry, recipient) <= now ? [at] : []))
    this.#grant(lease, entry, due, ends)
    return { lease, message: shown(entry), due }
  }

  #grant(lease: LeaseId, entry: Entry, recipients: readonly number[], ends: UnixMillis): void {
    this.#leases.set(lease, { entry, open: new Set(recipients), ends })
    entry.lease = lease
    entry.version++
    this.#waiting.add(ends, { entry, version: entry.version })
  }
}

/** Somebody still has to hear of it. */
function isOpen({ state }: QueuedRecipient): boolean {
  return state.kind === 'pending' || state.kind === 'deferred'
}

function recipientDue({ facts }: Entry, { state }: QueuedRecipient): UnixMillis {
  if (state.kind === 'pending') return facts.notBefore
  return state.kind === 'deferred' ? state.until : Number.POSITIVE_INFINITY
}

function dueAt(entry: Entry): UnixMillis {
  let due = Number.POSITIVE_INFINITY
  for (const recipient of entry.recipients) due = Math.min(due, recipientDue(entry, recipient))
  return due
}

function settled(before: QueuedRecipient, outcome: RecipientOutcome): QueuedRecipient {
  const isDelayReported = before.isDelayReported || (outcome.kind === 'deferred' && outcome.isReported === true)
  return { ...before, state: outcome, attempts: before.attempts + 1, isDelayReported }
}

function shown({ facts, recipients, isHeld, lease }: Entry): QueuedMessage {
  const { id, envelope, arrived, octets } = facts
  return { id, envelope, recipients: [...recipients], arrived, octets, isHeld, isActive: lease !== null }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

/** Where the ids behind `after` begin. */
function firstAfter(ids: readonly QueueId[], after: QueueId): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ids[middle] ?? '') <= after) low = middle + 1
    else high = middle
  }
  return low
}

import type { BodyHandle, LeaseId, MailQueue } from '@mailwright/core'
import type { QueueFixture, QueueVariant } from './queue-case.js'
import { type PassingQueueCall, type QueuePassage, queueFixtureWith, queueThrough } from './queue-wrap.js'

/**
 * The queue is closed and opened again before every call, so nothing may live in its memory alone. Leases need not outlive a reopen, nor may
 * calls run across one: while either is there, the queue stays open.
 */
export const reopenedQueueVariant: QueueVariant = {
  id: 'reopened',
  title: 'a durable queue is closed and opened again before every call',
  wrap(fixture) {
    if (!fixture.isDurable) return fixture
    // A queue that is opened by others meanwhile does not close when we do.
    const { alongside: _, ...alone } = queueFixtureWith(fixture, (queue, replace) =>
      reopening(new ReopeningPassage(fixture, queue, replace)),
    )
    return alone
  },
}

function reopening(passage: ReopeningPassage): MailQueue {
  const dressed = queueThrough(passage)
  return {
    ...dressed,
    async claim(args, signal) {
      const result = await dressed.claim(args, signal)
      for (const { lease, due } of result.claimed) passage.leases.set(lease, new Set(due))
      return result
    },
    async settle(args, signal) {
      const result = await dressed.settle(args, signal)
      const open = passage.leases.get(args.lease)
      for (const { recipient } of args.outcomes) open?.delete(recipient)
      if (result.kind === 'leaseLost' || open?.size === 0) passage.leases.delete(args.lease)
      return result
    },
    async release(args, signal) {
      const result = await dressed.release(args, signal)
      for (const lease of args.leases) passage.leases.delete(lease)
      return result
    },
    async open(args, signal) {
      const found = await dressed.open(args, signal)
      if (found.kind !== 'found') return found
      const again = async (): Promise<BodyHandle> => {
        const other = await dressed.open(args, signal)
        return other.kind === 'found' ? other.body : found.body
      }
      return { ...found, body: passage.handle(found.body, again) }
    },
  }
}

class ReopeningPassage implements QueuePassage {
  /** Leases that are out, with the recipients that have no outcome. */
  readonly leases = new Map<LeaseId, Set<number>>()
  readonly #fixture: QueueFixture
  readonly #replace: (queue: MailQueue) => void
  readonly #listeners = new Set<() => void>()
  #queue: MailQueue
  #running = 0
  #opening: Promise<void> | null = null
  #isClosed = false

  constructor(fixture: QueueFixture, queue: MailQueue, replace: (queue: MailQueue) => void) {
    this.#fixture = fixture
    this.#queue = queue
    this.#replace = replace
    this.#listen()
  }

  async pass<Result>(call: PassingQueueCall<Result>): Promise<Result> {
    while (this.#opening !== null) await this.#opening
    if (this.#running === 0 && this.leases.size === 0 && !this.#isClosed) {
      this.#opening = this.#reopen()
      await this.#opening
    }
    this.#running++
    try {
      return await call.perform(this.#queue, call.signal)
    } finally {
      this.#running--
    }
  }

  /** A handle finds its message in whichever queue is open when it is read; that queue stays open meanwhile. */
  handle(first: BodyHandle, again: () => Promise<BodyHandle>): BodyHandle {
    const count = (by: number): void => {
      this.#running += by
    }
    return {
      octets: first.octets,
      async *read(range, signal) {
        const body = await again()
        count(1)
        try {
          yield* body.read(range, signal)
        } finally {
          count(-1)
        }
      },
    }
  }

  watch(listener: () => void): () => void {
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#queue.close()
  }

  #listen(): void {
    this.#queue.watch(() => {
      for (const listener of this.#listeners) listener()
    })
  }

  async #reopen(): Promise<void> {
    try {
      this.#queue = await this.#fixture.reopen(this.#queue)
      this.#replace(this.#queue)
      this.#listen()
    } finally {
      this.#opening = null
    }
  }
}

import type { BodyHandle, MailStore, StagedId } from '@mailwright/core'
import type { Fixture, Variant } from '../kit/case.js'
import { fixtureWith, type Passage, type PassingCall, storeThrough } from './wrap.js'

/**
 * The store is closed and opened again before every call, so nothing may live in its memory alone. Staged messages
 * need not outlive a reopen, nor may calls run across one: while either is there, the store stays open.
 */
export const reopenedVariant: Variant = {
  id: 'reopened',
  title: 'a durable store is closed and opened again before every call',
  wrap: (fixture) =>
    fixtureWith(fixture, (store, replace) =>
      store.supports.durable ? reopening(new ReopeningPassage(fixture, store, replace)) : store,
    ),
}

function reopening(passage: ReopeningPassage): MailStore {
  const dressed = storeThrough(passage)
  return {
    ...dressed,
    async stage(args, signal) {
      const result = await dressed.stage(args, signal)
      if (result.kind === 'staged') passage.staged.add(result.staged)
      return result
    },
    async discard(args, signal) {
      const result = await dressed.discard(args, signal)
      for (const id of args.staged) passage.staged.delete(id)
      return result
    },
    async body(args, signal) {
      const found = await dressed.body(args, signal)
      if (found.kind !== 'body') return found
      const again = async (): Promise<BodyHandle> => {
        const other = await dressed.body(args, signal)
        return other.kind === 'body' ? other.body : found.body
      }
      return { kind: 'body', body: passage.handle(found.body, again) }
    },
  }
}

class ReopeningPassage implements Passage {
  /** What was staged and not discarded. */
  readonly staged = new Set<StagedId>()
  readonly #fixture: Fixture
  readonly #replace: (store: MailStore) => void
  #store: MailStore
  #running = 0
  #opening: Promise<void> | null = null
  #isClosed = false

  constructor(fixture: Fixture, store: MailStore, replace: (store: MailStore) => void) {
    this.#fixture = fixture
    this.#store = store
    this.#replace = replace
  }

  get supports(): MailStore['supports'] {
    return this.#store.supports
  }

  async pass<Result>(call: PassingCall<Result>): Promise<Result> {
    while (this.#opening !== null) await this.#opening
    if (this.#running === 0 && this.staged.size === 0 && !this.#isClosed) {
      this.#opening = this.#reopen()
      await this.#opening
    }
    this.#running++
    try {
      return await call.perform(this.#store, call.signal)
    } finally {
      this.#running--
    }
  }

  /** A handle finds its message in whichever store is open when it is read; that store stays open meanwhile. */
  handle(first: BodyHandle, again: () => Promise<BodyHandle>): BodyHandle {
    const count = (by: number): void => {
      this.#running += by
    }
    return {
      octets: first.octets,
      async *read(range, signal) {
        count(1)
        try {
          yield* (await again()).read(range, signal)
        } finally {
          count(-1)
        }
      },
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#store.close()
  }

  async #reopen(): Promise<void> {
    try {
      this.#store = await this.#fixture.reopen(this.#store)
      this.#replace(this.#store)
    } finally {
      this.#opening = null
    }
  }
}

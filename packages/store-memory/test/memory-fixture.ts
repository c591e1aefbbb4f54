import { type Fixture, type FixtureClock, storeThrough } from '@mailwright/compliance'
import { HostError, LocalChangeBus, type MailStore } from '@mailwright/core'
import { digestMessage } from '@mailwright/message'
import { createMemoryStore, type MemoryStoreOptions } from '../src/index.js'

/** A clock that stands still but for `advance`. Begins on a fixed date. */
export function standingClock(): FixtureClock {
  let passed = 0
  const waiting = new Set<{ readonly at: number; readonly wake: () => void }>()
  return {
    now: () => passed,
    date: () => Date.UTC(2020, 0, 1) + passed,
    after(delay, wake) {
      const entry = { at: passed + delay, wake }
      waiting.add(entry)
      return () => waiting.delete(entry)
    },
    advance(by) {
      passed += by
      for (const entry of [...waiting].filter(({ at }) => at <= passed)) {
        waiting.delete(entry)
        entry.wake()
      }
    },
  }
}

/** The memory store as it is: a reopen finds nothing. */
export function memoryFixture(options: Partial<MemoryStoreOptions> = {}): Fixture {
  const clock = standingClock()
  const bus = new LocalChangeBus()
  const open = async (): Promise<MailStore> => createMemoryStore({ clock, bus, ...options })
  return {
    clock,
    bus,
    open,
    async reopen(store) {
      await store.close()
      return open()
    },
    digest: digestMessage,
  }
}

/**
 * A memory store behind a door that can be closed and opened again: as durable as the process. So the laws about
 * reopening are proved to be lawful, too.
 */
export function keptFixture(options: Partial<MemoryStoreOptions> = {}): Fixture {
  const fixture = memoryFixture(options)
  let kept: Promise<MailStore> | undefined
  const open = async (): Promise<MailStore> => {
    kept ??= fixture.open()
    const inner = await kept
    let isClosed = false
    return storeThrough({
      supports: { ...inner.supports, durable: true },
      async pass(call) {
        if (isClosed) throw new HostError('the store is closed')
        return call.perform(inner, call.signal)
      },
      async close() {
        isClosed = true
      },
    })
  }
  return {
    ...fixture,
    open,
    async reopen(store) {
      await store.close()
      return open()
    },
  }
}

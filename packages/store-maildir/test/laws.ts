import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, type Fixture, mailStoreLaws, type Variant } from '@mailwright/compliance'
import { LocalChangeBus, type MailStore } from '@mailwright/core'
import { digestMessage } from '@mailwright/message'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { createMaildirStore, type MaildirStoreOptions } from '../src/index.js'
import { StillClock } from './still-clock.js'

/** Registers a test for each law under `variant`, on stores with these options. */
export function testLaws(variant: Variant, options: Partial<MaildirStoreOptions> = {}): void {
  let base = ''
  let count = 0

  beforeAll(async () => {
    // In memory where there is such a place: the laws make some ten thousand files.
    base = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'maildir-laws-'))
  })
  afterAll(() => rm(base, { recursive: true, force: true }))

  // At once: most of their time they wait for a disk or for a timer of the kit.
  describe.concurrent(`${options.lineEnds ?? 'lf'} on disk: ${variant.title}`, () => {
    for (const law of mailStoreLaws) {
      test(law.id, { timeout: 60_000 }, () => law.run(variant.wrap(fixture(join(base, `${++count}`), options)), check))
    }
  })
}

function fixture(root: string, options: Partial<MaildirStoreOptions>): Fixture {
  const clock = new StillClock()
  const bus = new LocalChangeBus()
  const open = (): Promise<MailStore> =>
    createMaildirStore({ root, clock, bus, durability: 'none', hostname: 'laws', ...options })
  return {
    clock,
    bus,
    open,
    async reopen(store) {
      await store.close()
      return open()
    },
    digest: (chunks) => digestMessage(chunks),
  }
}

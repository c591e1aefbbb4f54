import {
  check,
  type Fixture,
  fixtureWith,
  mailStoreLaws,
  randomCommands,
  storeWith,
  variants,
} from '@mailwright/compliance'
import { accountId, type FetchField, type Flags } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { keptFixture, memoryFixture } from '../test/memory-fixture.js'

for (const variant of variants) {
  describe(`memory store, ${variant.title}`, () => {
    for (const law of mailStoreLaws) test(law.id, () => law.run(variant.wrap(memoryFixture()), check))
  })

  describe(`memory store behind a door, ${variant.title}`, () => {
    for (const law of mailStoreLaws) test(law.id, () => law.run(variant.wrap(keptFixture()), check))
  })
}

describe('memory store with the smallest pages and memory of what was expunged', () => {
  const limits = { pageMessages: 1, expunged: 1 }
  for (const law of mailStoreLaws) {
    // Thousands of pages of one message say no more than tens.
    if (law.id.startsWith('fetch/survives')) continue
    test(law.id, () => law.run(memoryFixture({ limits }), check))
  }
})

describe('memory store without its abilities: the opposite laws', () => {
  const less = (): Fixture =>
    fixtureWith(memoryFixture(), (store) =>
      storeWith(store, {
        supports: { hierarchy: false, keywords: false, durable: false },
        async createMailbox(args, signal) {
          if (args.name.includes('/')) return { kind: 'denied', reason: 'There are no levels here' }
          return store.createMailbox(args, signal)
        },
        fetch: (args, signal) => store.fetch({ ...args, fields: args.fields.filter(isPlain) }, signal),
        append: (args, signal) =>
          store.append({ ...args, messages: args.messages.map((one) => ({ ...one, flags: bare(one.flags) })) }, signal),
        storeFlags: (args, signal) =>
          store.storeFlags({ ...args, change: { ...args.change, flags: bare(args.change.flags) } }, signal),
      }),
    )
  for (const law of mailStoreLaws) test(law.id, () => law.run(less(), check))

  test('a store that has levels and denies it is found out', async () => {
    const law = mailStoreLaws.find(({ id }) => id === 'rename/moves-the-children')
    const liar = fixtureWith(memoryFixture(), (store) =>
      storeWith(store, { supports: { ...store.supports, hierarchy: false } }),
    )
    await expect(law?.run(liar, check)).rejects.toThrow('a store without hierarchy refuses')
  })

  test('a store that has keywords and denies it is found out', async () => {
    const law = mailStoreLaws.find(({ id }) => id === 'keywords/compare-without-case')
    const liar = fixtureWith(memoryFixture(), (store) =>
      storeWith(store, { supports: { ...store.supports, keywords: false } }),
    )
    await expect(law?.run(liar, check)).rejects.toThrow('a store without keywords keeps none')
  })
})

const sharing = { others: 'Other Users', shared: { name: 'Shared', account: accountId('shared') } }

for (const variant of variants.filter(({ id }) => id !== 'octets')) {
  describe(`memory store that shares, ${variant.title}`, () => {
    for (const law of mailStoreLaws) test(law.id, () => law.run(variant.wrap(keptFixture({ sharing })), check))
  })
}

describe('memory store with quotas that alice may set', () => {
  const quota = { octets: 1_000_000, messages: 1_000, mailboxes: 100 }
  for (const law of mailStoreLaws.filter(({ id }) => id.startsWith('quota/'))) {
    test(law.id, () => law.run(memoryFixture({ quota, admins: [accountId('alice')] }), check))
  }
})

describe('memory store, longer walks', () => {
  for (let seed = 100; seed < 108; seed++) {
    const law = randomCommands(seed, 200)
    test(law.id, () => law.run(keptFixture(), check))
  }
})

function isPlain(field: FetchField): boolean {
  return field !== 'saveDate' && field !== 'emailId' && field !== 'threadId'
}

function bare(flags: Flags): Flags {
  return { system: flags.system, keywords: [] }
}

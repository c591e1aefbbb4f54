import {
  bodyOf,
  type ComplianceCase,
  ComplianceFailure,
  check,
  type Fixture,
  fixtureWith,
  mailStoreLaws,
  storeWith,
  variants,
} from '@mailwright/compliance'
import {
  accountId,
  type BodyHandle,
  type FetchPage,
  type Flags,
  type MailStore,
  mailboxName,
  modSeq,
  type Snapshot,
  selectRows,
  uid,
  uidList,
} from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { memoryFixture } from '../test/memory-fixture.js'
import { ID_MISTAKES } from '../test/mistakes/ids.js'
import { METADATA_MISTAKES } from '../test/mistakes/metadata.js'
import type { Mistake } from '../test/mistakes/mistake.js'
import { QUOTA_MISTAKES } from '../test/mistakes/quota.js'
import { SHARING_MISTAKES } from '../test/mistakes/sharing.js'

const NEVER = new AbortController().signal
const NO_FLAGS: Flags = { system: 0, keywords: [] }

const MISTAKES: readonly Mistake[] = [
  {
    title: 'uses UIDs again once the mailbox was emptied',
    law: 'uid/not-reused-after-all-are-expunged',
    make(store) {
      let offset = 0
      const shown = (snapshot: Snapshot): Snapshot => ({
        ...snapshot,
        uidNext: uid(snapshot.uidNext - offset),
        messages: { ...snapshot.messages, uids: snapshot.messages.uids.map((number) => number - offset) },
      })
      return {
        async append(args, signal) {
          const result = await store.append(args, signal)
          return result.kind === 'appended' ? { ...result, uids: result.uids.map((number) => number - offset) } : result
        },
        async snapshot(args, signal) {
          const found = await store.snapshot(args, signal)
          return found.kind === 'snapshot' ? shown(found) : found
        },
        async expunge(args, signal) {
          const result = await store.expunge(args, signal)
          const left = await store.snapshot(args, signal)
          if (left.kind === 'snapshot' && left.messages.uids.length === 0) offset = left.uidNext - 1
          return result
        },
      }
    },
  },
  {
    title: 'gives every mailbox the same UIDVALIDITY',
    law: 'uidvalidity/greater-when-a-name-is-used-again',
    make: (store) => ({
      async snapshot(args, signal) {
        const found = await store.snapshot(args, signal)
        return found.kind === 'snapshot' ? { ...found, uidValidity: 1 } : found
      },
    }),
  },
  {
    title: 'loses keywords',
    law: 'keywords/add-remove-replace',
    make: (store) => ({
      storeFlags: (args, signal) =>
        store.storeFlags(
          { ...args, change: { ...args.change, flags: { ...args.change.flags, keywords: [] } } },
          signal,
        ),
    }),
  },
  {
    title: 'ignores UNCHANGEDSINCE',
    law: 'flags/unchanged-since-leaves-newer-messages-alone',
    make: (store) => ({
      storeFlags: ({ account, mailbox, uids, change }, signal) =>
        store.storeFlags({ account, mailbox, uids, change }, signal),
    }),
  },
  {
    title: 'loses a flag change that meets another',
    law: 'concurrency/no-flag-change-is-lost',
    make: (store) => ({
      async storeFlags(args, signal) {
        if (args.change.mode !== 'add') return store.storeFlags(args, signal)
        const { account, mailbox, uids } = args
        const page = await store.fetch({ account, mailbox, uids, fields: ['flags'], cursor: null }, signal)
        const system = (page.kind === 'page' ? (page.flags?.system[0] ?? 0) : 0) | args.change.flags.system
        const flags = { system, keywords: args.change.flags.keywords }
        return store.storeFlags({ account, mailbox, uids, change: { mode: 'replace', flags } }, signal)
      },
    }),
  },
  {
    title: 'does not tell what vanished',
    law: 'changes/vanished',
    make: (store) => ({
      async changesSince(args, signal) {
        const changes = await store.changesSince(args, signal)
        return changes.kind === 'changes' ? { ...changes, vanished: uidList([]) } : changes
      },
    }),
  },
  {
    title: 'forgets the last of several changes',
    law: 'changes/in-steps-or-at-once',
    make: forgetful,
  },
  {
    title: 'forgets the last of several changes, met at random',
    law: 'model/random-commands-seed-1',
    make: forgetful,
  },
  {
    title: 'tells older messages as changed',
    law: 'changes/flags',
    make: (store) => ({
      async changesSince(args, signal) {
        const changes = await store.changesSince(args, signal)
        const snapshot = await store.snapshot(args, signal)
        if (changes.kind !== 'changes' || snapshot.kind !== 'snapshot') return changes
        return { ...changes, messages: snapshot.messages, modSeqs: new Float64Array(snapshot.messages.uids.length) }
      },
    }),
  },
  {
    title: 'hands out a snapshot and changes it later',
    law: 'changes/a-snapshot-never-changes',
    make(store) {
      const given = new Map<string, Snapshot>()
      return {
        async snapshot(args, signal) {
          const found = await store.snapshot(args, signal)
          if (found.kind !== 'snapshot') return found
          const first = given.get(args.mailbox) ?? { ...found }
          given.set(args.mailbox, Object.assign(first, found))
          return first
        },
        async expunge(args, signal) {
          const result = await store.expunge(args, signal)
          const found = await store.snapshot(args, signal)
          const first = given.get(args.mailbox)
          if (first !== undefined && found.kind === 'snapshot') Object.assign(first, found)
          return result
        },
      }
    },
  },
  {
    title: 'appends what it can when one message is missing',
    law: 'append/a-bad-staged-id-adds-nothing',
    make: (store) => ({
      async append(args, signal) {
        for (const message of args.messages) {
          const result = await store.append({ ...args, messages: [message] }, signal)
          if (result.kind !== 'appended') return result
        }
        return store.append({ ...args, messages: [] }, signal)
      },
    }),
  },
  {
    title: 'rejects an aborted append and keeps its messages',
    law: 'append/keeps-flags',
    variant: 'aborted',
    make: (store) => ({
      async append(args, signal) {
        const result = await store.append(args, NEVER)
        signal.throwIfAborted()
        return result
      },
    }),
  },
  {
    title: 'moves in two steps and stops between them',
    law: 'move/keeps-flags-date-and-octets',
    variant: 'aborted',
    make: (store) => ({
      async move(args, signal) {
        const result = await store.copy(args, signal)
        signal.throwIfAborted()
        if (result.kind !== 'copied') return result
        const { account, mailbox } = args
        await store.expunge({ account, mailbox, uids: result.from, regardless: true }, NEVER)
        return { ...result, kind: 'moved' }
      },
    }),
  },
  {
    title: 'moves in two steps and lets another in between them',
    law: 'concurrency/a-message-moves-once',
    make: (store) => ({
      async move(args, signal) {
        const result = await store.copy(args, signal)
        if (result.kind !== 'copied') return result
        const { account, mailbox } = args
        await store.expunge({ account, mailbox, uids: result.from, regardless: true }, signal)
        return { ...result, kind: 'moved' }
      },
    }),
  },
  {
    title: 'copies without flags',
    law: 'copy/keeps-flags-date-and-octets',
    make: (store) => ({
      async copy(args, signal) {
        const result = await store.copy(args, signal)
        if (result.kind !== 'copied') return result
        const target = { account: args.account, mailbox: args.to, uids: result.to }
        await store.storeFlags({ ...target, change: { mode: 'replace', flags: NO_FLAGS } }, signal)
        return result
      },
    }),
  },
  {
    title: 'expunges whatever is named',
    law: 'expunge/only-what-is-marked-deleted',
    make: (store) => ({ expunge: (args, signal) => store.expunge({ ...args, regardless: true }, signal) }),
  },
  {
    title: 'keeps chunks instead of their octets',
    law: 'stage/chunks-may-share-one-buffer',
    make: keepsChunks,
  },
  {
    title: 'keeps chunks instead of their octets, one octet at a time',
    law: 'body/identical-ordinary',
    variant: 'octets',
    make: keepsChunks,
  },
  {
    title: 'ends every message with a line end',
    law: 'body/identical-no-final-line-end',
    make: (store) => ({
      stage: ({ account, body }, signal) => {
        async function* ended(): AsyncIterable<Uint8Array> {
          let last = 10
          for await (const chunk of body) {
            last = chunk.at(-1) ?? last
            yield chunk
          }
          if (last !== 10) yield Uint8Array.of(13, 10)
        }
        return store.stage({ account, body: ended() }, signal)
      },
    }),
  },
  {
    title: 'reads one octet too few of a range',
    law: 'body/every-range-of-a-small-message',
    make: (store) =>
      readsBodies(store, (handle) => ({
        octets: handle.octets,
        read: (range, signal) =>
          range === undefined || range.end === range.start
            ? handle.read(range, signal)
            : handle.read({ start: range.start, end: range.end - 1 }, signal),
      })),
  },
  {
    title: 'hands out its own octets',
    law: 'body/chunks-belong-to-the-reader',
    make(store) {
      const kept: Uint8Array[] = []
      return readsBodies(store, (handle) => ({
        octets: handle.octets,
        async *read(range, signal) {
          if (kept.length === 0) for await (const chunk of handle.read(range, signal)) kept.push(chunk)
          yield* kept
        },
      }))
    },
  },
  {
    title: 'digests something else',
    law: 'digest/that-of-the-octets',
    make: (store) => ({
      async fetch(args, signal) {
        const page = await store.fetch(args, signal)
        if (page.kind !== 'page' || page.digests === undefined) return page
        return { ...page, digests: page.digests.map((digest) => ({ ...digest, lines: digest.lines + 1 })) }
      },
    }),
  },
  {
    title: 'begins every page anew',
    law: 'fetch/pages-make-the-whole-in-order',
    make: (store) => ({ fetch: (args, signal) => store.fetch({ ...args, cursor: null }, signal) }),
  },
  {
    title: 'sends pages from the last to the first',
    law: 'fetch/pages-make-the-whole-in-order',
    make: (store) => ({
      async fetch(args, signal): ReturnType<MailStore['fetch']> {
        const page = await store.fetch(
          { ...args, cursor: null, uids: args.uids.slice(-(args.cursor ?? args.uids.length)) },
          signal,
        )
        if (page.kind !== 'page') return page
        const rest = (args.cursor ?? args.uids.length) - 1_000
        const turned: FetchPage = { ...page, uids: page.uids.slice().reverse(), cursor: rest > 0 ? rest : null }
        return turned
      },
    }),
  },
  {
    title: 'counts seen messages as unseen',
    law: 'status/agrees-with-the-snapshot',
    make: (store) => ({
      async status(args, signal) {
        const { statuses } = await store.status(args, signal)
        return { statuses: statuses.map((status) => ({ ...status, unseen: status.messages ?? 0 })) }
      },
    }),
  },
  {
    title: 'hands recent messages to everybody',
    law: 'recent/claimed-once',
    make: (store) => ({
      async claimRecent(args, signal) {
        const result = await store.claimRecent(args, signal)
        return result.kind === 'recent' ? { ...result, from: uid(1) } : result
      },
    }),
  },
  {
    title: 'unsubscribes from what it deletes',
    law: 'subscribe/outlives-the-mailbox',
    make: (store) => ({
      async deleteMailbox(args, signal) {
        await store.subscribe({ ...args, subscribed: false }, signal)
        return store.deleteMailbox(args, signal)
      },
    }),
  },
  {
    title: 'composes names',
    law: 'names/composed-and-decomposed-stay-as-given',
    make: (store) => ({
      createMailbox(args, signal) {
        const composed = mailboxName(args.name.normalize('NFC'))
        return store.createMailbox('name' in composed ? { ...args, name: composed.name } : args, signal)
      },
    }),
  },
  {
    title: 'leaves the children behind',
    law: 'rename/moves-the-children',
    make: (store) => ({
      async renameMailbox(args, signal) {
        const before = await store.mailboxes(args, signal)
        const result = await store.renameMailbox(args, signal)
        for (const { name } of before.mailboxes.filter((entry) => entry.name.startsWith(`${args.from}/`))) {
          const from = mailboxName(args.to + name.slice(args.from.length))
          if ('name' in from) await store.renameMailbox({ ...args, from: from.name, to: name }, signal)
        }
        return result
      },
    }),
  },
  {
    title: 'has one account for all',
    law: 'accounts/messages-are-apart',
    make(store) {
      const account = accountId('everybody')
      return {
        mailboxes: (_, signal) => store.mailboxes({ account }, signal),
        snapshot: (args, signal) => store.snapshot({ ...args, account }, signal),
        append: (args, signal) => store.append({ ...args, account }, signal),
      }
    },
  },
  {
    title: 'says it is durable and is not',
    law: 'reopen/keeps-messages-as-they-were',
    make: (store) => ({ supports: { ...store.supports, durable: true } }),
  },
  {
    title: 'serves on after it was closed',
    law: 'close/refuses-what-comes-after',
    make: () => ({ close: async () => {} }),
  },
  ...ID_MISTAKES,
  ...METADATA_MISTAKES,
  ...QUOTA_MISTAKES,
  ...SHARING_MISTAKES,
]

describe('the laws notice', () => {
  for (const mistake of MISTAKES) {
    test(`a store that ${mistake.title}: ${mistake.law}`, async () => {
      const law = lawOf(mistake.law)
      const variant = variants.find(({ id }) => id === (mistake.variant ?? 'plain'))
      const broken = fixtureWith(memoryFixture(mistake.options), (store) => storeWith(store, mistake.make(store)))
      const failure = await check.rejects(law.run(variant?.wrap(broken) ?? broken, check), 'the law fails')
      expect(failure).toBeInstanceOf(ComplianceFailure)
    })
  }

  test('a store that hints at nothing', async () => {
    const silent: Fixture = {
      ...memoryFixture(),
      bus: { publish: () => {}, subscribe: () => () => {}, subscribeList: () => () => {} },
    }
    const law = lawOf('hints/after-every-change-with-the-mod-sequence-reached')
    expect(await check.rejects(law.run(silent, check), 'the law fails')).toBeInstanceOf(ComplianceFailure)
  })

  test('a store that does not hint at its list of mailboxes', async () => {
    const fixture = memoryFixture()
    const bus: Fixture['bus'] = {
      publish: () => {},
      subscribe: (at, listener) => fixture.bus.subscribe(at, listener),
      subscribeList: () => () => {},
    }
    const law = lawOf('hints/after-every-change-of-the-list')
    expect(await check.rejects(law.run({ ...fixture, bus }, check), 'the law fails')).toBeInstanceOf(ComplianceFailure)
  })

  test('a store that hints at its list of mailboxes to the owner alone', async () => {
    const fixture = memoryFixture({ sharing: { others: 'Other Users' } })
    const bus: Fixture['bus'] = {
      publish: () => {},
      subscribe: (at, listener) => fixture.bus.subscribe(at, listener),
      subscribeList: (account, listener) =>
        account === accountId('alice') ? fixture.bus.subscribeList(account, listener) : () => {},
    }
    const law = lawOf('sharing/list-hints-reach-whoever-sees-the-mailbox')
    expect(await check.rejects(law.run({ ...fixture, bus }, check), 'the law fails')).toBeInstanceOf(ComplianceFailure)
  })

  test('a store that hints before it acts', async () => {
    const fixture = memoryFixture()
    const hasty = fixtureWith(fixture, (store) =>
      storeWith(store, {
        async append(args, signal) {
          const found = await store.snapshot(args, signal)
          const { account, mailbox } = args
          if (found.kind === 'snapshot')
            fixture.bus.publish({ account, mailbox, modSeq: modSeq(found.highestModSeq + 2) })
          return store.append(args, signal)
        },
      }),
    )
    const law = lawOf('hints/are-true-when-they-are-heard')
    expect(await check.rejects(law.run(hasty, check), 'the law fails')).toBeInstanceOf(ComplianceFailure)
  })

  test('and a failure of the model names its seed', async () => {
    const broken = fixtureWith(memoryFixture(), (store) => storeWith(store, forgetful(store)))
    await expect(lawOf('model/random-commands-seed-2').run(broken, check)).rejects.toThrow(
      /^seed 2, step \d+ of 80, \w+: /,
    )
  })
})

function lawOf(id: string): ComplianceCase {
  const law = mailStoreLaws.find((candidate) => candidate.id === id)
  if (law === undefined) throw new RangeError(`there is no law ${id}`)
  return law
}

function forgetful(store: MailStore): Partial<MailStore> {
  return {
    async changesSince(args, signal) {
      const changes = await store.changesSince(args, signal)
      if (changes.kind !== 'changes' || changes.messages.uids.length < 2) return changes
      const kept = changes.messages.uids.slice(0, -1)
      return { ...changes, messages: selectRows(changes.messages, kept), modSeqs: changes.modSeqs.slice(0, -1) }
    },
  }
}

function keepsChunks(store: MailStore): Partial<MailStore> {
  return {
    async stage({ account, body }, signal) {
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      return store.stage({ account, body: bodyOf(chunks) }, signal)
    },
  }
}

function readsBodies(store: MailStore, wrap: (handle: BodyHandle) => BodyHandle): Partial<MailStore> {
  return {
    async body(args, signal) {
      const found = await store.body(args, signal)
      return found.kind === 'body' ? { kind: 'body', body: wrap(found.body) } : found
    },
  }
}

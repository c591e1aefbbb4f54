import {
  type AccountId,
  accountId,
  type Body,
  fromUtf8,
  HostError,
  INBOX,
  LocalChangeBus,
  type MailboxHint,
  type MailboxName,
  type MailboxRef,
  type MailStore,
  mailboxName,
  modSeq,
  SEEN,
  type StagedId,
  uid,
  uidList,
} from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { standingClock } from '../test/memory-fixture.js'
import { createMemoryStore, type MemoryStoreOptions } from './index.js'

const alice = accountId('alice')
const { signal } = new AbortController()

function make(options: Partial<MemoryStoreOptions> = {}): MailStore {
  return createMemoryStore({ clock: standingClock(), ...options })
}

function named(text: string): MailboxName {
  const result = mailboxName(text)
  if ('bad' in result) throw new RangeError(result.bad)
  return result.name
}

async function* bodyOf(text: string): Body {
  yield fromUtf8(text)
}

async function inbox(store: MailStore, account: AccountId = alice): Promise<MailboxRef> {
  const { mailboxes } = await store.mailboxes({ account }, signal)
  const entry = mailboxes.find(({ name }) => name === INBOX)
  if (entry === undefined) throw new RangeError('there is no INBOX')
  return { account, mailbox: entry.id }
}

async function stage(store: MailStore, text: string, account = alice): Promise<StagedId> {
  const result = await store.stage({ account, body: bodyOf(text) }, signal)
  if (result.kind !== 'staged') throw new RangeError(result.kind)
  return result.staged
}

type Appended = Awaited<ReturnType<MailStore['append']>>

async function append(
  store: MailStore,
  at: MailboxRef,
  staged: readonly StagedId[],
  keywords: string[] = [],
): Promise<Appended> {
  const messages = staged.map((id) => ({ staged: id, flags: { system: 0, keywords }, internalDate: 0 }))
  return store.append({ ...at, messages }, signal)
}

describe('defaults', () => {
  const defaults = [
    { name: 'Sent', specialUse: 'Sent', isSubscribed: true },
    { name: 'Lists/Announce', isSubscribed: false },
  ] as const

  test('are made with every new account, after INBOX', async () => {
    const store = make({ defaults })
    for (const account of [alice, accountId('bob')]) {
      const { mailboxes } = await store.mailboxes({ account }, signal)
      expect(mailboxes.map(({ name, specialUse, isSubscribed }) => [name, specialUse, isSubscribed])).toEqual([
        ['INBOX', [], false],
        ['Sent', ['Sent'], true],
        ['Lists/Announce', [], false],
      ])
    }
  })

  test('come once: who deletes one is rid of it', async () => {
    const store = make({ defaults })
    await store.deleteMailbox({ account: alice, name: named('Sent') }, signal)
    const { mailboxes, subscribedOnly } = await store.mailboxes({ account: alice }, signal)
    expect(mailboxes.map(({ name }) => name)).toEqual(['INBOX', 'Lists/Announce'])
    expect(subscribedOnly).toEqual(['Sent'])
  })

  test.each(['', 'a//b', '..', 'line\nend'])('%j cannot be one', (name) => {
    expect(() => make({ defaults: [{ name }] })).toThrow(HostError)
  })
})

describe('UIDVALIDITY', () => {
  async function validities(store: MailStore): Promise<number[]> {
    for (const name of ['a', 'b']) await store.createMailbox({ account: alice, name: named(name) }, signal)
    const { mailboxes } = await store.mailboxes({ account: alice }, signal)
    const found = await Promise.all(mailboxes.map(({ id }) => store.snapshot({ account: alice, mailbox: id }, signal)))
    return found.map((snapshot) => (snapshot.kind === 'snapshot' ? snapshot.uidValidity : 0))
  }

  test('is the date in seconds, and never one an account had before', async () => {
    const date = Date.UTC(2020, 0, 1) / 1_000
    expect(await validities(make())).toEqual([date, date + 1, date + 2])
  })

  test('is what the host says, raised where it would come again', async () => {
    const wished = [7, 100, 50]
    expect(await validities(make({ uidValidity: () => wished.shift() ?? 0 }))).toEqual([7, 100, 101])
  })

  test.each([1.5, 4_294_967_296, Number.NaN])('%d is the host’s mistake', async (wrong) => {
    await expect(make({ uidValidity: () => wrong }).mailboxes({ account: alice }, signal)).rejects.toThrow(HostError)
  })
})

describe('quota', () => {
  test('counts the octets of all mailboxes of one account', async () => {
    const store = make({ quota: { octets: 10 } })
    const at = await inbox(store)
    const four = await stage(store, 'abcd')
    expect((await append(store, at, [four, four])).kind).toBe('appended')
    expect((await append(store, at, [four])).kind).toBe('overQuota')
    expect((await append(store, await inbox(store, accountId('bob')), [four])).kind).toBe('appended')
    const copied = await store.copy({ ...at, uids: uidList([1]), to: at.mailbox }, signal)
    expect(copied.kind).toBe('overQuota')
    const moved = await store.move({ ...at, uids: uidList([1]), to: at.mailbox }, signal)
    expect(moved.kind).toBe('moved')
  })

  test('counts messages', async () => {
    const store = make({ quota: { messages: 2 } })
    const at = await inbox(store)
    const id = await stage(store, 'x')
    expect((await append(store, at, [id, id, id])).kind).toBe('overQuota')
    expect((await append(store, at, [id, id])).kind).toBe('appended')
    expect((await store.stage({ account: alice, body: bodyOf('x') }, signal)).kind).toBe('overQuota')
    await store.expunge({ ...at, uids: uidList([1]), regardless: true }, signal)
    expect((await append(store, at, [id])).kind).toBe('appended')
  })

  test('stops reading a body that cannot fit', async () => {
    const store = make({ quota: { octets: 100 } })
    let chunks = 0
    let isReleased = false
    async function* endless(): Body {
      try {
        while (true) {
          chunks++
          yield new Uint8Array(60)
        }
      } finally {
        isReleased = true
      }
    }
    expect((await store.stage({ account: alice, body: endless() }, signal)).kind).toBe('overQuota')
    expect([chunks, isReleased]).toEqual([2, true])
  })

  test('a message of exactly what is left fits', async () => {
    const store = make({ quota: { octets: 4 } })
    expect((await append(store, await inbox(store), [await stage(store, 'abcd')])).kind).toBe('appended')
  })
})

describe('staged messages', () => {
  test('are forgotten when they are old', async () => {
    const clock = standingClock()
    const store = createMemoryStore({ clock, limits: { stagedAge: 1_000 } })
    const early = await stage(store, 'early')
    clock.advance(600)
    const late = await stage(store, 'late')
    clock.advance(600)
    expect((await store.staged({ staged: early }, signal)).kind).toBe('noSuchStaged')
    expect((await store.staged({ staged: late }, signal)).kind).toBe('staged')
  })

  test('are forgotten when they are too many, the oldest first', async () => {
    const store = make({ limits: { stagedMessages: 2 } })
    const ids = [await stage(store, '1'), await stage(store, '2'), await stage(store, '3')]
    const kinds = await Promise.all(ids.map(async (staged) => (await store.staged({ staged }, signal)).kind))
    expect(kinds).toEqual(['noSuchStaged', 'staged', 'staged'])
  })

  test('cannot be read once they are discarded', async () => {
    const store = make()
    const staged = await stage(store, 'gone')
    const found = await store.staged({ staged }, signal)
    await store.discard({ staged: [staged] }, signal)
    if (found.kind !== 'staged') throw new RangeError(found.kind)
    await expect(found.body.read()[Symbol.asyncIterator]().next()).rejects.toThrow('is gone')
  })
})

describe('keywords', () => {
  test('past the limit are refused by STORE and left out by APPEND', async () => {
    const store = make({ limits: { keywords: 2 } })
    const at = await inbox(store)
    await append(store, at, [await stage(store, 'x')], ['a', 'b', 'c'])
    const change = { mode: 'add', flags: { system: SEEN, keywords: ['B', 'd'] } } as const
    expect((await store.storeFlags({ ...at, uids: uidList([1]), change }, signal)).kind).toBe('tooManyKeywords')
    const snapshot = await store.snapshot(at, signal)
    expect(snapshot).toMatchObject({ messages: { keywordNames: ['a', 'b'] } })
  })

  test('that no message carries any more make room', async () => {
    const store = make({ limits: { keywords: 1 } })
    const at = await inbox(store)
    await append(store, at, [await stage(store, 'x')], ['Old'])
    const uids = uidList([1])
    await store.storeFlags({ ...at, uids, change: { mode: 'remove', flags: { system: 0, keywords: ['OLD'] } } }, signal)
    const change = { mode: 'add', flags: { system: 0, keywords: ['new'] } } as const
    expect((await store.storeFlags({ ...at, uids, change }, signal)).kind).toBe('stored')
  })
})

describe('what was expunged', () => {
  test('past the limit is told as every UID that is not there', async () => {
    const store = make({ limits: { expunged: 4 } })
    const at = await inbox(store)
    const id = await stage(store, 'x')
    await append(store, at, new Array(10).fill(id))
    for (const gone of [1, 2, 3, 8, 9]) await store.expunge({ ...at, uids: uidList([gone]), regardless: true }, signal)
    const since = async (mark: number): Promise<number[]> => {
      const changes = await store.changesSince({ ...at, modSeq: modSeq(mark) }, signal)
      return changes.kind === 'changes' ? Array.from(changes.vanished) : []
    }
    // 2 was reached by the arrivals, 3 to 7 by the five expunges.
    expect(await since(7)).toEqual([])
    expect(await since(6)).toEqual([9])
    expect(await since(5)).toEqual([8, 9])
    expect(await since(4)).toEqual([1, 2, 3, 8, 9])
    expect(await since(2)).toEqual([1, 2, 3, 8, 9])
  })
})

describe('a snapshot', () => {
  test('is shared by all sessions until something changes', async () => {
    const store = make()
    const at = await inbox(store)
    await append(store, at, [await stage(store, 'x')])
    const first = await store.snapshot(at, signal)
    await store.claimRecent(at, signal)
    const change = { mode: 'add', flags: { system: 0, keywords: [] } } as const
    await store.storeFlags({ ...at, uids: uidList([1]), change }, signal)
    expect(await store.snapshot(at, signal)).toBe(first)
    await append(store, at, [await stage(store, 'y')])
    expect(await store.snapshot(at, signal)).not.toBe(first)
  })
})

describe('hints', () => {
  test('one for each call that changed something, none for others', async () => {
    const bus = new LocalChangeBus()
    const store = make({ bus })
    const at = await inbox(store)
    const heard: MailboxHint[] = []
    bus.subscribe(at, (hint) => heard.push(hint))
    const id = await stage(store, 'x')
    await append(store, at, [id, id, id])
    const seen = { mode: 'add', flags: { system: SEEN, keywords: [] } } as const
    await store.storeFlags({ ...at, uids: uidList([1, 2, 3]), change: seen }, signal)
    await store.storeFlags({ ...at, uids: uidList([1, 2, 3]), change: seen }, signal)
    await store.move({ ...at, uids: uidList([1]), to: at.mailbox }, signal)
    await store.expunge({ ...at, uids: uidList([2]), regardless: true }, signal)
    await store.expunge({ ...at, uids: uidList([2]), regardless: true }, signal)
    await append(store, at, [])
    // A move within one mailbox is an arrival and a departure: two mod-sequences, one hint.
    expect(heard.map((hint) => hint.modSeq)).toEqual([2, 3, 5, 6])
  })
})

describe('misuse', () => {
  test('UIDs that do not ascend', async () => {
    const store = make()
    const at = await inbox(store)
    await append(store, at, [await stage(store, 'x')])
    const uids = Uint32Array.of(2, 1)
    await expect(store.copy({ ...at, uids, to: at.mailbox }, signal)).rejects.toThrow(HostError)
    await expect(store.expunge({ ...at, uids, regardless: true }, signal)).rejects.toThrow(HostError)
  })

  test.each([
    [-1, 1],
    [2, 1],
    [0, 5],
    [Number.NaN, 1],
  ])('octets %d to %d of four', async (start, end) => {
    const store = make()
    const at = await inbox(store)
    await append(store, at, [await stage(store, 'abcd')])
    const found = await store.body({ ...at, uid: uid(1) }, signal)
    if (found.kind !== 'body') throw new RangeError(found.kind)
    await expect(found.body.read({ start, end })[Symbol.asyncIterator]().next()).rejects.toThrow(HostError)
  })

  test('a call after close', async () => {
    const store = make()
    await store[Symbol.asyncDispose]()
    await expect(store.mailboxes({ account: alice }, signal)).rejects.toThrow(HostError)
  })

  test('a body that ends after close is not kept', async () => {
    const store = make()
    async function* closing(): Body {
      yield fromUtf8('x')
      await store.close()
    }
    await expect(store.stage({ account: alice, body: closing() }, signal)).rejects.toThrow(HostError)
  })
})

describe('ids', () => {
  test('are of the characters RFC 8474 §4 allows', async () => {
    const random = { bytes: (count: number) => new Uint8Array(count).fill(0xab) }
    for (const store of [make(), make({ random })]) {
      expect((await inbox(store)).mailbox).toMatch(/^[A-Za-z0-9_-]{1,255}$/)
    }
    expect((await inbox(make({ random }))).mailbox).toContain('abababababab')
  })
})

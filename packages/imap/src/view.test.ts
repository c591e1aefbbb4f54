import {
  type Changes,
  DELETED,
  FLAGGED,
  type FlagRow,
  flagColumns,
  modSeq,
  SEEN,
  type Snapshot,
  uid,
  uidList,
} from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Numbering, NumberRange } from './command.js'
import { MailboxView, RECENT, type ViewUpdate } from './view.js'

const STAR = Number.POSITIVE_INFINITY
/** Mod-sequences of one row. */
const NEW = Float64Array.of(3)

function row(number: number, system = 0, keywords: readonly string[] = []): FlagRow {
  return { uid: number, system, keywords }
}

function snapshot(rows: readonly FlagRow[], highest = 1): Snapshot {
  const next = (rows.at(-1)?.uid ?? 0) + 1
  return {
    kind: 'snapshot',
    uidValidity: 7,
    uidNext: uid(next),
    highestModSeq: modSeq(highest),
    messages: flagColumns(rows),
  }
}

function changes(rows: readonly FlagRow[], vanished: readonly number[] = [], next = 100, highest = 2): Changes {
  const messages = flagColumns(rows)
  return {
    kind: 'changes',
    uidNext: uid(next),
    highestModSeq: modSeq(highest),
    messages,
    modSeqs: new Float64Array(messages.uids.length).fill(highest),
    vanished: uidList(vanished),
  }
}

function ranges(...pairs: readonly (readonly [number, number])[]): { kind: 'ranges'; ranges: readonly NumberRange[] } {
  return { kind: 'ranges', ranges: pairs.map(([first, last]) => ({ first, last })) }
}

/** The updates as their responses would be. */
function told(view: MailboxView, expunges: 'allowed' | 'held' = 'allowed'): string[] {
  return [...view.updates(expunges)].map((update) => {
    switch (update.kind) {
      case 'expunge':
        return `${update.seq} EXPUNGE`
      case 'exists':
        return `${update.count} EXISTS ${update.recent} RECENT`
      case 'keywords':
        return `FLAGS ${view.keywords.names.join(' ')}`
      case 'flags':
        return `${update.seq} FETCH ${view.flagsAt(view.indexOf(update.uid)).system}`
      default:
        return update satisfies never
    }
  })
}

describe('a view resolves sets', () => {
  const view = new MailboxView(snapshot([row(2), row(3), row(5), row(8), row(13)]))
  const cases: readonly (readonly [
    string,
    Numbering,
    readonly (readonly [number, number])[],
    readonly number[] | null,
  ])[] = [
    ['one number', 'seq', [[3, 3]], [5]],
    ['a range', 'seq', [[2, 4]], [3, 5, 8]],
    ['a range backwards', 'seq', [[4, 2]], [3, 5, 8]],
    ['everything', 'seq', [[1, STAR]], [2, 3, 5, 8, 13]],
    ['the last', 'seq', [[STAR, STAR]], [13]],
    [
      'ranges that overlap, in any order',
      'seq',
      [
        [4, 5],
        [1, 2],
        [2, 2],
      ],
      [2, 3, 8, 13],
    ],
    ['a number past the last', 'seq', [[6, 6]], null],
    ['a range past the last', 'seq', [[1, 6]], null],
    [
      'one good and one bad',
      'seq',
      [
        [1, 1],
        [9, 9],
      ],
      null,
    ],
    ['a UID', 'uid', [[5, 5]], [5]],
    ['a UID that does not exist', 'uid', [[4, 4]], []],
    ['a range of UIDs with holes', 'uid', [[3, 9]], [3, 5, 8]],
    ['UIDs past the last', 'uid', [[14, 4294967295]], []],
    ['a range to * from past the last is the last', 'uid', [[4294967295, STAR]], [13]],
    ['* to the first', 'uid', [[STAR, 1]], [2, 3, 5, 8, 13]],
  ]
  for (const [name, numbering, pairs, expected] of cases) {
    test(`${numbering}: ${name}`, () => {
      const resolved = view.resolve(ranges(...pairs), numbering)
      expect(resolved === null ? null : [...resolved]).toEqual(expected)
    })
  }

  test('of an empty mailbox: no sequence number is good, no UID is bad', () => {
    const empty = new MailboxView(snapshot([]))
    expect(empty.resolve(ranges([1, STAR]), 'seq')).toBeNull()
    expect(empty.resolve(ranges([STAR, STAR]), 'seq')).toBeNull()
    expect(empty.resolve(ranges([1, STAR]), 'uid')).toEqual(new Uint32Array(0))
  })

  test('messages that came are not in any set until they are told', () => {
    const fresh = new MailboxView(snapshot([row(1)]))
    fresh.apply(changes([row(2)]))
    expect(fresh.resolve(ranges([2, 2]), 'seq')).toBeNull()
    expect([...(fresh.resolve(ranges([1, STAR]), 'uid') ?? [])]).toEqual([1])
    expect(fresh.exists).toBe(1)
    expect(fresh.seqOf(2)).toBe(0)
    expect(told(fresh)).toEqual(['2 EXISTS 0 RECENT'])
    expect([...(fresh.resolve(ranges([1, STAR]), 'uid') ?? [])]).toEqual([1, 2])
  })
})

describe('a view tells', () => {
  test('expunges with numbers in force once those before are gone (RFC 3501 §7.4.1)', () => {
    const view = new MailboxView(snapshot(Array.from({ length: 11 }, (_, n) => row(n + 1))))
    view.apply(changes([], [3, 4, 7, 11]))
    expect(told(view)).toEqual(['3 EXPUNGE', '3 EXPUNGE', '5 EXPUNGE', '8 EXPUNGE'])
    expect(view.exists).toBe(7)
    expect([...view.uids()]).toEqual([1, 2, 5, 6, 8, 9, 10])
    expect(told(view)).toEqual([])
  })

  test('expunges another time while they are held: numbers stay', () => {
    const view = new MailboxView(snapshot([row(1), row(2), row(3)]))
    view.apply(changes([row(4)], [2]))
    expect(told(view, 'held')).toEqual(['4 EXISTS 0 RECENT'])
    expect(view.isGone(2)).toBe(true)
    expect(view.hasGone).toBe(true)
    expect([...(view.resolve(ranges([1, 3]), 'seq') ?? [])]).toEqual([1, 2, 3])
    expect(view.seqOf(3)).toBe(3)
    expect(told(view, 'allowed')).toEqual(['2 EXPUNGE'])
    expect(view.seqOf(3)).toBe(2)
    expect(view.hasGone).toBe(false)
  })

  test('what went, what came and what changed, in this order', () => {
    const view = new MailboxView(snapshot([row(1), row(2), row(3)]))
    view.apply(changes([row(3, SEEN), row(4, 0, ['New'])], [1]))
    expect(told(view)).toEqual(['1 EXPUNGE', '3 EXISTS 0 RECENT', 'FLAGS New', '2 FETCH 1'])
  })

  test('nothing of a message that came and went, nor of UIDs it never knew', () => {
    const view = new MailboxView(snapshot([row(5)]))
    view.apply(changes([], [1, 2, 3, 6, 7]))
    expect(view.hasUpdates('allowed')).toBe(false)
  })

  test('no flags of a message that is gone', () => {
    const view = new MailboxView(snapshot([row(1), row(2)]))
    view.apply(changes([row(1, SEEN)]))
    view.apply(changes([], [1]))
    expect(told(view, 'held')).toEqual([])
    expect(told(view)).toEqual(['1 EXPUNGE'])
  })

  test('flags that changed and changed back are no news', () => {
    const view = new MailboxView(snapshot([row(1, SEEN, ['a'])]))
    view.apply(changes([row(1, SEEN, ['A'])]))
    expect(view.hasUpdates('allowed')).toBe(false)
    expect(view.keywords.names).toEqual(['a'])
  })

  test('flags once', () => {
    const view = new MailboxView(snapshot([row(1), row(2)]))
    view.apply(changes([row(2, FLAGGED)]))
    view.markTold(2)
    expect(told(view)).toEqual([])
  })
})

describe('a view knows what is recent', () => {
  test('[F5] those a claim gave it, counted when they are told', () => {
    const view = new MailboxView(snapshot([row(1), row(2), row(3)]))
    view.claimRecent(uid(2))
    expect(view.recent).toBe(2)
    view.apply(changes([row(4)], [3]))
    view.claimRecent(uid(4))
    expect(view.recent).toBe(2)
    expect(told(view)).toEqual(['3 EXPUNGE', '3 EXISTS 2 RECENT'])
    expect(view.recent).toBe(2)
    expect([...view.uidsWith(RECENT)]).toEqual([2, 4])
  })

  test('the same message twice is one', () => {
    const view = new MailboxView(snapshot([row(1), row(2)]))
    view.claimRecent(uid(1))
    view.claimRecent(uid(2))
    expect(view.recent).toBe(2)
  })
})

describe("a view reckons with this session's own STORE", () => {
  const add = { mode: 'add', flags: { system: DELETED, keywords: ['Mine'] } } as const

  test('told: nothing is left to tell', () => {
    const view = new MailboxView(snapshot([row(1), row(2)]))
    view.stored(flagColumns([row(1, SEEN)]), NEW, 'told')
    expect(told(view)).toEqual([])
    expect(view.bitsAt(0)).toBe(SEEN)
  })

  test('silent: the client reckons the same', () => {
    const view = new MailboxView(snapshot([row(1, SEEN)]))
    view.stored(flagColumns([row(1, SEEN | DELETED, ['mine'])]), NEW, { silent: add })
    expect(told(view)).toEqual(['FLAGS Mine'])
    expect(view.flagsAt(0)).toEqual({ system: SEEN | DELETED, keywords: ['Mine'] })
  })

  test('silent, and somebody else changed it, too', () => {
    const view = new MailboxView(snapshot([row(1, SEEN)]))
    view.stored(flagColumns([row(1, SEEN | DELETED | FLAGGED, ['Mine'])]), NEW, { silent: add })
    expect(told(view)).toEqual(['FLAGS Mine', `1 FETCH ${SEEN | DELETED | FLAGGED}`])
  })

  test('silent, while a change of somebody else was not told yet', () => {
    const view = new MailboxView(snapshot([row(1, SEEN)]))
    view.apply(changes([row(1, FLAGGED)]))
    view.stored(flagColumns([row(1, FLAGGED | DELETED, ['Mine'])]), NEW, { silent: add })
    expect(told(view)).toEqual(['FLAGS Mine', `1 FETCH ${FLAGGED | DELETED}`])
  })

  test('silent removal and replacement of keywords', () => {
    const view = new MailboxView(snapshot([row(1, 0, ['a', 'b'])]))
    view.stored(flagColumns([row(1, 0, ['b'])]), NEW, {
      silent: { mode: 'remove', flags: { system: 0, keywords: ['A'] } },
    })
    expect(told(view)).toEqual([])
    view.stored(flagColumns([row(1, SEEN)]), NEW, {
      silent: { mode: 'replace', flags: { system: SEEN, keywords: [] } },
    })
    expect(told(view)).toEqual([])
    expect(view.flagsAt(0)).toEqual({ system: SEEN, keywords: [] })
  })
})

test("the snapshot's columns stay as they are: other sessions read them", () => {
  const shared = snapshot([row(1, SEEN, ['a']), row(2)])
  const before = structuredClone(shared.messages)
  const view = new MailboxView(shared)
  view.claimRecent(uid(1))
  view.apply(changes([row(1, FLAGGED, ['b']), row(3)], [2]))
  expect(told(view)).toHaveLength(4)
  expect(shared.messages).toEqual(before)
})

/** A mailbox as a store has it, and what one client made of what it was told. */
class Model {
  readonly messages = new Map<number, { system: number; keywords: string[]; modSeq: number }>()
  readonly gone: { uid: number; modSeq: number }[] = []
  next = 1
  modSeq = 1

  rows(after = 0): FlagRow[] {
    return [...this.messages]
      .filter(([, message]) => message.modSeq > after)
      .map(([number, message]) => row(number, message.system, message.keywords))
  }

  changesSince(after: number): Changes {
    const vanished = this.gone.filter((message) => message.modSeq > after).map((message) => message.uid)
    return changes(this.rows(after), vanished, this.next, this.modSeq)
  }
}

test('whatever happens, a client that believes what it is told knows the mailbox', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), system: fc.nat(31), keywords: fc.subarray(['a', 'b', 'c']) }),
    fc.record({
      do: fc.constant('flags' as const),
      which: fc.nat(),
      system: fc.nat(31),
      keywords: fc.subarray(['B', 'd']),
    }),
    fc.record({ do: fc.constant('expunge' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('tell' as const), expunges: fc.constantFrom('allowed' as const, 'held' as const) }),
  )
  fc.assert(
    fc.property(fc.nat(5), fc.array(step, { maxLength: 40 }), (initial, steps) => {
      const model = new Model()
      for (let n = 0; n < initial; n++) model.messages.set(model.next++, { system: 0, keywords: ['a'], modSeq: 1 })
      const view = new MailboxView({ ...snapshot(model.rows()), uidNext: uid(model.next) })
      const client = model.rows().map((one) => ({ uid: one.uid, flags: said(one.system, one.keywords) }))
      const believe = (update: ViewUpdate): void => {
        if (update.kind === 'expunge') {
          expect(client[update.seq - 1]?.uid).toBe(update.uid)
          client.splice(update.seq - 1, 1)
        } else if (update.kind === 'exists') {
          for (let seq = client.length + 1; seq <= update.count; seq++) {
            const number = view.uids()[seq - 1] ?? 0
            const { system, keywords } = view.flagsAt(view.indexOf(number))
            client.push({ uid: number, flags: said(system, keywords) })
          }
        } else if (update.kind === 'flags') {
          const { system, keywords } = view.flagsAt(view.indexOf(update.uid))
          client[update.seq - 1] = { uid: update.uid, flags: said(system, keywords) }
        }
      }
      for (const act of [...steps, { do: 'tell' as const, expunges: 'allowed' as const }]) {
        const alive = [...model.messages.keys()]
        if (act.do === 'append') {
          model.messages.set(model.next++, { system: act.system, keywords: act.keywords, modSeq: ++model.modSeq })
        } else if (act.do === 'tell') {
          view.apply(model.changesSince(view.modSeq))
          for (const update of view.updates(act.expunges)) believe(update)
        } else if (alive.length > 0) {
          const which = alive[act.which % alive.length] ?? 0
          if (act.do === 'flags') {
            model.messages.set(which, { system: act.system, keywords: act.keywords, modSeq: ++model.modSeq })
          } else {
            model.messages.delete(which)
            model.gone.push({ uid: which, modSeq: ++model.modSeq })
          }
        }
      }
      expect(client).toEqual(model.rows().map((one) => ({ uid: one.uid, flags: said(one.system, one.keywords) })))
    }),
  )
})

function said(system: number, keywords: readonly string[]): string {
  return `${system} ${keywords.map((keyword) => keyword.toLowerCase()).sort()}`
}

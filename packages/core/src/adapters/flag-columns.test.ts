import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HostError } from '../errors.js'
import { type FlagRow, flagColumns, flagsAt, indexOfUid, keywordsAt, selectRows, uidList } from './flag-columns.js'
import { DELETED, SEEN } from './mail-store.js'

const rows: readonly FlagRow[] = [
  { uid: 2, system: SEEN, keywords: ['$Junk', 'Later'] },
  { uid: 5, system: 0, keywords: [] },
  { uid: 9, system: SEEN | DELETED, keywords: ['LATER', 'work'] },
]

/** Rows with ascending UIDs and keywords out of a small alphabet, each at most once whatever its case. */
const anyRows = fc
  .uniqueArray(fc.integer({ min: 1, max: 0xffffffff }), { maxLength: 60 })
  .map((uids) => uids.sort((a, b) => a - b))
  .chain((uids) =>
    fc.tuple(
      ...uids.map((uid) =>
        fc.record({
          uid: fc.constant(uid),
          system: fc.integer({ min: 0, max: 31 }),
          keywords: fc.uniqueArray(
            fc.integer({ min: 0, max: 79 }).map((n) => `k${n}`),
            { maxLength: 70 },
          ),
        }),
      ),
    ),
  )

describe('flagColumns', () => {
  test('packs rows in order', () => {
    const columns = flagColumns(rows)
    expect([...columns.uids]).toEqual([2, 5, 9])
    expect([...columns.system]).toEqual([SEEN, 0, SEEN | DELETED])
    expect(columns.words).toBe(1)
  })

  test('keywords compare without case and keep their first spelling', () => {
    const columns = flagColumns(rows)
    expect(columns.keywordNames).toEqual(['$Junk', 'Later', 'work'])
    expect(keywordsAt(columns, 2)).toEqual(['Later', 'work'])
  })

  test('no keywords need no words', () => {
    const columns = flagColumns([{ uid: 1, system: 0, keywords: [] }])
    expect(columns.words).toBe(0)
    expect(keywordsAt(columns, 0)).toEqual([])
  })

  test('refuses UIDs that do not ascend', () => {
    const same = { uid: 3, system: 0, keywords: [] }
    expect(() => flagColumns([same, same])).toThrow(HostError)
  })

  test('the 32nd and 33rd keyword are kept apart', () => {
    const keywords = Array.from({ length: 33 }, (_, n) => `k${n}`)
    const columns = flagColumns([
      { uid: 1, system: 0, keywords },
      { uid: 2, system: 0, keywords: ['k31'] },
      { uid: 3, system: 0, keywords: ['k32'] },
    ])
    expect(columns.words).toBe(2)
    expect(keywordsAt(columns, 0)).toEqual(keywords)
    expect(keywordsAt(columns, 1)).toEqual(['k31'])
    expect(keywordsAt(columns, 2)).toEqual(['k32'])
  })

  test('every row comes back as it went in', () => {
    fc.assert(
      fc.property(anyRows, (given) => {
        const columns = flagColumns(given)
        const back = given.map((_, at) => ({
          uid: columns.uids[at],
          system: columns.system[at],
          keywords: keywordsAt(columns, at).sort(),
        }))
        expect(back).toEqual(given.map((row) => ({ ...row, keywords: [...row.keywords].sort() })))
      }),
    )
  })
})

describe('flagsAt', () => {
  test('gives system flags and keywords', () => {
    expect(flagsAt(flagColumns(rows), 0)).toEqual({ system: SEEN, keywords: ['$Junk', 'Later'] })
  })

  test('past the end there are none', () => {
    expect(flagsAt(flagColumns(rows), 3)).toEqual({ system: 0, keywords: [] })
  })
})

describe('selectRows', () => {
  test('skips UIDs that are not there', () => {
    const columns = selectRows(flagColumns(rows), uidList([1, 2, 6, 9, 10]))
    expect([...columns.uids]).toEqual([2, 9])
    expect(flagsAt(columns, 1)).toEqual({ system: SEEN | DELETED, keywords: ['Later', 'work'] })
  })

  test('selecting equals packing the selected rows alone', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 2, max: 5 }), (given, step) => {
        const kept = given.filter((_, at) => at % step === 0)
        const selected = selectRows(flagColumns(given), uidList(kept.map((row) => row.uid)))
        const back = kept.map((_, at) => ({
          uid: selected.uids[at],
          system: selected.system[at],
          keywords: keywordsAt(selected, at).sort(),
        }))
        expect(back).toEqual(kept.map((row) => ({ ...row, keywords: [...row.keywords].sort() })))
      }),
    )
  })
})

describe('indexOfUid', () => {
  const uids = uidList([2, 5, 9])
  const cases: readonly [string, number, number][] = [
    ['the first', 2, 0],
    ['the last', 9, 2],
    ['before the first', 1, -1],
    ['between two', 6, -3],
    ['after the last', 4294967295, -4],
  ]
  test.each(cases)('%s', (_, wanted, index) => {
    expect(indexOfUid(uids, wanted)).toBe(index)
  })

  test('an empty list holds nothing', () => {
    expect(indexOfUid(new Uint32Array(0), 1)).toBe(-1)
  })
})

describe('uidList', () => {
  test('sorts by number and drops repetitions', () => {
    expect([...uidList([10, 9, 100, 9, 4294967295, 10])]).toEqual([9, 10, 100, 4294967295])
  })

  test.each([0, -1, 1.5, 4294967296, Number.NaN])('%d is not a UID', (value) => {
    expect(() => uidList([value])).toThrow(RangeError)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JournalRecord, parseLine, writeLine } from './journal-line.js'
import { joinRanges, parseRanges, rangesOf, uidsOf, writeRanges } from './uid-ranges.js'

const NUMBER = fc.integer({ min: 1, max: 0xffff_ffff })
const NAME = fc.string({
  unit: fc.constantFrom('a', '1', '.', ',', '=', ' ', '%', '2', '0', 'c', '5', 'é'),
  minLength: 1,
})
const UIDS = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1 })
  .map((all) => [...all].sort((a, b) => a - b))
const RANGES = UIDS.map(rangesOf)
const FLAGS = fc.record({ system: fc.integer({ min: 0, max: 31 }), keywords: fc.array(NAME, { maxLength: 3 }) })

const RECORD: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({
    kind: fc.constant('mailbox' as const),
    id: fc.constant('0123abcd'),
    uidValidity: NUMBER,
    specialUse: fc.constantFrom(null, 'Sent' as const),
  }),
  fc.record({ kind: fc.constant('floor' as const), uidNext: NUMBER, modSeq: NUMBER, recentFrom: NUMBER }),
  fc.record({
    kind: fc.constant('added' as const),
    uid: NUMBER,
    modSeq: NUMBER,
    internalDate: fc.integer(),
    size: NUMBER,
    octets: fc.option(NUMBER),
    group: fc.nat(),
    flags: FLAGS,
    base: NAME,
  }),
  fc.record({ kind: fc.constant('flags' as const), modSeq: NUMBER, flags: FLAGS, uids: RANGES }),
  fc.record({ kind: fc.constant('vanished' as const), modSeq: NUMBER, uids: RANGES }),
  fc.record({ kind: fc.constant('measured' as const), uid: NUMBER, size: NUMBER, octets: NUMBER }),
  fc.record({ kind: fc.constant('recent' as const), uid: NUMBER }),
  fc.record({
    kind: fc.constant('begin' as const),
    group: fc.integer({ min: -1 }),
    bases: fc.array(NAME, { minLength: 1 }),
  }),
  fc.record({ kind: fc.constant('commit' as const), group: NUMBER }),
)

describe('lines', () => {
  test('a record comes back from its line', () => {
    fc.assert(
      fc.property(RECORD, (record) => {
        const line = writeLine(record)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(parseLine(line.slice(0, -1))).toEqual(record)
      }),
    )
  })

  test('a torn line says nothing', () => {
    fc.assert(
      fc.property(RECORD, fc.nat(), (record, cut) => {
        const line = writeLine(record).slice(0, -1)
        expect(parseLine(line.slice(0, cut % line.length))).toBeUndefined()
      }),
    )
  })

  test('a line with one other character says nothing', () => {
    fc.assert(
      fc.property(RECORD, fc.nat(), (record, place) => {
        const line = writeLine(record).slice(0, -1)
        const at = place % line.length
        const other = String.fromCharCode(line.charCodeAt(at) ^ 1)
        expect(parseLine(line.slice(0, at) + other + line.slice(at + 1))).toBeUndefined()
      }),
    )
  })
})

describe('ranges', () => {
  test.each([
    [[1], '1'],
    [[1, 2, 3], '1:3'],
    [[1, 3, 4, 9], '1,3:4,9'],
  ])('%j', (uids, text) => {
    expect(writeRanges(rangesOf(uids))).toBe(text)
    expect([...uidsOf(parseRanges(text) ?? [])]).toEqual(uids)
  })

  test.each(['', '0', '3:1', '2,1', '1,1', '1:', 'a', '4294967296', '1 2'])('%j is refused', (text) => {
    expect(parseRanges(text)).toBeUndefined()
  })

  test('joining is the union', () => {
    fc.assert(
      fc.property(fc.array(UIDS), (lists) => {
        const union = [...new Set(lists.flat())].sort((a, b) => a - b)
        expect(joinRanges(lists.map(rangesOf))).toEqual(rangesOf(union))
      }),
    )
  })
})

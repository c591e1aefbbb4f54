import { describe, expect, test } from 'vitest'
import type { JournalRecord } from './journal-line.js'
import { addedRecord, flagRecords, MessageTable, type StoredMessage } from './message-table.js'
import { rangesOf, uidsOf } from './uid-ranges.js'

function message(uid: number, modSeq: number, part: Partial<StoredMessage> = {}): StoredMessage {
  const plain = { base: `${uid}.x.h`, seen: null, system: 0, keywords: [], internalDate: 0, size: 1, octets: 1 }
  return { uid, modSeq, ...plain, ...part }
}

function table(records: readonly JournalRecord[], batches = 100): MessageTable {
  const made = new MessageTable(batches)
  made.replay(records)
  return made
}

const uids = (made: MessageTable): number[] => made.messages.map((one) => one.uid)

describe('replay', () => {
  test('messages, flags and what vanished', () => {
    const made = table([
      ...[1, 2, 3].map((uid) => addedRecord(message(uid, 2), 0)),
      ...flagRecords([{ uid: 2, system: 1, keywords: ['b', 'a'] }], 3),
      { kind: 'vanished', modSeq: 4, uids: rangesOf([1]) },
      { kind: 'measured', uid: 3, size: 5, octets: 6 },
      { kind: 'recent', uid: 3 },
    ])
    expect(uids(made)).toEqual([2, 3])
    expect(made.byUid(2)).toMatchObject({ system: 1, keywords: ['a', 'b'], modSeq: 3 })
    expect(made.byUid(3)).toMatchObject({ size: 5, octets: 6 })
    expect([made.uidNext, made.highestModSeq, made.recentFrom]).toEqual([4, 4, 3])
    expect([...uidsOf(made.vanishedSince(3))]).toEqual([1])
    expect(made.vanishedSince(4)).toEqual([])
  })

  test('a group that was never committed adds nothing, and its files are known', () => {
    const made = table([
      { kind: 'begin', group: 1, bases: ['a', 'b'] },
      addedRecord(message(1, 2, { base: 'a' }), 1),
      addedRecord(message(2, 2, { base: 'single' }), 0),
    ])
    expect(uids(made)).toEqual([2])
    expect([...made.uncommitted]).toEqual(['a', 'b'])
    expect(made.lastGroup).toBe(1)
  })

  test('a committed group counts, also when it is announced in two lines', () => {
    const made = table([
      { kind: 'begin', group: 1, bases: ['a'] },
      { kind: 'begin', group: 1, bases: ['b'] },
      addedRecord(message(1, 2, { base: 'a' }), 1),
      addedRecord(message(2, 2, { base: 'b' }), 1),
      { kind: 'commit', group: 1 },
    ])
    expect(uids(made)).toEqual([1, 2])
    expect(made.uncommitted.size).toBe(0)
  })

  test('the shortest records lead to the same table, also with everything expunged', () => {
    const made = table([
      ...[1, 2].map((uid) => addedRecord(message(uid, 2, { keywords: ['k'] }), 0)),
      { kind: 'vanished', modSeq: 9, uids: rangesOf([2]) },
      { kind: 'recent', uid: 2 },
      { kind: 'begin', group: 7, bases: ['left'] },
    ])
    const again = table([...made.records()])
    expect(again.messages).toEqual(made.messages)
    expect([again.uidNext, again.highestModSeq, again.recentFrom]).toEqual([3, 9, 2])
    expect(again.vanishedSince(0)).toEqual(made.vanishedSince(0))
    expect([...again.uncommitted]).toEqual(['left'])
    again.remove(rangesOf([1]), 10)
    expect(table([...again.records()]).uidNext).toBe(3)
  })
})

test('old expunges melt together and tell too much rather than too little', () => {
  const made = table(
    Array.from({ length: 20 }, (_, at) => addedRecord(message(at + 1, 2), 0)),
    4,
  )
  for (let uid = 1; uid <= 20; uid++) made.remove(rangesOf([uid]), 10 + uid)
  for (let since = 10; since <= 30; since++) {
    const told = [...uidsOf(made.vanishedSince(since))]
    const needed = Array.from({ length: 30 - since }, (_, at) => since - 10 + at + 1)
    expect(told).toEqual(expect.arrayContaining(needed))
  }
})

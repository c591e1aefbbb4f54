import { accountId, mailboxId } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Maildrop } from './maildrop.js'

function drop(sizes: readonly number[]): Maildrop {
  return new Maildrop({
    account: accountId('robin'),
    mailbox: mailboxId('m'),
    uidValidity: 1,
    uids: Uint32Array.from(sizes, (_, at) => 10 * (at + 1)),
    octets: Float64Array.from(sizes),
  })
}

describe('Maildrop', () => {
  test('messages are numbered from 1 and keep their numbers', () => {
    const maildrop = drop([100, 200, 300])
    const second = maildrop.message(2)
    expect(second).toEqual({ number: 2, uid: 20, octets: 200 })
    if (second !== undefined) maildrop.markDeleted(second)
    expect(maildrop.message(2)).toBeUndefined()
    expect(maildrop.message(3)).toEqual({ number: 3, uid: 30, octets: 300 })
    expect(maildrop.size).toBe(3)
  })

  test.each([0, 4, -1, 1.5, Number.NaN, 4294967296])('there is no message %s of three', (number) => {
    expect(drop([1, 2, 3]).message(number)).toBeUndefined()
  })

  test('sizes past 32 bits add up', () => {
    expect(drop([5_000_000_000, 5_000_000_000]).octets).toBe(10_000_000_000)
  })

  test('what is both retrieved and deleted is not marked as seen', () => {
    const maildrop = drop([1, 2])
    for (const number of [1, 2]) {
      const message = maildrop.message(number)
      if (message !== undefined) maildrop.markRetrieved(message)
    }
    const first = maildrop.message(1)
    if (first !== undefined) maildrop.markDeleted(first)
    expect([...maildrop.retrievedUids()]).toEqual([20])
    expect([...maildrop.deletedUids()]).toEqual([10])
    maildrop.unmarkDeleted()
    expect([...maildrop.retrievedUids()]).toEqual([10, 20])
    expect([...maildrop.deletedUids()]).toEqual([])
  })

  test('counts, octets and lists agree with a set of deleted numbers after any commands', () => {
    const commands = fc.array(fc.oneof(fc.nat({ max: 12 }), fc.constant('RSET' as const)), { maxLength: 40 })
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 10 }), commands, (sizes, steps) => {
        const maildrop = drop(sizes)
        const deleted = new Set<number>()
        for (const step of steps) {
          if (step === 'RSET') {
            maildrop.unmarkDeleted()
            deleted.clear()
            continue
          }
          const message = maildrop.message(step)
          expect(message !== undefined).toBe(step >= 1 && step <= sizes.length && !deleted.has(step))
          if (message === undefined) continue
          maildrop.markDeleted(message)
          maildrop.markDeleted(message)
          deleted.add(step)
        }
        const left = sizes.filter((_, at) => !deleted.has(at + 1))
        expect(maildrop.count).toBe(left.length)
        expect(maildrop.octets).toBe(left.reduce((sum, size) => sum + size, 0))
        expect([...maildrop.deletedUids()]).toEqual([...deleted].sort((a, b) => a - b).map((number) => number * 10))
      }),
    )
  })
})

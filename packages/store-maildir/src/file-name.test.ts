import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import {
  byDelivery,
  flagsOfInfo,
  isMessageName,
  sizesOfBase,
  splitFileName,
  UniqueNames,
  writeInfo,
} from './file-name.js'

/** A clock that stands where the test puts it. */
class StillClock {
  #date: number

  constructor(date: number) {
    this.#date = date
  }

  now(): number {
    return this.#date
  }

  date(): number {
    return this.#date
  }

  after(): () => void {
    return () => undefined
  }

  advance(by: number): void {
    this.#date += by
  }
}

const NO_SIZES = { size: null, wire: null, isRaw: false }

describe('[H1] unique names', () => {
  test('have the shape of the seed', () => {
    const clock = new StillClock(1_609_175_551_685.651)
    const name = new UniqueNames(clock, 'debmail').next({ dev: 0xfe01n, ino: 0x20cc3n }, NO_SIZES)
    expect(name).toBe('1609175551.Vfe01I20cc3M685651.debmail')
  })

  test('carry both sizes, and a mark where the file is raw', () => {
    const names = new UniqueNames(new StillClock(1_000), 'h')
    const file = { dev: 1n, ino: 2n }
    expect(names.next(file, { size: 10, wire: 12, isRaw: false })).toBe('1.V1I2M0.h,S=10,W=12')
    expect(names.next(file, { size: 10, wire: 11, isRaw: true })).toBe('1.V1I2M1.h,S=10,W=11,R=1')
  })

  test('differ while the clock stands still or goes back, across a second too', () => {
    const clock = new StillClock(1_999.999)
    const names = new UniqueNames(clock, 'h')
    const file = { dev: 1n, ino: 2n }
    const made = [names.next(file, NO_SIZES), names.next(file, NO_SIZES)]
    clock.advance(-5_000)
    made.push(names.next(file, NO_SIZES))
    expect(made).toEqual(['1.V1I2M999999.h', '2.V1I2M0.h', '2.V1I2M1.h'])
  })

  test('escape what a host name must not bring in', () => {
    const name = new UniqueNames(new StillClock(1_000), 'a/b:c,d').next({ dev: 1n, ino: 2n }, NO_SIZES)
    expect(name).toBe('1.V1I2M0.a\\057b\\072c\\054d')
  })
})

describe('[H1] flags', () => {
  test.each([
    [':2,', 0, ''],
    [':2,S', SEEN, ''],
    [':2,DFRST', DRAFT | FLAGGED | ANSWERED | SEEN | DELETED, ''],
    [':2,FSab', FLAGGED | SEEN, 'ab'],
    [':2,PS', SEEN, ''],
    [':2,S,FR', SEEN, ''],
    [':1,S', 0, ''],
    ['', 0, ''],
  ])('%j is read', (info, system, letters) => {
    expect(flagsOfInfo(info)).toEqual({ system, letters })
  })

  test.each([
    ['flags in ASCII order', '', SEEN | FLAGGED, 'b', ':2,FSb'],
    ['none', ':2,S', 0, '', ':2,'],
    ['another program’s flag stays', ':2,PS', FLAGGED, '', ':2,FP'],
    ['what follows a second comma stays', ':2,S,Xy', SEEN | DELETED, '', ':2,ST,Xy'],
    ['letters are replaced', ':2,Sac', SEEN, 'c', ':2,Sc'],
    ['an experimental info goes', ':1,whatever', SEEN, '', ':2,S'],
  ])('%s', (_, old, system, letters, expected) => {
    expect(writeInfo(old, { system, letters })).toBe(expected)
  })
})

test.each([
  ['1.a.h:2,S', '1.a.h', ':2,S'],
  ['1.a.h', '1.a.h', ''],
  ['1.a.h:1,x:2,S', '1.a.h', ':1,x:2,S'],
])('%s is split at its first colon', (name, base, info) => {
  expect(splitFileName(name)).toEqual({ base, info })
})

test.each([
  ['1.a.h,S=12,W=13', 12, 13, false],
  ['1.a.h,W=13,S=12', 12, 13, false],
  ['1.a.h,S=12,W=12,R=1', 12, 12, true],
  ['1.a.h', null, null, false],
  ['1.a.h,S=', null, null, false],
  ['1.a.h,S=-1', null, null, false],
  ['1.a.h,S=1x', null, null, false],
  ['1.a.h,S=99999999999999999999', null, null, false],
])('sizes of %s', (base, size, wire, isRaw) => {
  expect(sizesOfBase(base)).toEqual({ size, wire, isRaw })
})

test('names are ordered by second, then microsecond, then name', () => {
  const names = ['10.M5P1.h', '9.Z.h', '10.M40P1.h', '10.V1I2M6.h', 'odd', '10.a.h']
  expect([...names].sort(byDelivery)).toEqual(['odd', '9.Z.h', '10.a.h', '10.M5P1.h', '10.V1I2M6.h', '10.M40P1.h'])
})

test.each([
  ['1.a.h', true],
  ['with space', true],
  ['.hidden', false],
  ['a\nb', false],
  ['not \ufffd text', false],
])('%j may be a message: %s', (name, expected) => {
  expect(isMessageName(name)).toBe(expected)
})

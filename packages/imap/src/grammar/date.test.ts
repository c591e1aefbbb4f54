import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IMAP_LIMITS } from '../limits.js'
import { writeDateTime } from '../response/date-time.js'
import { Cursor } from './cursor.js'
import { date, dateTime } from './date.js'

const OPTIONS = { limits: IMAP_LIMITS.afterLogin, utf8: false }
const DAY = 86_400_000

function read<T>(rule: (c: Cursor) => T, text: string): T | 'refused' {
  const c = new Cursor({ lines: [text], literals: [] }, OPTIONS)
  try {
    const value = rule(c)
    return c.isAtEnd ? value : 'refused'
  } catch {
    return 'refused'
  }
}

describe('date (RFC 3501 §9)', () => {
  test.each([
    ['1-Feb-1994', Date.UTC(1994, 1, 1) / DAY],
    ['01-feb-1994', Date.UTC(1994, 1, 1) / DAY],
    ['"1-FEB-1994"', Date.UTC(1994, 1, 1) / DAY],
    ['1-Jan-1970', 0],
    ['31-Dec-1969', -1],
    ['29-Feb-2000', Date.UTC(2000, 1, 29) / DAY],
    ['31-Dec-9999', Date.UTC(9999, 11, 31) / DAY],
    ['1-Jan-0000', -719_528],
  ])('%s', (text, day) => {
    expect(read(date, text)).toBe(day)
  })

  test.each([
    '0-Jan-2000',
    '32-Jan-2000',
    '29-Feb-2001',
    '29-Feb-1900',
    '31-Apr-2000',
    '1-Foo-2000',
    '1-Jan-99',
    '1-Jan-20000',
  ])('%s is refused', (text) => {
    expect(read(date, text)).toBe('refused')
  })

  test.each(['1 Jan 2000', '"1-Jan-2000', '1-Jan-2000"', '001-Jan-2000', '', '-Jan-2000'])('%j is refused', (text) => {
    expect(read(date, text)).toBe('refused')
  })
})

describe('date-time (RFC 3501 §9)', () => {
  test.each([
    ['"17-Jul-1996 02:44:25 -0700"', Date.UTC(1996, 6, 17, 9, 44, 25)],
    ['" 1-Jan-2000 00:00:00 +0130"', Date.UTC(1999, 11, 31, 22, 30, 0)],
    ['"01-jan-2000 00:00:00 +0000"', Date.UTC(2000, 0, 1)],
    ['"31-Dec-1998 23:59:60 +0000"', Date.UTC(1999, 0, 1)],
    ['" 1-Jan-0001 00:00:00 +0000"', -62_135_596_800_000],
  ])('%s', (text, time) => {
    expect(read(dateTime, text)).toBe(time)
  })

  test.each([
    '"1-Jan-2000 00:00:00 +0000"',
    '" 1-Jan-2000 24:00:00 +0000"',
    '" 1-Jan-2000 00:60:00 +0000"',
    '" 1-Jan-2000 00:00:61 +0000"',
    '" 1-Jan-2000 00:00:00 +2400"',
    '" 1-Jan-2000 00:00:00 +0060"',
    '" 1-Jan-2000 00:00:00"',
    '" 0-Jan-2000 00:00:00 +0000"',
    ' 1-Jan-2000 00:00:00 +0000',
  ])('%s is refused', (text) => {
    expect(read(dateTime, text)).toBe('refused')
  })

  test('every second that can be written is read as itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }), (seconds) => {
        expect(read(dateTime, writeDateTime(seconds * 1000))).toBe(seconds * 1000)
      }),
    )
  })
})

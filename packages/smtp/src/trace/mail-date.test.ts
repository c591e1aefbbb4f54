import { describe, expect, test } from 'vitest'
import { mailDate } from './mail-date.js'

describe('dates', () => {
  test.each([
    [
      '[B18] Postfix in UTC (seed 003)',
      Date.UTC(2020, 6, 15, 16, 31, 24),
      undefined,
      'Wed, 15 Jul 2020 16:31:24 +0000 (UTC)',
    ],
    [
      '[B18] Postfix in the mountains (seed 001)',
      Date.UTC(2014, 3, 26, 21, 29, 40),
      { offsetMinutes: -360, name: 'MDT' },
      'Sat, 26 Apr 2014 15:29:40 -0600 (MDT)',
    ],
    [
      '[B18] Postfix in the east (seed 000)',
      Date.UTC(2020, 11, 28, 17, 12, 31),
      { offsetMinutes: -300, name: 'EST' },
      'Mon, 28 Dec 2020 12:12:31 -0500 (EST)',
    ],
    ['a day of one digit', 0, undefined, 'Thu,  1 Jan 1970 00:00:00 +0000 (UTC)'],
    ['half hours, no name', 0, { offsetMinutes: 330 }, 'Thu,  1 Jan 1970 05:30:00 +0530'],
    ['half hours to the west', 0, { offsetMinutes: -210 }, 'Wed, 31 Dec 1969 20:30:00 -0330'],
    [
      'a name that would end the comment',
      0,
      { offsetMinutes: 0, name: 'a)\r\nb' },
      'Thu,  1 Jan 1970 00:00:00 +0000 (ab)',
    ],
  ] as const)('%s', (_, at, zone, text) => {
    expect(mailDate(at, zone)).toBe(text)
  })

  test('no date', () => {
    expect(() => mailDate(Number.NaN)).toThrow(RangeError)
  })
})

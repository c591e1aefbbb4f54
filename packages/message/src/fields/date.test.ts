import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDate, writeDate } from './date.js'

const table: readonly (readonly [name: string, text: string, utc: string, zone: number])[] = [
  ['the usual form (A.1.1)', 'Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z', -360],
  ['one digit for the day (A.1.2)', 'Tue, 1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37Z', 120],
  ['half an hour of zone (A.1.3)', 'Thu, 13 Feb 1969 23:32:54 -0330', '1969-02-14T03:02:54Z', -210],
  [
    'folds, no seconds, a comment (A.5)',
    'Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)',
    '1969-02-14T03:02:00Z',
    -210,
  ],
  ['two digits for the year, a named zone (A.6.2)', '21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06Z', 0],
  ['comments within (A.6.3)', 'Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06Z', -360],
  ['years 00 to 49', '1 Jan 49 00:00:00 +0000', '2049-01-01T00:00:00Z', 0],
  ['years 50 to 99', '1 Jan 50 00:00:00 +0000', '1950-01-01T00:00:00Z', 0],
  ['three digits', '1 Jan 102 00:00:00 +0000', '2002-01-01T00:00:00Z', 0],
  ['summer in New York', '1 Jul 2003 00:00:00 EDT', '2003-07-01T04:00:00Z', -240],
  ['winter in San Francisco, small letters', '1 jan 2003 00:00:00 pst', '2003-01-01T08:00:00Z', -480],
  ['a military zone means nothing', '1 Jan 2003 00:00:00 A', '2003-01-01T00:00:00Z', 0],
  ['a zone nobody knows', '1 Jan 2003 00:00:00 CEST', '2003-01-01T00:00:00Z', 0],
  ['an impossible zone', '1 Jan 2003 00:00:00 +0160', '2003-01-01T00:00:00Z', 0],
  ['no zone', '1 Jan 2003 12:34:56', '2003-01-01T12:34:56Z', 0],
  ['an impossible time is midnight (RFC 5256 §2.2)', '1 Jan 2003 25:00:00 +0100', '2003-01-01T00:00:00Z', 0],
  ['no time', '1 Jan 2003', '2003-01-01T00:00:00Z', 0],
  ['a leap second', '31 Dec 1998 23:59:60 +0000', '1999-01-01T00:00:00Z', 0],
  ['a leap day', '29 Feb 2000 00:00 +0000', '2000-02-29T00:00:00Z', 0],
  ['the sent date of RFC 5256 §2.2', '31 Dec 2000 16:01:33 -0800', '2001-01-01T00:01:33Z', -480],
]

describe('a date-time', () => {
  test.each(table)('%s', (_, text, utc, zone) => {
    expect(parseDate(text)).toEqual({ time: Date.parse(utc), zone })
  })

  test.each([
    '',
    'yesterday',
    '31 Feb 2003 00:00:00 +0000',
    '29 Feb 1900 00:00 +0000',
    '0 Jan 2003 00:00 +0000',
    '1 Foo 2003 00:00 +0000',
    '1 Jan 1899 00:00 +0000',
    '1 Jan 12003 00:00 +0000',
    '(1 Jan 2003 00:00 +0000',
  ])('that is none: %s', (text) => {
    expect(parseDate(text)).toBeNull()
  })

  test('is written as it is read', () => {
    const time = fc.integer({ min: Date.UTC(1900, 0, 6) / 1000, max: Date.UTC(9999, 11, 20) / 1000 })
    fc.assert(
      fc.property(time, fc.integer({ min: -5999, max: 5999 }), (seconds, zone) => {
        expect(parseDate(writeDate(seconds * 1000, zone))).toEqual({ time: seconds * 1000, zone })
      }),
    )
  })

  test('is written as the RFC writes it', () => {
    expect(writeDate(Date.parse('1997-11-21T15:55:06Z'), -360)).toBe('Fri, 21 Nov 1997 09:55:06 -0600')
    expect(writeDate(Date.parse('2003-07-01T08:52:37Z'), 120)).toBe('Tue, 1 Jul 2003 10:52:37 +0200')
    expect(writeDate(0)).toBe('Thu, 1 Jan 1970 00:00:00 +0000')
  })

  test('is not written where the form has no room', () => {
    expect(() => writeDate(Date.UTC(10000, 0, 1))).toThrow(RangeError)
    expect(() => writeDate(Number.NaN)).toThrow(RangeError)
    expect(() => writeDate(0, 6000)).toThrow(RangeError)
  })
})

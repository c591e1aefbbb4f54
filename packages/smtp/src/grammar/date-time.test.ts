import { describe, expect, test } from 'vitest'
import { parseDateTime, writeDateTime } from './date-time.js'

describe('date-time of RFC 3339', () => {
  test.each([
    // The RFC's own examples, §5.8.
    ['1985-04-12T23:20:50.52Z', Date.UTC(1985, 3, 12, 23, 20, 50, 520)],
    ['1996-12-19T16:39:57-08:00', Date.UTC(1996, 11, 20, 0, 39, 57)],
    ['1990-12-31T23:59:60Z', Date.UTC(1991, 0, 1)],
    ['1990-12-31T15:59:60-08:00', Date.UTC(1991, 0, 1)],
    ['1937-01-01T12:00:27.87+00:20', Date.UTC(1937, 0, 1, 11, 40, 27, 870)],
    ['2028-02-29t00:00:00z', Date.UTC(2028, 1, 29)],
  ])('%s', (text, at) => {
    expect(parseDateTime(text)).toBe(at)
  })

  test.each([
    ['nothing', ''],
    ['a date alone', '2026-08-01'],
    ['no zone', '2026-08-01T00:00:00'],
    ['no such day', '2026-02-29T00:00:00Z'],
    ['no such month', '2026-13-01T00:00:00Z'],
    ['month nought', '2026-00-01T00:00:00Z'],
    ['day nought', '2026-01-00T00:00:00Z'],
    ['no such hour', '2026-01-01T24:00:00Z'],
    ['no such minute', '2026-01-01T00:60:00Z'],
    ['no such second', '2026-01-01T00:00:61Z'],
    ['no such zone', '2026-01-01T00:00:00+24:00'],
    ['a year of the first century', '0026-01-01T00:00:00Z'],
    ['something behind', '2026-01-01T00:00:00Zx'],
  ])('%s is none', (_, text) => {
    expect(parseDateTime(text)).toBeUndefined()
  })

  test('is written in UTC, in full seconds', () => {
    expect(writeDateTime(Date.UTC(2026, 7, 3, 1, 2, 3, 999))).toBe('2026-08-03T01:02:03Z')
  })
})

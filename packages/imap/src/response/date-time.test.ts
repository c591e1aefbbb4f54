import { describe, expect, test } from 'vitest'
import { writeDateTime } from './date-time.js'

describe('date-time (RFC 3501 §9)', () => {
  test.each([
    [Date.UTC(1996, 6, 17, 9, 44, 25), '"17-Jul-1996 09:44:25 +0000"'],
    [Date.UTC(2000, 0, 1, 0, 0, 0) + 999, '"01-Jan-2000 00:00:00 +0000"'],
    [-1, '"31-Dec-1969 23:59:59 +0000"'],
    [Number.MAX_SAFE_INTEGER, '"31-Dec-9999 23:59:59 +0000"'],
    [Number.MIN_SAFE_INTEGER, '"01-Jan-0000 00:00:00 +0000"'],
  ])('%d', (when, written) => {
    expect(writeDateTime(when)).toBe(written)
  })
})

import { describe, expect, test } from 'vitest'
import { announcement } from './literal.js'

describe('announcement (RFC 3501 §4.3, RFC 7888 §8, RFC 4466 §3)', () => {
  test.each([
    ['a LOGIN {11}', { octets: 11, isNonSync: false, isBinary: false }],
    ['a LOGIN {11+}', { octets: 11, isNonSync: true, isBinary: false }],
    ['a APPEND x ~{4294967295}', { octets: 4_294_967_295, isNonSync: false, isBinary: true }],
    ['a APPEND x ~{0+}', { octets: 0, isNonSync: true, isBinary: true }],
    ['{007}', { octets: 7, isNonSync: false, isBinary: false }],
  ])('%s', (line, expected) => {
    expect(announcement(line)).toEqual(expected)
  })

  test.each(['a NOOP', 'a {3} x', 'a {3', 'a 3}', 'a {}', 'a {-3}', 'a {3-}', 'a {3 }', 'a {x}', '', '}'])(
    '%j announces nothing',
    (line) => {
      expect(announcement(line)).toBeNull()
    },
  )

  test.each(['a {4294967296}', 'a {4294967296+}', `a {${'9'.repeat(400)}}`])('%s is past 32 bits', (line) => {
    expect(announcement(line)).toBe('tooGreat')
  })
})

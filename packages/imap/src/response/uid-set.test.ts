import { describe, expect, test } from 'vitest'
import { writeUidSet } from './uid-set.js'

describe('uid-set (RFC 4315 §4)', () => {
  test.each([
    [[7], '7'],
    [[1, 2, 3, 5], '1:3,5'],
    [[304, 319, 320], '304,319:320'],
    [[5, 4, 3], '5,4,3'],
    [[2, 1, 2], '2,1:2'],
  ])('%j', (uids, written) => {
    expect(writeUidSet(uids)).toBe(written)
  })
})

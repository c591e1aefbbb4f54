import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IMAP_LIMITS } from '../limits.js'
import { writeUidSet } from '../response/uid-set.js'
import { Cursor } from './cursor.js'
import { parseCommand } from './parse-command.js'
import { sequenceSet } from './sequence-set.js'

const OPTIONS = { limits: IMAP_LIMITS.afterLogin, utf8: false }
const LAST = Number.POSITIVE_INFINITY

function read(text: string) {
  const c = new Cursor({ lines: [text], literals: [] }, OPTIONS)
  const set = sequenceSet(c)
  expect(c.isAtEnd).toBe(true)
  return set
}

function fetchWith(set: string) {
  return parseCommand({ lines: [`a FETCH ${set} UID`], literals: [] }, OPTIONS)
}

describe('sequence-set (RFC 3501 §9)', () => {
  test.each([
    ['1', [[1, 1]]],
    ['*', [[LAST, LAST]]],
    [
      '2,4:7,9,12:*',
      [
        [2, 2],
        [4, 7],
        [9, 9],
        [12, LAST],
      ],
    ],
    [
      '*:4,5:7',
      [
        [LAST, 4],
        [5, 7],
      ],
    ],
    ['3291:*', [[3291, LAST]]],
    ['4:2', [[4, 2]]],
    ['4294967295', [[4_294_967_295, 4_294_967_295]]],
  ])('%s', (text, ranges) => {
    expect(read(text)).toEqual({ kind: 'ranges', ranges: ranges.map(([first, last]) => ({ first, last })) })
  })

  test.each([
    '0',
    '01',
    '1:0',
    '4294967296',
    '1:99999999999999999999',
    '1,',
    ',1',
    '1::2',
    '1:',
    ':1',
    '-1',
    '1.5',
    '$,1',
    '$:2',
    'x',
    '**',
  ])('%s is refused', (set) => {
    expect(fetchWith(set)).toMatchObject({ kind: 'bad', tag: 'a' })
  })

  test('$ is the search result variable (RFC 5182 §3)', () => {
    expect(fetchWith('$')).toMatchObject({ kind: 'command', command: { set: { kind: 'saved' } } })
  })

  test('more ranges than the limit are NO [LIMIT]', () => {
    expect(fetchWith(Array.from({ length: 10_000 }, () => '1').join(','))).toMatchObject({ kind: 'command' })
    expect(fetchWith(Array.from({ length: 10_001 }, () => '1').join(','))).toMatchObject({ kind: 'no', code: 'LIMIT' })
  })

  test('what writeUidSet writes stands for the same numbers in the same order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 }), (numbers) => {
        const set = read(writeUidSet(numbers))
        const spelled = set.kind === 'ranges' ? set.ranges.flatMap(({ first, last }) => upTo(first, last)) : []
        expect(spelled).toEqual(numbers)
      }),
    )
  })
})

function upTo(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { corpus } from './corpus.js'
import { abridged, valueDifferences } from './difference.js'
import { type Explanation, explanationOf } from './explanation.js'
import { readValues, shown } from './imap-value.js'
import { displaced, threadOrder, threadPlaces } from './order.js'
import { partNumbers } from './questions.js'

const digest = (seed: number): string => {
  const hash = createHash('sha256')
  for (const { name, octets, flags, arrived } of corpus(seed))
    hash.update(`${name} ${flags} ${arrived}\0${octets}\0`, 'latin1')
  return hash.digest('hex')
}

test('a seed gives the same messages each time, another gives others', () => {
  expect(digest(1)).toBe(digest(1))
  expect(digest(2)).not.toBe(digest(1))
  const names = corpus(1).map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('values are read whatever their form', () => {
  const [value] = readValues('(A NIL "q\\"" {3}\r\na)" (1 ()) BODY[1.HEADER.FIELDS ("X" Y)]<0> {0}\r\n)')
  expect(shown(value)).toBe('(A NIL "q\\"" "a)\\"" (1 ()) BODY[1.HEADER.FIELDS ("X" Y)]<0> "")')
  expect(() => readValues('(a')).toThrow(SyntaxError)
  expect(() => readValues('a)')).toThrow(SyntaxError)
})

test('parts are numbered as RFC 3501 §6.4.5 does', () => {
  const text = '("text" "plain" NIL NIL NIL "7bit" 1 1)'
  const [structure] = readValues(
    `(${text}("message" "rfc822" NIL NIL NIL "7bit" 9 (NIL) (${text}${text} "mixed") 3) "mixed")`,
  )
  expect(
    partNumbers(structure)
      .map(({ number, isLeaf }) => `${number} ${isLeaf}`)
      .sort(),
  ).toEqual(['1 true', '2 false', '2.1 true', '2.2 true'])
})

test('a difference is told where it is', () => {
  const [ours] = readValues('(NIL "a" (("n" NIL "m" "h")) NIL NIL NIL NIL NIL NIL NIL)')
  const [theirs] = readValues('(NIL "b" (("n" NIL "m" "other")) NIL NIL NIL NIL NIL NIL NIL)')
  expect([...valueDifferences('x/1', 'ENVELOPE', ours, theirs)]).toEqual([
    { message: 'x/1', what: 'ENVELOPE.subject', ours: '"a"', theirs: '"b"' },
    { message: 'x/1', what: 'ENVELOPE.from.1.host', ours: '"h"', theirs: '"other"' },
  ])
  expect([...valueDifferences('x/1', 'ENVELOPE', ours, ours)]).toEqual([])
  expect(
    abridged({ message: 'x/1', what: 'BODY[]', ours: 'a'.repeat(500), theirs: `${'a'.repeat(400)}b` }).theirs,
  ).toContain('ab (401)')
})

test('an explanation explains what fits all it says', () => {
  const message = { name: 'x/1', octets: 'Subject: a', flags: '', arrived: 0 }
  const difference = { message: 'x/1', what: 'ENVELOPE.subject', ours: '"a"', theirs: '"b"' }
  const base: Explanation = { what: /^ENVELOPE/, source: 'RFC 9051 §7.5.2', right: 'ours', why: 'x' }
  const fitting = (given: Partial<Explanation>) => explanationOf([{ ...base, ...given }], difference, message)
  expect(fitting({ in: /^x/, ours: /a/, theirs: /b/, where: (octets) => octets.includes('Subject') })).toBeDefined()
  for (const given of [
    { what: /^BODY/ },
    { in: /^y/ },
    { ours: /b/ },
    { theirs: /a/ },
    { fits: () => false },
    { where: () => false },
  ] satisfies readonly Partial<Explanation>[]) {
    expect(fitting(given)).toBeUndefined()
  }
})

test('members in another order are those outside of a longest order that both have', () => {
  expect(displaced([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])).toEqual([])
  expect(displaced([1, 2, 3, 4, 5], [2, 3, 4, 5, 1])).toEqual([1])
  expect(displaced([3, 1, 2], [1, 2])).toEqual([3])
  expect([...displaced([1, 2, 3], [3, 2, 1])]).toHaveLength(2)
})

test('places in threads (RFC 5256 §4)', () => {
  const response = 'THREAD (2)(3 6 (4 23)(44 7 96))((1)(5))'
  expect(Object.fromEntries(threadPlaces(response))).toEqual({
    1: 'first of 1 5',
    2: 'first',
    3: 'first',
    4: 'behind 6',
    5: 'first of 1 5',
    6: 'behind 3',
    7: 'behind 44',
    23: 'behind 4',
    44: 'behind 6',
    96: 'behind 7',
  })
  expect(threadOrder(response)).toEqual([2, 3, 1])
})

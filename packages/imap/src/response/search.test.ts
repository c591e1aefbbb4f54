import { modSeq } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import type { SearchReport } from '../search/report.js'
import { writeEsearch, writeSearch } from './search.js'

describe('SEARCH', () => {
  test('RFC 3501 §7.2.5', () => {
    expect(writeSearch([2, 84, 882], null)).toBe('SEARCH 2 84 882')
    expect(writeSearch([], null)).toBe('SEARCH')
  })

  test('with a mod-sequence (RFC 7162 §3.1.5, example 15)', () => {
    const numbers = [2, 5, 6, 7, 11, 12, 18, 19, 20, 23]
    expect(writeSearch(numbers, modSeq(917_162_500))).toBe('SEARCH 2 5 6 7 11 12 18 19 20 23 (MODSEQ 917162500)')
  })
})

describe('ESEARCH', () => {
  test.each<[string, SearchReport, string]>([
    ['RFC 4731 §3.1, first example', { min: 2, count: 3 }, 'MIN 2 COUNT 3'],
    ['RFC 4731 §3.1, second example', { all: [2, 10, 11] }, 'ALL 2,10:11'],
    ['RFC 4731 §3.2', { min: 2, max: 23, modSeq: modSeq(917_162_488) }, 'MIN 2 MAX 23 MODSEQ 917162488'],
    ['RFC 7162 §3.1.10, example 19', { all: [1, 2, 3, 5], modSeq: modSeq(1236) }, 'ALL 1:3,5 MODSEQ 1236'],
    ['RFC 7162 §3.1.10, example 20', { all: [5, 3, 2, 1], modSeq: modSeq(1236) }, 'ALL 5,3,2,1 MODSEQ 1236'],
    [
      'RFC 5267 §4.4',
      { partial: { range: { first: 24_000, last: 24_500 }, results: [] } },
      'PARTIAL (24000:24500 NIL)',
    ],
    ['RFC 9394 §3.1', { partial: { range: { first: -1, last: -100 }, results: [7, 8] } }, 'PARTIAL (-1:-100 7:8)'],
  ])('%s', (_, report, expected) => {
    expect(writeEsearch({ tag: 'A1' }, 'seq', report)).toBe(`ESEARCH (TAG "A1") ${expected}`)
    expect(writeEsearch({ tag: 'A1' }, 'uid', report)).toBe(`ESEARCH (TAG "A1") UID ${expected}`)
  })

  test('with the mailbox (RFC 7377 §3)', () => {
    const correlator = { tag: 'tag1', mailbox: { written: 'folder2/banana', uidValidity: 503 } }
    expect(writeEsearch(correlator, 'uid', { all: [3002, 4004] })).toBe(
      'ESEARCH (TAG "tag1" MAILBOX folder2/banana UIDVALIDITY 503) UID ALL 3002,4004',
    )
  })

  test('nothing found, nothing told (RFC 9051 §6.4.4)', () => {
    expect(writeEsearch({ tag: 'A284' }, 'seq', {})).toBe('ESEARCH (TAG "A284")')
  })
})

import { describe, expect, test } from 'vitest'
import { ASCII_CASEMAP, OCTET, orderable, UNICODE_CASEMAP } from './collation.js'

const ascending = (...texts: string[]) =>
  texts.map(orderable).every((text, at, all) => at === 0 || (all[at - 1] ?? '') < text)

describe('i;unicode-casemap (RFC 5051 §2)', () => {
  test.each([
    ['letters of either case', 'Hello', 'hELLO'],
    ['composed and decomposed letters', '\u00c4rger', 'a\u0308RGER'],
    ['Greek with its final sigma', '\u03bf\u03b4\u03cc\u03c2', '\u039f\u0394\u039f\u0301\u03a3'],
    ['wide letters', '\uff21', 'a'],
    ['Cyrillic', '\u041f\u0440\u0438\u0432\u0435\u0442', '\u043f\u0440\u0438\u0432\u0435\u0442'],
    ['a digraph in its three cases', '\u01c4', '\u01c6'],
    ['a digraph and its title', '\u01c5', '\u01c6'],
    ['an iota below', '\u1f80', '\u1f88'],
    ['another', '\u1fb3', '\u1fbc'],
    ['letters beyond the basic plane', '\u{10428}', '\u{10400}'],
  ])('alike: %s', (_, one, other) => {
    expect(UNICODE_CASEMAP.fold(one)).toBe(UNICODE_CASEMAP.fold(other))
  })

  test.each([
    ['sharp s has no titlecase', 'stra\u00dfe', 'STRASSE'],
    ['a ligature has none either, and its letters stay small', '\ufb01n', 'FIN'],
    ['Georgian has capitals, but no titles', '\u10d0', '\u1c90'],
    ['accents count', 'cafe', 'caf\u00e9'],
  ])('apart: %s', (_, one, other) => {
    expect(UNICODE_CASEMAP.fold(one)).not.toBe(UNICODE_CASEMAP.fold(other))
  })
})

test('i;ascii-casemap folds the letters of US-ASCII and no others (RFC 4790 §9.2)', () => {
  expect(ASCII_CASEMAP.fold('a\u00e4Z')).toBe('A\u00e4Z')
  expect(ASCII_CASEMAP.fold('abc')).toBe('ABC')
})

test('i;octet folds nothing (RFC 4790 §9.3)', () => {
  expect(OCTET.fold('aB\u00e4')).toBe('aB\u00e4')
})

test('characters order as their code points do, and so as their octets in UTF-8', () => {
  expect(ascending('', 'A', 'B', '\u00c4', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}')).toBe(true)
})

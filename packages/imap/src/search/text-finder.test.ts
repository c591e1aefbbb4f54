import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UNICODE_CASEMAP } from './collation.js'
import { TextFinder } from './text-finder.js'

const { fold } = UNICODE_CASEMAP

function find(wanted: string, pieces: readonly string[]): boolean {
  const found = new Set<string>()
  const finder = new TextFinder(new Map([['it', fold(wanted)]]), found, UNICODE_CASEMAP)
  for (const piece of pieces) finder.push(piece)
  finder.finish()
  return found.has('it')
}

test('a letter is found in its accented form, as in i;unicode-casemap, an accent in no other', () => {
  expect(find('cafe', ['the Caf\u00e9'])).toBe(true)
  expect(find('caf\u00e9', ['the cafe'])).toBe(false)
})

describe('TextFinder', () => {
  test('several texts, each marked once', () => {
    const found = new Set<string>(['known'])
    const wanted = new Map([
      ['a', 'ABC'],
      ['b', 'CDE'],
      ['known', 'ZZZ'],
    ])
    const finder = new TextFinder(wanted, found, UNICODE_CASEMAP)
    finder.push('xab')
    expect([...found]).toEqual(['known'])
    finder.push('cd')
    expect([...found]).toEqual(['known', 'a'])
    finder.push('e')
    finder.finish()
    expect([...found]).toEqual(['known', 'a', 'b'])
  })

  test('nothing is found across two texts', () => {
    const found = new Set<string>()
    const finder = new TextFinder(new Map([['a', 'ABC']]), found, UNICODE_CASEMAP)
    finder.push('ab')
    finder.finish()
    finder.push('c')
    finder.finish()
    expect(found.size).toBe(0)
    finder.push('ABc')
    finder.finish()
    expect(found.size).toBe(1)
  })

  test('any cutting finds what the whole holds', () => {
    const unit = fc.constantFrom(
      'a',
      'B',
      'e',
      '\u00e9',
      '\u0301',
      '\u0323',
      '\u00df',
      's',
      '\u{1d400}',
      '\u{2f800}',
      '\ufb01',
      '\u03a3',
      '\u03c2',
      '\uff76',
      '\uff9e',
    )
    fc.assert(
      fc.property(
        fc.string({ unit, minLength: 1, maxLength: 5 }),
        fc.array(fc.string({ unit, maxLength: 6 })),
        (wanted, pieces) => {
          expect(find(wanted, pieces)).toBe(fold(pieces.join('')).includes(fold(wanted)))
        },
      ),
      { numRuns: 5_000 },
    )
  })
})

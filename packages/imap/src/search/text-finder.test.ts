import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, TextFinder } from './text-finder.js'

function find(wanted: string, pieces: readonly string[]): boolean {
  const found = new Set<string>()
  const finder = new TextFinder(new Map([['it', fold(wanted)]]), found)
  for (const piece of pieces) finder.push(piece)
  finder.finish()
  return found.has('it')
}

describe('fold (RFC 5051 §2)', () => {
  test.each([
    ['Hello', 'hELLO'],
    ['\u00c4rger', 'a\u0308RGER'],
    ['stra\u00dfe', 'STRASSE'],
    ['\u03bf\u03b4\u03cc\u03c2', '\u039f\u0394\u039f\u0301\u03a3'],
    ['\ufb01n', 'FIN'],
    ['\uff21', 'a'],
    ['\u041f\u0440\u0438\u0432\u0435\u0442', '\u043f\u0440\u0438\u0432\u0435\u0442'],
  ])('%s and %s are alike', (one, other) => {
    expect(fold(one)).toBe(fold(other))
  })

  test('a letter is found in its accented form, as in i;unicode-casemap, an accent in no other', () => {
    expect(find('cafe', ['the Caf\u00e9'])).toBe(true)
    expect(find('caf\u00e9', ['the cafe'])).toBe(false)
  })
})

describe('TextFinder', () => {
  test('several texts, each marked once', () => {
    const found = new Set<string>(['known'])
    const wanted = new Map([
      ['a', 'ABC'],
      ['b', 'CDE'],
      ['known', 'ZZZ'],
    ])
    const finder = new TextFinder(wanted, found)
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
    const finder = new TextFinder(new Map([['a', 'ABC']]), found)
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

import { describe, expect, test } from 'vitest'
import { changedKeywords, Keywords, sameKeywords } from './keywords.js'

describe('Keywords', () => {
  test('the first use decides the spelling', () => {
    const keywords = new Keywords(10)
    expect(keywords.take(['Later', 'work'])).toEqual(['Later', 'work'])
    expect(keywords.take(['LATER', 'later'])).toEqual(['Later'])
  })

  test('a spelling lives as long as its last use', () => {
    const keywords = new Keywords(10)
    keywords.take(['Later'])
    keywords.take(['later'])
    keywords.release(['Later'])
    expect(keywords.take(['LATER'])).toEqual(['Later'])
    keywords.release(['Later'])
    keywords.release(['Later'])
    expect(keywords.take(['LATER'])).toEqual(['LATER'])
  })

  test('the limit counts names, not uses or spellings', () => {
    const keywords = new Keywords(2)
    keywords.take(['a'])
    keywords.take(['A'])
    expect(keywords.hasRoomFor(['a', 'b', 'B'])).toBe(true)
    expect(keywords.hasRoomFor(['b', 'c'])).toBe(false)
    expect(keywords.take(['c', 'b', 'a'])).toEqual(['c', 'a'])
  })
})

describe('changedKeywords', () => {
  const table: readonly (readonly [string, string[], 'add' | 'remove' | 'replace', string[], string[]])[] = [
    ['adds what is new', ['a'], 'add', ['A', 'b', 'B'], ['a', 'B']],
    ['removes in any spelling', ['a', 'b'], 'remove', ['A', 'c'], ['b']],
    ['replaces, keeping spellings', ['a', 'b'], 'replace', ['c', 'B'], ['b', 'c']],
    ['adds nothing', ['a'], 'add', [], ['a']],
    ['replaces by nothing', ['a'], 'replace', [], []],
  ]
  test.each(table)('%s', (_, before, mode, names, after) => {
    expect(changedKeywords(before, mode, names)).toEqual(after)
  })
})

describe('sameKeywords', () => {
  test('knows neither order nor case', () => {
    expect(sameKeywords(['a', 'B'], ['b', 'A'])).toBe(true)
    expect(sameKeywords(['a', 'b'], ['a', 'c'])).toBe(false)
    expect(sameKeywords(['a'], [])).toBe(false)
  })
})

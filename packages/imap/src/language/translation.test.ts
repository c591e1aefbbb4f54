import { describe, expect, test } from 'vitest'
import { GERMAN } from './german.js'
import { LANGUAGES, languageOf, lookUp } from './languages.js'
import { translator } from './translation.js'

describe('a translator', () => {
  const { translate } = translator({
    tag: 'x',
    texts: new Map([
      ['Done.', 'Fertig.'],
      ['{} done.', '{} fertig.'],
      ['Error in {}: {}.', 'Fehler in {}: {}.'],
      ['too big (a)', 'zu groß (a)'],
    ]),
  })
  test.each([
    ['a whole text', 'Done.', 'Fertig.'],
    ['a text with a name', 'Fetch done.', 'Fetch fertig.'],
    ['what stands in a place, where it is a text itself', 'Error in X: too big (a).', 'Fehler in X: zu groß (a).'],
    ['what stands in a place, where it is not', 'Error in X: Y: Z.', 'Fehler in X: Y: Z.'],
    ['what it does not know', 'Something else', 'Something else'],
    ['a name that looks like a pattern', '.* done.', '.* fertig.'],
  ])('puts into words: %s', (_, english, expected) => {
    expect(translate(english)).toBe(expected)
  })

  test('a text made to match slowly does not', () => {
    const began = performance.now()
    translate(`Error in ${': '.repeat(20_000)}`)
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})

describe('German', () => {
  test('has as many places as English, in every text', () => {
    for (const [english, german] of GERMAN.texts) {
      expect(german.split('{}').length, english).toBe(english.split('{}').length)
    }
  })
  test('can be sent: no control characters, no bracket that looks like a code', () => {
    for (const german of GERMAN.texts.values()) expect(german).toMatch(/^[^\p{Cc}[\]]+$/u)
  })
})

describe('lookup (RFC 4647 §3.4)', () => {
  const german = languageOf('de')
  const english = languageOf('en')
  test.each<readonly [string, readonly string[], unknown]>([
    ['a tag, whatever its case', ['De'], german],
    ['a range is shortened until it fits', ['de-Latn-AT'], german],
    ['a single letter goes with what it announced', ['de-x-bavarian'], german],
    ['the first that fits, not the best', ['fr-CA', 'en-CA', 'de'], english],
    ['nothing fits', ['fr', 'deu', 'd'], undefined],
    ['i-default itself', ['i-default'], null],
    ['the choice of the host', ['default'], german],
    ['anything', ['*'], german],
  ])('%s', (_, ranges, expected) => {
    expect(lookUp(ranges, german ?? null)).toBe(expected)
  })
  test('i-default is one of the languages (RFC 5255 §3.1)', () => {
    expect(LANGUAGES).toEqual(['en', 'de', 'i-default'])
  })
})

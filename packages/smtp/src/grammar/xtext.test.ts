import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePrintableXtext, decodeXtext, encodeXtext } from './xtext.js'

describe('xtext', () => {
  test.each([
    ['plain characters', 'a@b.c', 'a@b.c'],
    ['an equals sign, RFC 4954 §5', 'e+3Dmc2@example.com', 'e=mc2@example.com'],
    ['a plus sign', '+2B', '+'],
    ['UTF-8', '+C3+A9', 'é'],
    ['lower-case digits', '+3d', undefined],
    ['half a digit pair', 'a+3', undefined],
    ['an equals sign as it is', 'a=b', undefined],
    ['what would be a line end', '+0D+0A', undefined],
    ['malformed UTF-8', '+FF', undefined],
  ])('%s', (_, text, decoded) => {
    expect(decodeXtext(text)).toBe(decoded)
  })

  test('what is encoded is xtext, and comes back', () => {
    expect(encodeXtext('e=mc2+é')).toBe('e+3Dmc2+2B+C3+A9')
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '+', '=', ' ', 'é', '~') }), (text) => {
        expect(decodeXtext(encodeXtext(text))).toBe(text)
      }),
    )
  })

  test('what a report repeats is printable US-ASCII, RFC 3461 §4.4', () => {
    expect(decodePrintableXtext('a+20b+2B')).toBe('a b+')
    expect(decodePrintableXtext('+C3+A9')).toBeUndefined()
    expect(decodePrintableXtext('+7F')).toBeUndefined()
  })
})

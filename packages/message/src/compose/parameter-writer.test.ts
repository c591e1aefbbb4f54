import { HostError } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDisposition } from '../fields/content.js'
import { unfold } from '../fields/field.js'
import { parameterText } from '../fields/parameter.js'
import { writeField } from './field-writer.js'
import { writeParameter } from './parameter-writer.js'

describe('a parameter', () => {
  test.each([
    ['a token', 'x.txt', '; filename=x.txt'],
    ['to be quoted', 'a "b".txt', '; filename="a \\"b\\".txt"'],
    ['empty', '', '; filename=""'],
    ['beyond ASCII (RFC 2231 §4)', 'naïve.txt', "; filename*=utf-8''na%C3%AFve.txt"],
    ['long (RFC 2231 §3)', 'x'.repeat(100), `; filename*0*=utf-8''${'x'.repeat(56)}; filename*1*=${'x'.repeat(44)}`],
  ])('%s', (_, value, expected) => {
    expect(writeParameter('filename', value)).toBe(expected)
  })

  test.each([
    ['a b', 'x'],
    ['', 'x'],
    ['a*', 'x'],
    ['a', 'x\r\ny'],
    ['a', 'x\0'],
  ])('that would break out is refused: %j %j', (name, value) => {
    expect(() => writeParameter(name, value)).toThrow(HostError)
  })

  test('is read back, and folds within 78', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab ";=é€😀%\'*\\'), maxLength: 120 }), (value) => {
        const field = writeField('Content-Disposition', `attachment${writeParameter('filename', value)}`)
        for (const line of field.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
        const parsed = parseDisposition(unfold(field).slice('Content-Disposition: '.length))
        expect(parameterText(parsed?.parameters ?? [], 'filename')).toBe(value)
      }),
      { numRuns: 300 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { number, topArguments } from './numbers.js'

describe('number', () => {
  test.each([
    ['1', 1],
    ['0', 0],
    ['007', 7],
    ['4294967295', 4294967295],
  ])('%s', (text, value) => {
    expect(number(text)).toBe(value)
  })

  test.each(['', '-1', '+1', '1.0', '1e3', '0x10', ' 1', '1 ', '١', '4294967296', '9999999999', '00000000001'])(
    'refused: "%s"',
    (text) => {
      expect(number(text)).toBeUndefined()
    },
  )

  test('every 32-bit number comes back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        expect(number(`${value}`)).toBe(value)
      }),
    )
  })
})

describe('topArguments', () => {
  test('a message, which is looked at later, and a number of lines', () => {
    expect(topArguments('1 10')).toEqual({ message: '1', lines: 10 })
    expect(topArguments('x 0')).toEqual({ message: 'x', lines: 0 })
  })

  test.each(['', '1', '1 ', '1  1', '1 x', '1 -1', '1 1 1', '1 4294967296'])('refused: "%s"', (text) => {
    expect(topArguments(text)).toBeUndefined()
  })
})

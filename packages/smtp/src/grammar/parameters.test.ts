import { describe, expect, test } from 'vitest'
import { parseParameters } from './parameters.js'

describe('parameters', () => {
  test('with and without values, in any case, between any blanks', () => {
    expect(parseParameters('  size=1000 \t BODY=8bitmime SMTPUTF8 ')).toEqual({
      kind: 'parameters',
      parameters: [
        { keyword: 'SIZE', value: '1000', text: 'size=1000' },
        { keyword: 'BODY', value: '8bitmime', text: 'BODY=8bitmime' },
        { keyword: 'SMTPUTF8', value: null, text: 'SMTPUTF8' },
      ],
    })
  })

  test('none', () => {
    expect(parseParameters('')).toEqual({ kind: 'parameters', parameters: [] })
  })

  test.each([
    ['a keyword that begins with a hyphen', '-A', '-A'],
    ['no keyword', '=x', '=x'],
    ['no value behind the equals sign', 'SIZE=', 'SIZE='],
    ['an equals sign within a value', 'A=b=c', 'A=b=c'],
    ['octets past US-ASCII', 'A=\xe9', 'A=\xe9'],
    ['a repeated keyword', 'A=1 a=2', 'a=2'],
  ])('refused: %s', (_, text, bad) => {
    expect(parseParameters(text)).toEqual({ kind: 'bad', text: bad })
  })
})

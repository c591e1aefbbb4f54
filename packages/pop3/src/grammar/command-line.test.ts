import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandLine } from './command-line.js'

const ROWS: readonly (readonly [name: string, line: string, keyword: string, argument: string])[] = [
  ['a keyword alone', 'STAT', 'STAT', ''],
  ['lower case', 'retr 1', 'RETR', '1'],
  ['mixed case; the argument keeps its own', 'uSeR MRose', 'USER', 'MRose'],
  ['two arguments', 'TOP 1 10', 'TOP', '1 10'],
  ['spaces at the end of a line typed by hand', 'STAT  ', 'STAT', ''],
  ['spaces behind an argument', 'LIST 1 ', 'LIST', '1'],
  ['spaces within and around a password', 'pass  two words ', 'PASS', ' two words '],
  ['a password of one space', 'PASS  ', 'PASS', ' '],
  ['two spaces before an argument', 'LIST  1', 'LIST', ' 1'],
  ['a space in front', ' STAT', '', 'STAT'],
  ['an empty line', '', '', ''],
  ['a tab is no space', 'LIST\t1', 'LIST\t1', ''],
]

describe('commandLine', () => {
  test.each(ROWS)('%s', (_, line, keyword, argument) => {
    expect(commandLine(line)).toEqual({ keyword, argument })
  })

  test('a NUL anywhere spoils the line', () => {
    for (const line of ['\0', 'NOOP\0', 'PASS a\0b', '\0NOOP']) expect(commandLine(line)).toBeUndefined()
  })

  test('a password comes back as it was, whatever its octets', () => {
    const octet = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 60 }), (octets) => {
        const password = octets.join('')
        expect(commandLine(`PASS ${password}`)).toEqual({ keyword: 'PASS', argument: password })
      }),
    )
  })
})

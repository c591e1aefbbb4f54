import { describe, expect, test } from 'vitest'
import { behindKeyword, parseCommandLine } from './command-line.js'

describe('command lines', () => {
  test.each([
    ['a verb alone', 'QUIT', 'QUIT', ''],
    ['[B4] a verb in lower case', 'mail from: a@b', 'MAIL', 'from: a@b'],
    ['blanks at the end', 'NOOP \t ', 'NOOP', ''],
    ['blanks before the verb', '  NOOP x', 'NOOP', 'x'],
    ['a tab between', 'HELO\thost', 'HELO', 'host'],
    ['octets past US-ASCII in the argument', 'HELO \u00a0\u00e9', 'HELO', '\u00a0\u00e9'],
  ])('%s', (_, text, verb, argument) => {
    expect(parseCommandLine(text)).toEqual({ verb, argument })
  })

  test.each([
    ['nothing', ''],
    ['blanks only', ' \t '],
    ['NUL', 'NO\0OP'],
    ['a carriage return within', 'NOOP\rQUIT'],
    ['DEL', 'NOOP \x7f'],
  ])('no command: %s', (_, text) => {
    expect(parseCommandLine(text)).toBeUndefined()
  })
})

describe('keywords before a path', () => {
  test.each([
    ['as the RFC has it', 'FROM:<a@b>', 'FROM:', '<a@b>'],
    ['in lower case', 'from:<a@b>', 'FROM:', '<a@b>'],
    ['[B4] with a blank behind the colon', 'TO: a@b', 'TO:', ' a@b'],
    ['none', '<a@b>', 'TO:', undefined],
    ['a blank before the colon', 'TO :<a@b>', 'TO:', undefined],
    ['nothing behind', 'TO:', 'TO:', undefined],
  ] as const)('%s', (_, argument, keyword, rest) => {
    expect(behindKeyword(argument, keyword)).toBe(rest)
  })
})

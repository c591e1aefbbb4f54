import { fromLatin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Cursor } from '../grammar/cursor.js'
import { astring, string } from '../grammar/strings.js'
import { IMAP_LIMITS } from '../limits.js'
import { writeAstring, writeNstring, writeString, writeText, writeUtf8String } from './strings.js'

const OPTIONS = { limits: IMAP_LIMITS.afterLogin, utf8: false }

/** The written text as a client would send it: lines and literals apart. */
function read(rule: (c: Cursor) => string, written: string): string {
  const announced = /^\{(\d+)\}\r\n/.exec(written)
  const text =
    announced === null
      ? { lines: [written], literals: [] }
      : { lines: [announced[0].trimEnd(), ''], literals: [fromLatin1(written.slice(announced[0].length))] }
  const c = new Cursor(text, OPTIONS)
  const value = rule(c)
  expect(c.isAtEnd).toBe(true)
  return value
}

describe('string (RFC 3501 §4.3, §9)', () => {
  test.each([
    ['', '""'],
    ['a b', '"a b"'],
    ['say "hi" \\o/', '"say \\"hi\\" \\\\o/"'],
    ['two\r\nlines', '{10}\r\ntwo\r\nlines'],
    ['\u00c3\u00a4', '{2}\r\n\u00c3\u00a4'],
    ['a\0b', '{2}\r\nab'],
    ['x'.repeat(1025), `{1025}\r\n${'x'.repeat(1025)}`],
  ])('%j', (octets, written) => {
    expect(writeString(octets)).toBe(written)
  })

  test('UTF-8 is quoted for a peer that reads it, other 8-bit octets are not', () => {
    expect(writeUtf8String('\u00c3\u00a4"')).toBe('"\u00c3\u00a4\\""')
    expect(writeUtf8String('\u00e4')).toBe('{1}\r\n\u00e4')
    expect(writeUtf8String('\r')).toBe('{1}\r\n\r')
  })

  test('nil is not the string NIL', () => {
    expect(writeNstring(null)).toBe('NIL')
    expect(writeNstring('NIL')).toBe('"NIL"')
  })

  test.each([
    ['INBOX', 'INBOX'],
    ['a]b+c&-', 'a]b+c&-'],
    ['nil', '"nil"'],
    ['', '""'],
    ['a b', '"a b"'],
    ['100%', '"100%"'],
    ['(', '"("'],
  ])('astring %j is %s', (octets, written) => {
    expect(writeAstring(octets)).toBe(written)
  })

  test('what is written is read as itself', () => {
    const octets = fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => String.fromCharCode(...bytes.map((byte) => byte || 1)))
    fc.assert(fc.property(octets, (text) => read(string, writeString(text)) === text))
    fc.assert(fc.property(octets, (text) => read(astring, writeAstring(text)) === text))
  })
})

describe('text (RFC 3501 §9)', () => {
  test.each([
    ['Over quota', 'Over quota'],
    ['two\r\nlines\u00e9', 'two lines'],
    ['a\0 OK', 'a  OK'],
    ['\u00e9', 'No reason given'],
  ])('%j', (words, written) => {
    expect(writeText(words)).toBe(written)
  })
})

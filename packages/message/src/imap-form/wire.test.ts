import { expect, test } from 'vitest'
import { nlist, nstring, string } from './wire.js'

test.each([
  ['plain text', 'a b', '"a b"'],
  ['nothing', '', '""'],
  ['quoted specials', 'a"b\\c', '"a\\"b\\\\c"'],
  ['control characters', 'a\tb\x01\x7f', '"a\tb\x01\x7f"'],
  ['a line end', 'a\r\nb', '{4}\r\na\r\nb'],
  ['8-bit octets', '\xe9"', '{2}\r\n\xe9"'],
  ['NUL, which cannot be sent', 'a\0b', '"ab"'],
  ['NUL in a literal', '\0\xe9', '{1}\r\n\xe9'],
])('string: %s', (_, text, expected) => {
  expect(string(text)).toBe(expected)
  expect(nstring(text)).toBe(expected)
})

test('NIL for what is absent', () => {
  expect(nstring(null)).toBe('NIL')
  expect(nlist([])).toBe('NIL')
  expect(nlist(['"a"', '"b"'])).toBe('("a" "b")')
})

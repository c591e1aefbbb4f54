import { expect, test } from 'vitest'
import { searchedText } from './searched-text.js'

test.each([
  ['a bare address', 'a@example.com', '<a@example.com>, '],
  ['a name, encoded', '=?utf-8?Q?caf=C3=A9?= <a@example.com>', 'café <a@example.com>, '],
  ['a name in quotes', '"B, A" <a@example.com>', 'B, A <a@example.com>, '],
  ['a comment', 'a@example.com (A B)', 'A B <a@example.com>, '],
  ['white space and comments in it (RFC 5322 §4.4)', 'a (x) . b @ (y) example . com', 'y <a.b@example.com>, '],
  ['a route', '<@r1.example,@r2.example:a@example.com>', '<@r1.example,@r2.example:a@example.com>, '],
  ['a group', 'G: a@example.com;, b@example.com', 'G: <a@example.com>, ; <b@example.com>, '],
  ['no domain', 'root', '<root>, '],
  ['nothing', '', ''],
])('addresses of %s', (_, body, expected) => {
  expect(searchedText({ key: 'header', of: 'addresses', name: 'to', text: 'x' }, body)).toBe(expected)
})

test('a field as it stands', () => {
  expect(searchedText({ key: 'header', of: 'field', name: 'to', text: 'x' }, '"a" (b) =?utf-8?Q?=C3=A9?=')).toBe(
    '"a" (b) é',
  )
})

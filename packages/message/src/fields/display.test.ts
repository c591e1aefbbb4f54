import { expect, test } from 'vitest'
import { displaySortValue, mailboxSortValue } from './display.js'

test.each([
  ['a name', 'John Doe <jdoe@x.test>', 'John Doe', 'jdoe'],
  ['a quoted name', '"Giant; \\"Big\\" Box" <s@x.test>', 'Giant; "Big" Box', 's'],
  ['an encoded name', '=?ISO-8859-1?Q?Andr=E9?= Pirard <p@x.test>', 'André Pirard', 'p'],
  ['a raw name', 'J\xc3\xb6rg <j@x.test>', 'Jörg', 'j'],
  ['a comment as name', 'a@x.test (Ann)', 'Ann', 'a'],
  ['an address only', 'Ann@X.test', 'Ann@X.test', 'Ann'],
  ['an empty name', '"" <a@x.test>', 'a@x.test', 'a'],
  ['an encoded word of nothing', '=?utf-8?q??= <a@x.test>', 'a@x.test', 'a'],
  ['several', 'B <b@x.test>, A <a@x.test>', 'B', 'b'],
  ['no domain', 'root', 'root@MISSING_DOMAIN', 'root'],
  ['a group', 'List: a@x.test, b@x.test;', 'List', 'List'],
  ['nothing', '', '', ''],
  ['null members', ', ,', '', ''],
])('the sort values of %s (RFC 5957 §3, RFC 5256 §3)', (_, body, display, mailbox) => {
  expect(displaySortValue(body)).toBe(display)
  expect(mailboxSortValue(body)).toBe(mailbox)
})

import { type Draw, type Family, usualFields } from '../hard-message.js'

const FIELDS = ['From', 'To', 'Cc', 'Bcc', 'Sender', 'Reply-To'] as const

/** Address fields: the obsolete forms, groups, and what people write (RFC 5322 §3.4, §4.4). */
export const addresses: Family = {
  name: 'addresses',
  count: 56,
  make(draw, at) {
    const value = VALUES[at % VALUES.length] ?? ''
    const other = VALUES[draw.int(VALUES.length)] ?? ''
    return withFields(draw, [`${draw.pick(FIELDS)}: ${value}`, `Resent-To: ${value}`, `To: ${other}, ${value}`])
  },
}

function withFields(draw: Draw, fields: readonly string[]): string {
  const [, , ...others] = usualFields(draw)
  return `${[...fields, ...others].join('\n')}\n\n${draw.text(1)}`
}

const VALUES = [
  'a@example.com',
  '<a@example.com>',
  'A B <a@example.com>',
  '"B, A" <a@example.com>',
  '"A \\"quoted\\" B" <a@example.com>',
  'a@example.com (A B)',
  'a@example.com (A (nested) B)',
  '(before) a@example.com',
  'A (comment) B <a@example.com> (after)',
  'a (x) @ (y) example (z) . com',
  'a . b @ example . com',
  'root',
  'root, admin',
  'A B',
  '<>',
  '<root>',
  'A <>',
  'A <@example.com>',
  '@example.com',
  'a@',
  'a@b@example.com',
  'G: a@example.com, b@example.com;',
  'G:;',
  'G: A <a@example.com>;, c@example.com',
  'undisclosed-recipients:;',
  'undisclosed-recipients: ;',
  '"G H": a@example.com;',
  'G: a@example.com',
  'G: H: a@example.com;;',
  'a@example.com; b@example.com',
  ', a@example.com,, b@example.com,',
  '<@r1.example,@r2.example:a@example.com>',
  'A <@r1.example:a@example.com>',
  '<@r1.example, @r2.example : a@example.com>',
  '<@r1.example a@example.com>',
  'a@[192.0.2.1]',
  'a@[IPv6:2001:db8::1]',
  '"a b"@example.com',
  '"a@b"@example.com',
  '"a".b."c"@example.com',
  'a..b@example.com',
  '.a@example.com',
  'a.@example.com',
  'A.B. C <a@example.com>',
  'A B a@example.com',
  'A <a@example.com',
  'A a@example.com>',
  'A <a@example.com> B',
  'A <a@example.com> <b@example.com>',
  '"A <a@example.com>',
  "'A' <a@example.com>",
  'A\\, B <a@example.com>',
  'mailto:a@example.com',
  'A <mailto:a@example.com>',
  'A <a@example.com>(c), (d) B <b@example.com>',
  '"" <a@example.com>',
]

/** Address fields of tokens in any order. */
export const addressSoup: Family = {
  name: 'address-soup',
  count: 40,
  make(draw) {
    const soup = (): string =>
      draw.times(2 + draw.int(8), () => `${draw.pick(TOKENS)}${draw.chance(0.3) ? ' ' : ''}`).join('')
    return withFields(draw, [`From: ${soup()}`, `To: ${soup()}`, `Cc: ${soup()},\n ${soup()}`])
  },
}

const TOKENS = [
  'a',
  'b.c',
  '"q r"',
  '@',
  '<',
  '>',
  ',',
  ';',
  ':',
  '(c)',
  '.',
  'example.com',
  '[192.0.2.1]',
  '\\',
  'x@example.com',
  '<y@example.org>',
] as const

/** Dates, in forms old and broken (RFC 5322 §3.3, §4.3). */
export const dates: Family = {
  name: 'dates',
  count: 48,
  make(draw, at) {
    const value = DATES[at % DATES.length] ?? ''
    const others = usualFields(draw).filter((field) => !field.startsWith('Date:'))
    return `${[`Date: ${value}`, ...others].join('\n')}\n\n${draw.text(1)}`
  },
}

const DATES = [
  'Mon, 1 Jun 2020 10:00:00 +0000',
  'Mon, 01 Jun 2020 10:00 +0200',
  '1 Jun 2020 23:59:60 -0800',
  'Mon, 1 Jun 20 10:00:00 GMT',
  'Mon, 1 Jun 99 10:00:00 EST',
  'Mon, 1 Jun 120 10:00:00 +0000',
  'Mon, 1 Jun 1969 10:00:00 +0000',
  'Mon, 1 Jun 1850 10:00:00 +0000',
  'Mon, 1 Jun 2220 10:00:00 +0000',
  'Mon, 31 Feb 2020 10:00:00 +0000',
  'Mon, 0 Jun 2020 10:00:00 +0000',
  'Mon, 32 Jun 2020 10:00:00 +0000',
  'Mon, 1 Jun 2020 25:00:00 +0000',
  'Mon, 1 Jun 2020 10:61:00 +0000',
  'Mon, 1 Jun 2020',
  'Mon, 1 Jun 2020 10:00:00',
  'Mon, 1 Jun 2020 10:00:00 Z',
  'Mon, 1 Jun 2020 10:00:00 A',
  'Mon, 1 Jun 2020 10:00:00 PDT',
  'Mon, 1 Jun 2020 10:00:00 MEST',
  'Mon, 1 Jun 2020 10:00:00 +9999',
  'Mon, 1 Jun 2020 10:00:00 +02',
  'Mon, 1 Jun 2020 00:30:00 +0200',
  'Sun, 31 May 2020 23:30:00 -0200',
  'mon, 1 JUN 2020 10:00:00 +0000',
  'Monday, 1 June 2020 10:00:00 +0000',
  'Mon (x), 1 (y) Jun (z) 2020 10 : 00 : 00 +0000 (UTC)',
  'Mon,1 Jun 2020 10:00:00 +0000',
  'Mon, 1 Jun\n 2020 10:00:00 +0000',
  'Mon Jun  1 10:00:00 2020',
  '2020-06-01T10:00:00Z',
  '1-Jun-2020 10:00:00 +0000',
  'Mon, 1 Foo 2020 10:00:00 +0000',
  'yesterday',
  '',
  'Mon, 1 Jun 2020 1:2:3 +0000',
  'Mon, 1 Jun 2020 10.00.00 +0000',
  '=?utf-8?Q?Mon,_1_Jun_2020?=',
]

import { type Draw, type Family, usualFields } from '../hard-message.js'

/** Fields and their lines in every shape. */
export const headers: Family = {
  name: 'headers',
  count: 56,
  make(draw, at) {
    const make = CASES[at % CASES.length]
    return make === undefined ? '' : make(draw)
  },
}

/** The usual fields around `lines`, which stand for those of the same names. */
function around(draw: Draw, ...lines: readonly string[]): string {
  const given = new Set(lines.map(nameOf))
  const [first = '', ...others] = usualFields(draw).filter((field) => !given.has(nameOf(field)))
  return `${[first, ...lines, ...others].join('\n')}\n\n${draw.text(2)}`
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(':')).toLowerCase()
}

const CASES: readonly ((draw: Draw) => string)[] = [
  // Folding: by tab, by many spaces, lines of white space only, at the very beginning.
  (draw) => around(draw, `X-Odd: ${draw.word()}\n\t${draw.word()}\n    ${draw.word()}`),
  (draw) => around(draw, `X-Odd: ${draw.word()}\n \n ${draw.word()}`),
  (draw) => around(draw, `X-Odd:\n ${draw.word()}\n\t\n`.trimEnd()),
  (draw) => ` ${draw.word()}\n${around(draw)}`,
  (draw) => around(draw, `X-Odd:${draw.pick(['', ' ', '\t', '  '])}\n\t${draw.word()}`),
  // Names: white space before the colon, none, odd octets, upper and lower case.
  (draw) => around(draw, `X-Odd${draw.pick([' ', '\t', '   '])}: ${draw.word()}`),
  (draw) => around(draw, `: ${draw.word()}`),
  (draw) => around(draw, `${draw.word()} ${draw.word()}: x`),
  (draw) => around(draw, `X-\xe9: ${draw.word()}`),
  (draw) => around(draw, `x-oDD: ${draw.word()}`, `X-ODD: ${draw.word()}`),
  (draw) => around(draw, `X-Odd:${draw.word()}`),
  // Lines that are no field.
  (draw) => around(draw, draw.words(3)),
  (draw) => around(draw, `>From ${draw.address()} Mon Jun  1 10:00:00 2020`),
  (draw) => `From ${draw.address()} Mon Jun  1 10:00:00 2020\n${around(draw)}`,
  (draw) => around(draw, `${draw.word()}\n ${draw.word()}`),
  // The same field several times.
  (draw) => around(draw, `Subject: ${draw.word()}`, `Subject: ${draw.word()}`),
  (draw) => around(draw, `To: ${draw.address()}`, `Cc: ${draw.address()}`, `Cc: ${draw.address()}`),
  (draw) => around(draw, `From: ${draw.address()}`, `Sender: ${draw.address()}`, `Sender: ${draw.address()}`),
  (draw) => around(draw, `Message-ID: ${draw.messageId()}`, `In-Reply-To: ${draw.messageId()}`, `In-Reply-To: x`),
  (draw) => around(draw, 'Date: Tue, 2 Jun 2020 10:00:00 +0000', 'Date: Wed, 3 Jun 2020 10:00:00 +0000'),
  (draw) => around(draw, `Content-Type: text/html`, `Content-Type: text/plain; charset=utf-8`),
  // Empty ones.
  (draw) => `${['From:', 'To:', 'Subject:', 'Date:', 'Message-ID:', 'In-Reply-To:'].join('\n')}\n\n${draw.text(1)}`,
  (draw) => `${['From: ', 'To:\t', 'Subject:  ', 'Date: ', 'Cc: ,', 'Bcc: ;'].join('\n')}\n\n${draw.text(1)}`,
  (draw) => around(draw, 'Sender:', 'Reply-To:'),
  // No blank line, no body, a body that looks like a header.
  (draw) => `${usualFields(draw).join('\n')}\n${draw.text(2)}`,
  (draw) => usualFields(draw).join('\n'),
  (draw) => `${usualFields(draw).join('\n')}\n`,
  (draw) => `\n${usualFields(draw).join('\n')}\n\n${draw.text(1)}`,
  // Octets nobody expects.
  (draw) => around(draw, `X-Odd: a\0b`, `Subject: a\0b ${draw.word()}`),
  (draw) => around(draw, `X-Odd: a\x01\x7f\x1b`, `Subject: a\x01\x7f\x1b`),
  (draw) => around(draw, `X-Odd: a\rb`, `Subject: a\rb`),
  (draw) => around(draw, `Subject: a\\b"c"d\te`),
  (draw) => around(draw, `Subject:   ${draw.word()}   `),
  (draw) => around(draw, `Subject: ${draw.word()}\n `),
  // 8-bit: UTF-8, ISO 8859-1, and neither.
  (draw) => around(draw, `Subject: Gr\xc3\xbc\xc3\x9fe ${draw.word()}`),
  (draw) => around(draw, `Subject: Gr\xfc\xdfe ${draw.word()}`),
  (draw) => around(draw, `Subject: \xff\xfe\xc3 ${draw.word()}`),
  (draw) => around(draw, `From: J\xc3\xbcrgen <j\xc3\xbcrgen@ex\xc3\xa4mple.com>`),
  (draw) => around(draw, `To: "J\xfcrgen" <j@example.com>, \xe9 <e@example.com>`),
  (draw) => around(draw, `Message-ID: <\xc3\xa9@example.com>`),
  // Long: one line, many lines, many fields.
  (draw) => around(draw, `X-Odd: ${'x'.repeat(1_200)}`),
  (draw) => around(draw, `Subject: ${draw.words(400)}`),
  (draw) => around(draw, `Subject: ${draw.times(100, () => draw.word()).join('\n ')}`),
  (draw) => around(draw, ...draw.times(200, (at) => `X-Field-${at}: ${draw.word()}`)),
  (draw) => around(draw, `${'X'.repeat(900)}: ${draw.word()}`),
  (draw) => around(draw, `To: ${draw.times(300, () => draw.address()).join(',\n ')}`),
]

/** Encoded words, well made and not (RFC 2047). */
export const words: Family = {
  name: 'words',
  count: 40,
  make(draw, at) {
    const value = WORDS[at % WORDS.length] ?? ''
    const folded = draw.chance(0.5) ? value.replace(/ /, '\n ') : value
    return around(draw, `Subject: ${folded}`, `X-Odd: ${value}`, `Cc: ${value} <c@example.com>`)
  },
}

const WORDS = [
  '=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?= bar',
  '=?utf-8?B?Y2Fmw6k=?= =?utf-8?B?IHF1YXJ0ZXJseQ==?=',
  '=?utf-8?Q?caf=C3=A9?=bar',
  'quarterly=?utf-8?Q?caf=C3=A9?=',
  '=?iso-8859-1?Q?Gr=FC=DFe?=',
  '=?ISO-8859-1*de?q?Gr=FC=DFe?=',
  '=?utf-8?B?Y2Fmw6k?=',
  '=?utf-8?B?!!!!?=',
  '=?utf-8?Q?a=ZZb?=',
  '=?x-unknown?Q?quarterly?=',
  '=?utf-8?X?quarterly?=',
  '=?utf-8?Q?with space?=',
  '=?utf-8?Q??=',
  '=?utf-8?Q?a_b=5Fc?=',
  '=?utf-8?q?quarterly',
  '=?utf-8',
  '=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=',
  '=?shift_jis?B?k/qWew==?=',
  '=?koi8-r?B?8NLJ18XU?=',
  '=?gb2312?B?1tC5+g==?=',
  '=?utf-8?Q?=E6=97=A5=E6=9C=AC?= =?iso-8859-1?Q?_=FC?=',
  'Re: =?utf-8?Q?[list]_Re:_quarterly?=',
  '"=?utf-8?Q?caf=C3=A9?="',
  '(=?utf-8?Q?caf=C3=A9?=)',
  '=?utf-7?Q?+AOk-?=',
  '=?us-ascii?Q?quarterly=E9?=',
  '=?windows-1252?Q?=93quarterly=94_=80?=',
  '=?utf-8?Q?=00a?=',
]

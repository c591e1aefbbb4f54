import { fromLatin1 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { digestMessage } from '../structure/digester.js'
import { decodedStructure, partStructure } from './part-structure.js'

const MESSAGE = [
  'Subject: outer "quoted" (in parentheses)',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  '--outer',
  'Content-Type: text/plain; name="a (b\\" c"',
  '',
  'one',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'Subject: enclosed',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/html',
  'Content-Transfer-Encoding: base64',
  '',
  'PHA+',
  '--inner',
  'Content-Type: image/gif',
  'Content-Transfer-Encoding: base64',
  '',
  'AAAA',
  '--inner--',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'Subject: of one part',
  'Content-Type: application/pdf',
  '',
  'pdf',
  '--outer--',
  '',
].join('\r\n')

const NONE = 'NIL NIL NIL NIL'
const GIF = `("image" "gif" NIL NIL NIL "base64" 4 ${NONE})`
const PDF = `("application" "pdf" NIL NIL NIL "7bit" 3 ${NONE})`

const rows: readonly (readonly [numbers: readonly number[], expected: RegExp | string | undefined])[] = [
  [
    [],
    /^\(\("text" "plain" .*\)\("message" "rfc822" .*\)\("message" "rfc822" .*\) "mixed" \("boundary" "outer"\) NIL NIL NIL\)$/,
  ],
  [[1], /^\("text" "plain" \("name" "a \(b\\" c" "charset" "us-ascii"\) NIL NIL "7bit" 3 0 NIL NIL NIL NIL\)$/],
  [
    [2],
    /^\("message" "rfc822" NIL NIL NIL "7bit" \d+ \(NIL "enclosed" .*\) \(\("text" "html".*\) 13 NIL NIL NIL NIL\)$/,
  ],
  [[2, 1], /^\("text" "html" \("charset" "us-ascii"\) NIL NIL "base64" 4 0 NIL NIL NIL NIL\)$/],
  [[2, 2], GIF],
  // A message that is not multipart is its own part 1.
  [[3, 1], PDF],
  [[1, 1], undefined],
  [[2, 3], undefined],
  [[2, 2, 1], undefined],
  [[3, 2], undefined],
  [[3, 1, 1], undefined],
  [[4], undefined],
]

describe('the structure of one part (RFC 9051 §6.4.5.1)', () => {
  const digest = digestMessage([fromLatin1(MESSAGE)])
  test.each(rows)('%j', (numbers, expected) => {
    const found = partStructure(digest, numbers)
    if (expected instanceof RegExp) expect(found).toMatch(expected)
    else expect(found).toBe(expected)
  })

  test('of a message of one part', () => {
    const plain = digestMessage([fromLatin1('Content-Type: application/pdf\r\n\r\npdf')])
    expect([[], [1]].map((numbers) => partStructure(plain, numbers))).toEqual([PDF, PDF])
    expect(partStructure(plain, [1, 1])).toBeUndefined()
    expect(partStructure(plain, [2])).toBeUndefined()
  })
})

describe('the structure of decoded octets (RFC 5524 §3.2)', () => {
  test('encoding and octets; lines of text', () => {
    const size = { encoding: 'BINARY', octets: 3, lines: 0 } as const
    expect(decodedStructure(GIF, size)).toBe(`("image" "gif" NIL NIL NIL "BINARY" 3 ${NONE})`)
    const text = `("TEXT" "html" ("name" "x) 7") "<id>" {3}\r\n) ( "quoted-printable" 40 2 "md5" NIL ("en" "de") NIL)`
    expect(decodedStructure(text, { encoding: '8BIT', octets: 30, lines: 1 })).toBe(
      `("TEXT" "html" ("name" "x) 7") "<id>" {3}\r\n) ( "8BIT" 30 1 "md5" NIL ("en" "de") NIL)`,
    )
  })
})

import { fromUtf8, latin1, toBase64 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeWords } from '../compose/encoded-word-writer.js'
import { decodeWords } from './encoded-word.js'

const table: readonly (readonly [name: string, text: string, expected: string])[] = [
  // RFC 2047 §8
  ['Keith', '=?US-ASCII?Q?Keith_Moore?=', 'Keith Moore'],
  ['Keld', '=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=', 'Keld Jørn Simonsen'],
  ['André, text after', '=?ISO-8859-1?Q?Andr=E9?= Pirard', 'André Pirard'],
  [
    'two charsets, folded',
    '=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=',
    'If you can read this you understand the example.',
  ],
  ['Hebrew', '(=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=)', '(םולש ןב ילטפנ)'],
  ['in a comment', '(=?ISO-8859-1?Q?a?=)', '(a)'],
  ['beside text', '(=?ISO-8859-1?Q?a?= b)', '(a b)'],
  ['adjacent', '(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)', '(ab)'],
  ['adjacent, more spaces', '(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)', '(ab)'],
  ['an encoded space', '(=?ISO-8859-1?Q?a_b?=)', '(a b)'],
  ['an encoded space in the second', '(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)', '(a b)'],
  // RFC 2231 §5
  ['with a language', '=?US-ASCII*EN?Q?Keith_Moore?=', 'Keith Moore'],
  // What is written in spite of the RFCs
  ['a character cut in two', '=?utf-8?Q?caf=C3?= =?UTF-8?Q?=A9?=', 'café'],
  ['a character cut in two, B and Q', '=?utf-8?B?Y2Fmww==?= =?utf-8?Q?=A9?=', 'café'],
  ['padding left out', '=?utf-8?B?Y2Fmw6k?=', 'café'],
  ['no white space around', 'Re:=?utf-8?Q?caf=C3=A9?=!', 'Re:café!'],
  ['raw UTF-8', latin1(fromUtf8('café')), 'café'],
  ['raw windows-1252', 'caf\xe9', 'café'],
  ['raw beside encoded', 'caf\xe9 =?utf-8?Q?=E2=82=AC?=', 'café €'],
  // What stays as it stands
  ['an unknown charset', 'x =?x-foo?Q?a?= =?x-foo?Q?b?= y', 'x =?x-foo?Q?a?= =?x-foo?Q?b?= y'],
  ['malformed base64', '=?utf-8?B?Y2F!?=', '=?utf-8?B?Y2F!?='],
  ['malformed Q', '=?utf-8?Q?a=G0?=', '=?utf-8?Q?a=G0?='],
  ['white space within', '=?iso-8859-1?q?this is some text?=', '=?iso-8859-1?q?this is some text?='],
  ['an unknown encoding', '=?utf-8?X?a?=', '=?utf-8?X?a?='],
  ['plain text', 'Saying Hello', 'Saying Hello'],
  ['nothing encoded', '=?utf-8?Q??=', ''],
  // Charsets of mail
  ['ISO-2022-JP', '=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=', '日本'],
  ['Shift_JIS', '=?Shift_JIS?B?k/qWew==?=', '日本'],
  ['EUC-JP', '=?EUC-JP?B?xvzL3A==?=', '日本'],
  ['Big5', '=?big5?B?pOmluw==?=', '日本'],
  ['GB18030', '=?gb18030?B?yNWxvg==?=', '日本'],
  ['KOI8-R', '=?koi8-r?B?zcnS?=', 'мир'],
  ['windows-1251', '=?windows-1251?Q?=EC=E8=F0?=', 'мир'],
]

describe('encoded words', () => {
  test.each(table)('%s', (_, text, expected) => {
    expect(decodeWords(text)).toBe(expected)
  })

  test('are read in time linear in the length', () => {
    for (const text of ['=?', '=?a?q?=', '=?a*', '=?utf-8?b?', '=?utf-8?q?=41?= ', '= ?']) {
      expect(decodeWords(text.repeat(50_000)).length).toBeGreaterThan(0)
    }
    expect(decodeWords(`=?a?b?${'='.repeat(500_000)}x?=`)).toMatch(/^=\?a/)
  })
})

describe('written encoded words', () => {
  test('are read back, and stay within 75 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = encodeWords(text)
        expect(decodeWords(written)).toBe(text.replace(/^\ufeff/, ''))
        for (const word of written.split(' ')) {
          if (word.startsWith('=?')) expect(word.length).toBeLessThanOrEqual(75)
        }
      }),
    )
  })

  test('are none for plain text', () => {
    expect(encodeWords('Saying Hello, "x"')).toBe('Saying Hello, "x"')
  })

  test('are Q for text mostly of ASCII, B for other (RFC 2047 §4)', () => {
    expect(encodeWords('café au lait')).toBe('=?utf-8?Q?caf=C3=A9_au_lait?=')
    expect(encodeWords('日本')).toBe(`=?utf-8?B?${toBase64(fromUtf8('日本'))}?=`)
    expect(encodeWords('=?x?=')).toBe('=?utf-8?Q?=3D=3Fx=3F=3D?=')
  })
})

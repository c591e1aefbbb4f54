import { fromLatin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHARSETS, decodeCharset, decodeRaw, isKnownCharset, newDecoder } from './charset.js'

const table: readonly (readonly [charset: string, octets: string, expected: string])[] = [
  ['utf-8', '\xc3\xa9', 'é'],
  ['ISO-8859-1', '\xe9', 'é'],
  ['iso-8859-15', '\xa4', '€'],
  ['iso-8859-2', '\xb1', 'ą'],
  ['windows-1258', '\xd0', 'Đ'],
  ['US-ASCII', 'a', 'a'],
  [' utf8 ', '\xc3\xa9', 'é'],
  ['cp932', '\x93\xfa', '日'],
  ['cp949', '\xb0\xa1', '가'],
  ['utf-8', '\xff', '\ufffd'],
  // RFC 2152, its examples
  ['UTF-7', 'A+ImIDkQ.', 'A≢Α.'],
  ['utf-7', 'Hi Mom -+Jjo--!', 'Hi Mom -☺-!'],
  ['unicode-1-1-utf-7', '+ZeVnLIqe-', '日本語'],
  ['utf-7', '+2Aj-x+3EU-\xff', '\ufffdx\ufffd\ufffd'],
  // RFC 2781 §5, "that is Ra" with and without a mark
  ['UTF-16', '\xfe\xff\xd8\x08\xdf\x45\x00=\x00R\x00a', '\u{12345}=Ra'],
  ['UTF-16', '\xff\xfe\x08\xd8\x45\xdf=\x00R\x00a\x00', '\u{12345}=Ra'],
  ['UTF-16', '\x65\xe5\x67\x2c', '日本'],
  ['UTF-16BE', '\xd8\x08\xdf\x45\x00=', '\u{12345}='],
  ['UTF-16LE', '=\x00R\x00', '=R'],
  ['UTF-32', '\x00\x00\xfe\xff\x00\x01\x23\x45', '\u{12345}'],
  ['UTF-32BE', '\x00\x00\x65\xe5', '日'],
  // RFC 1557, the designation at the beginning of the text
  ['ISO-2022-KR', '\x1b$)C\r\n\x0eGQ1[\x0f a', '\r\n한글 a'],
  // RFC 1922 §2
  ['ISO-2022-CN', '\x1b$)A\x0e=;;;\x0f 1', '交换 1'],
  ['ISO-2022-CN', '\x1b$)A\x0e=;\r\n=;', '交\r\n=;'],
  ['ISO-2022-CN', 'a\x1b$)G\x0eGc\x0fb', 'a\ufffdb'],
  // RFC 1843 §1
  [
    'HZ-GB-2312',
    'This sentence is in ASCII.\nThe next sentence is in GB.~{<:Ky2;S{#,NpJ)l6HK!#~}Bye.',
    'This sentence is in ASCII.\nThe next sentence is in GB.己所不欲，勿施於人。Bye.',
  ],
  ['hz-gb-2312', 'a~~b~\nc', 'a~bc'],
  // RFC 1554: JIS X 0208, JIS X 0212, GB 2312, KS C 5601 and the high part of ISO 8859-1 in one text
  ['ISO-2022-JP-2', '\x1b$BF|\x1b$(D0!\x1b$A=;\x1b$(CGQ\x1b(B\x1b.A caf\x1bNi', '日丂交한 café'],
  ['ISO-2022-JP-1', '\x1b$(D0!\x1b(B', '丂'],
  ['ISO-2022-JP-3', '\x1b$(OF|\x1b(B', '日'],
  ['cp50222', '\x1b(I1\x1b(B', '\uff71'],
  ['ISO-2022-JP-2', '\x1bXa', '\ufffdXa'],
  ['ISO-2022-JP-2', '\x1b$BF', '\ufffd'],
  // Tables of iconv-lite
  ['IBM437', '\x82', 'é'],
  ['cp850', '\xb5', 'Á'],
  ['ibm852', '\xa5', 'ą'],
  ['IBM866', '\xac\xa8\xe0', 'мир'],
  ['macintosh', '\x8e', 'é'],
  ['x-mac-roman', '\x8e', 'é'],
  ['maccroatian', '\xa9', 'Š'],
  ['TIS-620', '\xa1', 'ก'],
  ['VISCII', '\x80', 'Ạ'],
  ['armscii8', '\xb2', 'Ա'],
  ['koi8-t', '\x81', 'ғ'],
]

describe('a charset', () => {
  test.each(table)('%s: %j', (charset, octets, expected) => {
    expect(decodeCharset(charset, fromLatin1(octets))).toBe(expected)
    expect(isKnownCharset(charset)).toBe(true)
  })

  test.each(table)('%s octet by octet: %j', (charset, octets, expected) => {
    const decoder = newDecoder(charset)
    const pieces = Array.from(fromLatin1(octets), (octet) => decoder?.decode(Uint8Array.of(octet), { stream: true }))
    expect(pieces.join('') + decoder?.decode()).toBe(expected)
  })

  test.each(['x-unknown', '', 'base64', 'hex', 'binary', 'utf-7-imap', '_internal', 'u t f 8', 'x'.repeat(1_000)])(
    'that is not known: %s',
    (charset) => {
      expect(decodeCharset(charset, fromLatin1('a'))).toBeUndefined()
      expect(isKnownCharset(charset)).toBe(false)
    },
  )

  test('of the list is known, under that name in any case', () => {
    for (const charset of CHARSETS) {
      expect(newDecoder(charset)?.decode(fromLatin1(''))).toBe('')
      expect(isKnownCharset(charset.toLowerCase()), charset).toBe(true)
    }
    expect(new Set(CHARSETS).size).toBe(CHARSETS.length)
  })

  test('gives the same text however it is cut, and begins anew after its end', () => {
    const charset = fc.constantFrom(
      'utf-7',
      'iso-2022-kr',
      'iso-2022-jp-2',
      'iso-2022-cn',
      'hz-gb-2312',
      'utf-16',
      'ibm866',
    )
    const piece = fc.constantFrom(
      '\x1b',
      '$',
      ')C',
      '$)A',
      '\x1b$B',
      '\x0e',
      '\x0f',
      '~{',
      '~}',
      '~',
      '\r\n',
      'F|',
      '\x1bN',
      '\xe9',
      ' ',
      '+Jjo-',
      '\xfe\xff',
    )
    fc.assert(
      fc.property(charset, fc.array(piece, { maxLength: 40 }), (name, pieces) => {
        const bytes = fromLatin1(pieces.join(''))
        const decoder = newDecoder(name)
        const whole = decoder?.decode(bytes)
        const cut = Array.from(bytes, (octet) => decoder?.decode(Uint8Array.of(octet), { stream: true })).join('')
        expect(cut + decoder?.decode()).toBe(whole)
        expect(decoder?.decode(bytes)).toBe(whole)
      }),
    )
  })

  test('of a million octets takes no time', () => {
    for (const charset of CHARSETS) {
      for (const octets of ['+', '\x1b$B', '~{', '\x0e', '\xff', 'a~']) {
        expect(newDecoder(charset)?.decode(fromLatin1(octets.repeat(20_000)))?.length).toBeGreaterThanOrEqual(0)
      }
    }
  })
})

test('raw text is UTF-8, or else windows-1252', () => {
  expect(decodeRaw('a')).toBe('a')
  expect(decodeRaw('\xc3\xa9')).toBe('é')
  expect(decodeRaw('\x80\xe9')).toBe('€é')
})

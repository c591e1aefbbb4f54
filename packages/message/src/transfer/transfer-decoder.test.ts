import { fromLatin1, latin1, toBase64 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeTransfer } from './transfer-decoder.js'

function decode(encoding: string, ...chunks: readonly string[]): string {
  const decoder = decodeTransfer(encoding)
  return chunks.map((chunk) => latin1(decoder.push(fromLatin1(chunk)))).join('') + latin1(decoder.end())
}

const qp: readonly (readonly [name: string, encoded: string, expected: string])[] = [
  // RFC 2045 §6.7
  [
    'soft line breaks',
    "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
    "Now's the time for all folk to come to the aid of their country.",
  ],
  ['octets', '=0C=3D=E9', '\x0c=\xe9'],
  ['hard line breaks', 'a\r\nb\nc', 'a\r\nb\nc'],
  ['white space at the end of a line goes', 'a \t \r\nb \nc ', 'a\r\nb\nc'],
  ['white space within stays', 'a \t b', 'a \t b'],
  ['white space after a soft break mark goes', 'a= \t\r\nb=\nc', 'abc'],
  ['a soft break keeps the white space before it', 'a =\r\nb', 'a b'],
  ['lower-case digits', '=e9', '\xe9'],
  ['an equals sign before anything else', '=G= =X=4=4x==41', '=G= =X=4=4x=A'],
  ['an equals sign at the end', 'a=', 'a='],
  ['half an octet at the end', 'a=4', 'a=4'],
  ['a soft break at the end', 'a=\r\n', 'a'],
  ['a soft break cut off', 'a=\r', 'a'],
  ['bare CR', 'a\rb \r c', 'a\rb \r c'],
  ['8-bit octets', '\xe9', '\xe9'],
]

const base64: readonly (readonly [name: string, encoded: string, expected: string])[] = [
  // RFC 4648 §10
  ['nothing', '', ''],
  ['one octet', 'Zg==', 'f'],
  ['two', 'Zm8=', 'fo'],
  ['three', 'Zm9v', 'foo'],
  ['four', 'Zm9vYg==', 'foob'],
  ['five', 'Zm9vYmE=', 'fooba'],
  ['six', 'Zm9vYmFy', 'foobar'],
  ['lines', 'Zm9v\r\nYmFy\r\n', 'foobar'],
  ['other characters', 'Z-m9 v!Ym_Fy', 'foobar'],
  ['padding left out', 'Zm9vYg', 'foob'],
  ['one text after another', 'Zg==\r\nZm8=', 'ffo'],
  ['a single character at the end', 'Zm9vY', 'foo'],
  ['stray padding', '=Zm9v==', 'foo'],
]

describe('quoted-printable', () => {
  test.each(qp)('%s', (_, encoded, expected) => {
    expect(decode('quoted-printable', encoded)).toBe(expected)
    expect(decode('Quoted-Printable', ...encoded)).toBe(expected)
  })

  test('white space beyond any encoder is text', () => {
    const spaces = ' '.repeat(100_000)
    expect(decode('quoted-printable', `${spaces}\r\n`).length).toBeGreaterThan(98_000)
    expect(decode('quoted-printable', `${spaces}x`)).toBe(`${spaces}x`)
  })
})

describe('base64', () => {
  test.each(base64)('%s', (_, encoded, expected) => {
    expect(decode('base64', encoded)).toBe(expected)
    expect(decode('BASE64', ...encoded)).toBe(expected)
  })

  test('gives back what was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), (octets, cut) => {
        const encoded = toBase64(octets)
        const at = cut % (encoded.length + 1)
        expect(decode('base64', encoded.slice(0, at), encoded.slice(at))).toBe(latin1(octets))
      }),
    )
  })
})

describe('any encoding', () => {
  test('gives the same in any cutting', () => {
    const text = fc.string({ unit: fc.constantFrom('=', '4', 'A', 'e', ' ', '\t', '\r', '\n', 'x', '\xe9') })
    const encoding = fc.constantFrom('base64', 'quoted-printable', '8bit')
    fc.assert(
      fc.property(encoding, text, (encoding, text) => {
        expect(decode(encoding, ...text)).toBe(decode(encoding, text))
      }),
    )
  })

  test('goes on the same in a clone', () => {
    const text = fc.string({ unit: fc.constantFrom('=', '4', 'A', 'e', ' ', '\t', '\r', '\n', 'x', '\xe9') })
    const encoding = fc.constantFrom('base64', 'quoted-printable', '8bit')
    fc.assert(
      fc.property(encoding, text, text, (encoding, before, after) => {
        const decoder = decodeTransfer(encoding)
        const first = latin1(decoder.push(fromLatin1(before)))
        const twin = decoder.clone()
        const rest = latin1(decoder.push(fromLatin1(after))) + latin1(decoder.end())
        expect(latin1(twin.push(fromLatin1(after))) + latin1(twin.end())).toBe(rest)
        expect(first + rest).toBe(decode(encoding, before + after))
      }),
    )
  })

  test('that changes nothing, or is unknown, gives the octets', () => {
    for (const encoding of ['7bit', '8BIT', 'binary', 'x-uuencode', '']) expect(decode(encoding, 'a=41')).toBe('a=41')
  })
})

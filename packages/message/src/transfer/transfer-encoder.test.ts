import { fromLatin1, latin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeTransfer } from './transfer-decoder.js'
import { encodeTransfer } from './transfer-encoder.js'

function encode(encoding: string, ...chunks: readonly string[]): string {
  const encoder = encodeTransfer(encoding)
  return chunks.map((chunk) => latin1(encoder.push(fromLatin1(chunk)))).join('') + latin1(encoder.end())
}

describe('quoted-printable (RFC 2045 §6.7)', () => {
  test.each([
    ['plain text', 'a b\r\nc\r\n', 'a b\r\nc\r\n'],
    ['octets beyond ASCII and the equals sign', 'caf\xe9=', 'caf=E9=3D'],
    ['white space at the end of lines', 'a \r\nb\t\r\n c ', 'a=20\r\nb=09\r\n c=20'],
    ['bare CR and LF', 'a\rb\nc \r', 'a=0Db=0Ac =0D'],
    ['a long line', 'x'.repeat(80), `${'x'.repeat(75)}=\r\n${'x'.repeat(5)}`],
    ['no encoded octet cut in two', `${'x'.repeat(74)}\xe9`, `${'x'.repeat(74)}=\r\n=E9`],
    ['white space before a soft break', `${'x'.repeat(75)} y`, `${'x'.repeat(75)}=\r\n y`],
  ])('%s', (_, text, expected) => {
    expect(encode('quoted-printable', text)).toBe(expected)
  })
})

test('base64 has lines of 76 characters (RFC 2045 §6.8)', () => {
  expect(encode('base64', 'x'.repeat(58))).toBe(`${'eHh4'.repeat(19)}\r\neA==\r\n`)
  expect(encode('BASE64', '')).toBe('')
  expect(encode('8bit', 'caf\xe9', ' ')).toBe('caf\xe9 ')
})

test('any octets are read back, in any cutting, within the lines allowed', () => {
  const octets = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\r\n', '\r', '\n', '=', '\xe9', 'xyz'.repeat(9)) })
  fc.assert(
    fc.property(fc.constantFrom('base64', 'quoted-printable'), octets, fc.array(fc.nat()), (encoding, text, cuts) => {
      const places = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b)
      const chunks = [0, ...places].map((place, index) => text.slice(place, places[index] ?? text.length))
      const encoded = encode(encoding, text)
      expect(encode(encoding, ...chunks)).toBe(encoded)
      for (const line of encoded.split('\r\n')) expect(line).toMatch(/^[!-~ \t]{0,76}$/)
      expect(encoded).not.toMatch(/[ \t](?:\r\n|$)/)
      const decoder = decodeTransfer(encoding)
      expect(latin1(decoder.push(fromLatin1(encoded))) + latin1(decoder.end())).toBe(text)
    }),
    { numRuns: 500 },
  )
})

import { describe, expect, test } from 'vitest'
import { parseContentType, parseDisposition, parseLanguages, parseLocation, parseTransferEncoding } from './content.js'

describe('Content-Type', () => {
  test('has a type, a subtype and parameters, comments between (RFC 2045 §5.1)', () => {
    expect(parseContentType('(a) Text (b) / (c) PLAIN (d) ; charset = "us-ascii"')).toEqual({
      type: 'text',
      subtype: 'plain',
      written: ['Text', 'PLAIN'],
      parameters: [{ name: 'charset', written: 'charset', value: 'us-ascii', extended: null }],
    })
  })

  test.each(['', 'text', 'text/', '/plain', '; charset=x', 'text;/plain'])('is none: %s', (body) => {
    expect(parseContentType(body)).toBeNull()
  })
})

test('Content-Disposition (RFC 2183 §2)', () => {
  expect(parseDisposition('ATTACHMENT; filename=genome.jpeg; size=12')).toEqual({
    type: 'attachment',
    written: 'ATTACHMENT',
    parameters: [
      { name: 'filename', written: 'filename', value: 'genome.jpeg', extended: null },
      { name: 'size', written: 'size', value: '12', extended: null },
    ],
  })
  expect(parseDisposition('; filename=x')).toBeNull()
})

test('Content-Transfer-Encoding (RFC 2045 §6.1)', () => {
  expect(parseTransferEncoding(' Quoted-Printable (x)')).toBe('Quoted-Printable')
  expect(parseTransferEncoding('"base64";')).toBe('base64')
  expect(parseTransferEncoding('')).toBe('7bit')
  expect(parseTransferEncoding('X-UUEncode')).toBe('X-UUEncode')
  expect(parseTransferEncoding('base 64')).toBe('7bit')
})

test('Content-Language (RFC 3282 §2)', () => {
  expect(parseLanguages('mi, en (x, y), , de-AT')).toEqual(['mi', 'en', 'de-AT'])
  expect(parseLanguages('')).toEqual([])
})

test('Content-Location loses the white space of its folds (RFC 2557 §4.4)', () => {
  expect(parseLocation('http://a.example/ \tb')).toBe('http://a.example/b')
})

import { fromLatin1, fromUtf8, latin1, toBase64 } from '@mailwright/core'
import fc from 'fast-check'
import libmime from 'libmime'
import { describe, expect, test } from 'vitest'
import { decodeWords, encodeWords, parameterText, parseDisposition, writeParameter } from '../src/index.js'

/** Text without controls and lone surrogates: what people put into subjects and file names. */
const text = fc
  .string({ unit: fc.constantFrom(...'abc XYZ.,-_=?"éßжב日本語€😀'), maxLength: 60 })
  .map((raw) => raw.trim())

describe('libmime, which nodemailer and imapflow are built on', () => {
  test('writes encoded words that we read', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('Q', 'B'), (subject, encoding) => {
        const written = libmime.encodeWords(subject, encoding, 52)
        expect(decodeWords(written)).toBe(subject)
      }),
      { numRuns: 500 },
    )
  })

  test('reads encoded words that we write', () => {
    fc.assert(
      fc.property(text, (subject) => {
        expect(libmime.decodeWords(encodeWords(subject))).toBe(subject)
      }),
      { numRuns: 500 },
    )
  })

  test('reads parameters that we write, and writes ones that we read', () => {
    fc.assert(
      fc.property(text, (name) => {
        fc.pre(name !== '' && !name.includes('=?'))
        const { params } = libmime.parseHeaderValue(`attachment${writeParameter('filename', name)}`)
        expect(
          params['filename']?.startsWith('=?') ? libmime.decodeWords(params['filename']) : params['filename'],
        ).toBe(name)
        const written = libmime.buildHeaderValue({ value: 'attachment', params: { filename: name } })
        const parsed = parseDisposition(latin1(fromUtf8(written)))
        expect(parameterText(parsed?.parameters ?? [], 'filename')).toBe(name)
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    'iso-8859-2',
    'windows-1251',
    'koi8-u',
    'gbk',
    'big5',
    'euc-kr',
    'shift_jis',
    'euc-jp',
    'iso-2022-jp',
    'ibm852',
  ])('reads %s as we do', (charset) => {
    const octets = charset === 'iso-2022-jp' ? '\x1b$BF|K\\8l\x1b(B abc' : 'abc \xb0\xa1\xb1\xa2 xyz'
    const word = `=?${charset}?B?${toBase64(fromLatin1(octets))}?=`
    expect(decodeWords(word)).toBe(libmime.decodeWords(word))
  })
})

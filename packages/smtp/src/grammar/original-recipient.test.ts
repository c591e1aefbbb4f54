import { fromUtf8, latin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { originalRecipient } from './original-recipient.js'

const octets = (text: string): string => latin1(fromUtf8(text))

describe('the original recipient', () => {
  test.each([
    ['an address', 'rfc822;Bob@Example.COM', 'rfc822;Bob@Example.COM'],
    ['xtext', 'rfc822;a+2Bb+3Dc+20d@example.com', 'rfc822;a+b=c d@example.com'],
    ['a type nobody registered', 'x-fax;+2B4989', 'x-fax;+4989'],
    ['an empty address, as the grammar has it', 'rfc822;', 'rfc822;'],
    ['UTF-8', octets('utf-8;jürgen@bücher.example'), 'utf-8;jürgen@bücher.example'],
    ['UTF-8 in US-ASCII', 'utf-8;j\\x{FC}rgen@\\x{1F600}.example', 'utf-8;jürgen@\u{1f600}.example'],
    ['a blank and a backslash in UTF-8', 'UTF-8;a\\x{20}b\\x{5C}c', 'UTF-8;a b\\c'],
  ])('%s', (_, value, expected) => {
    expect(originalRecipient(value)).toBe(expected)
  })

  test.each([
    ['no type', 'Bob@Example.COM'],
    ['an empty type', ';Bob@Example.COM'],
    ['no address in UTF-8, which must have one', 'utf-8;'],
    ['a type that is no atom', 'rfc 822;a'],
    ['UTF-8 in an address of another type', octets('rfc822;jürgen@example.com')],
    ['UTF-8 in xtext of another type', 'rfc822;j+C3+BCrgen@example.com'],
    ['a line end', 'rfc822;a+0D+0Ab'],
    ['lower-case digits', 'rfc822;a+2bb'],
    ['malformed UTF-8', 'utf-8;\xfc'],
    ['xtext in UTF-8', 'utf-8;a+2Bb'],
    ['a surrogate', 'utf-8;\\x{DC00}'],
    ['past Unicode', 'utf-8;\\x{110000}'],
    ['a line end in UTF-8', 'utf-8;a\\x{0A}b'],
    ['a control character past US-ASCII', 'utf-8;a\\x{85}b'],
    ['a lone backslash', 'utf-8;a\\b'],
  ])('%s is none', (_, value) => {
    expect(originalRecipient(value)).toBeUndefined()
  })

  test('nothing that comes of it could end a line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(originalRecipient(octets(`utf-8;${text}`)) ?? '').not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
        expect(originalRecipient(octets(`rfc822;${text}`)) ?? '').not.toMatch(/[^\x20-\x7e]/)
      }),
    )
  })
})

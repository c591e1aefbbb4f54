import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.js'

describe('RFC 3501 §5.1.3', () => {
  test.each([
    ['the example of the RFC', '~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    [
      'printable US-ASCII represents itself',
      ' !"#$%\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~',
      ' !"#$%\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~',
    ],
    ['an ampersand is "&-"', '&&x&&', '&-&-x&-&-'],
    ['an ampersand between shifts', 'tietä&jä&', 'tiet&AOQ-&-j&AOQ-&-'],
    ['a smiley from the RFC', 'Hi Mom ☺!', 'Hi Mom &Jjo-!'],
    ['a character past the basic plane is two units', '💌', '&2D3cjA-'],
    ['nothing', '', ''],
  ])('%s', (_, text, encoded) => {
    expect(encodeModifiedUtf7(text)).toBe(encoded)
    expect(decodeModifiedUtf7(encoded)).toBe(text)
  })

  test.each([
    ['a shift that never ends', '&Jjo'],
    ['a lone ampersand', '&'],
    ['a null shift: the superfluous shift of the RFC', '&U,BTFw-&ZeVnLIqe-'],
    ['a character outside the alphabet', '&Jjo!-'],
    ['the slash of plain base64', '&U/BTFw-'],
    ['printable US-ASCII inside a shift', '&AGE-'],
    ['an ampersand inside a shift', '&ACY-'],
    ['a NUL inside a shift', '&AAA-'],
    ['a raw 8-bit character', 'caf\u00e9'],
    ['a raw control character', 'a\u0001b'],
    ['left-over bits', '&Jjp-'],
    ['a unit cut short', '&Jj-'],
    ['half a surrogate pair', '&2D0-'],
  ])('refuses %s', (_, encoded) => {
    expect(decodeModifiedUtf7(encoded)).toBeUndefined()
  })

  test('a lone surrogate has no encoding', () => {
    expect(encodeModifiedUtf7('a\ud800b')).toBeUndefined()
  })

  test('what is encoded is printable US-ASCII and decodes to the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('\u0000'))
        const encoded = encodeModifiedUtf7(text)
        expect(encoded).toMatch(/^[\u0020-\u007e]*$/)
        expect(decodeModifiedUtf7(encoded ?? '')).toBe(text)
      }),
    )
  })

  test('a text has one encoding only', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('&', '-', 'A', 'O', 'Q', ',', 'J', 'j', 'o', 'x') }), (encoded) => {
        const text = decodeModifiedUtf7(encoded)
        if (text !== undefined) expect(encodeModifiedUtf7(text)).toBe(encoded)
      }),
    )
  })
})

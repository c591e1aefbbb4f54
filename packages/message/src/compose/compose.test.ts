import { HostError } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddresses } from '../fields/address.js'
import { unfold } from '../fields/field.js'
import { decodeWords } from '../text/encoded-word.js'
import { writeAddress } from './address-writer.js'
import { foldLine, writeField } from './field-writer.js'

describe('an address', () => {
  test.each([
    ['no name', { localPart: 'a', domain: 'b.test' }, 'a@b.test'],
    ['an empty name', { name: '', localPart: 'a', domain: 'b.test' }, 'a@b.test'],
    ['a name of atoms', { name: 'John Doe', localPart: 'a', domain: 'b.test' }, 'John Doe <a@b.test>'],
    ['a name to be quoted', { name: 'Giant; "Big" Box', localPart: 'a', domain: 'b' }, '"Giant; \\"Big\\" Box" <a@b>'],
    ['a name beyond ASCII', { name: 'Jørn', localPart: 'a', domain: 'b' }, '=?utf-8?Q?J=C3=B8rn?= <a@b>'],
    ['a name like an encoded word', { name: '=?x?=', localPart: 'a', domain: 'b' }, '=?utf-8?Q?=3D=3Fx=3F=3D?= <a@b>'],
    ['a local part to be quoted', { localPart: 'john smith', domain: 'b' }, '"john smith"@b'],
    ['dots in wrong places', { localPart: 'a..b', domain: 'b' }, '"a..b"@b'],
    ['a domain literal', { localPart: 'a', domain: '[IPv6:::1]' }, 'a@[IPv6:::1]'],
    ['beyond ASCII', { localPart: 'jörg', domain: 'bücher.example' }, 'jörg@bücher.example'],
  ])('with %s', (_, address, expected) => {
    expect(writeAddress(address)).toBe(expected)
  })

  test.each([
    [{ name: 'a\r\nBcc: x@y', localPart: 'a', domain: 'b' }],
    [{ localPart: 'a\r\nb', domain: 'b' }],
    [{ localPart: '', domain: 'b' }],
    [{ localPart: 'a', domain: '' }],
    [{ localPart: 'a', domain: 'b>\r\nX: y' }],
    [{ localPart: 'a', domain: 'b c' }],
    [{ localPart: 'a', domain: '[a]b]' }],
  ])('that would break out is refused: %j', (address) => {
    expect(() => writeAddress(address)).toThrow(HostError)
  })

  test('is read back', () => {
    const word = fc.string({ minLength: 1, unit: fc.constantFrom(...'ab.@,;:<>()[]"\\ é€') })
    fc.assert(
      fc.property(word, word, (name, localPart) => {
        fc.pre(name.trim() === name && !/[^\0-\x7f]/.test(localPart))
        const [address] = parseAddresses(writeAddress({ name, localPart, domain: 'x.test' }))
        if (address?.kind !== 'mailbox') throw new Error('no mailbox')
        expect([decodeWords(address.name ?? ''), address.localPart, address.domain]).toEqual([
          name,
          localPart,
          'x.test',
        ])
      }),
    )
  })
})

describe('a field', () => {
  test('stands on one line where it can', () => {
    expect(writeField('Subject', 'Saying Hello')).toBe('Subject: Saying Hello\r\n')
  })

  test('is folded at white space', () => {
    const addresses = Array.from({ length: 5 }, (_, i) => `somebody.${i}@example.com`).join(', ')
    expect(writeField('To', addresses)).toBe(
      'To: somebody.0@example.com, somebody.1@example.com, somebody.2@example.com,\r\n somebody.3@example.com, somebody.4@example.com\r\n',
    )
  })

  test('keeps a long word whole, on the line of its name', () => {
    const word = 'x'.repeat(100)
    expect(writeField('Subject', `${word} ${word}`)).toBe(`Subject: ${word}\r\n ${word}\r\n`)
  })

  test.each([
    ['Subject', 'a\r\nBcc: b@c'],
    ['Subject', 'a\nb'],
    ['Subject', 'a\0'],
    ['Sub ject', 'a'],
    ['', 'a'],
    ['A:', 'a'],
  ])('that would let another in is refused: %j %j', (name, body) => {
    expect(() => writeField(name, body)).toThrow(HostError)
  })

  test('unfolds to what it was, without lines of white space', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\t', 'bcdefghij'), maxLength: 200 }), (body) => {
        const folded = foldLine(`Subject: ${body}`)
        expect(unfold(folded)).toBe(`Subject: ${body}`)
        for (const line of folded.split('\r\n')) expect(line).toMatch(/[^ \t]/)
      }),
    )
  })
})

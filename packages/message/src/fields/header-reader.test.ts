import { fromLatin1 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { MESSAGE_LIMITS } from '../limits.js'
import { HeaderReader, readHeader } from './header-reader.js'

function read(text: string): { fields: readonly (readonly [string, string])[]; body: string } {
  const { fields, bodyStart } = readHeader(fromLatin1(text))
  return { fields: fields.map(({ name, raw }) => [name, raw]), body: text.slice(bodyStart) }
}

describe('a header', () => {
  test('of folded fields, up to its blank line', () => {
    expect(read('From: a\r\nTo: b,\r\n c\r\n\r\nbody: x\r\n')).toEqual({
      fields: [
        ['from', 'From: a\r\n'],
        ['to', 'To: b,\r\n c\r\n'],
      ],
      body: 'body: x\r\n',
    })
  })

  test('in obsolete form: space before the colon, a fold of white space alone (RFC 5322 A.6.3)', () => {
    expect(read('To    : Mary Smith\r\n  \r\n          <mary@example.net>\r\n\r\n').fields).toEqual([
      ['to', 'To    : Mary Smith\r\n  \r\n          <mary@example.net>\r\n'],
    ])
  })

  test('keeps 8-bit octets and bare CR as they are', () => {
    expect(read('Subject: \xe9\r \r\n\r\n').fields).toEqual([['subject', 'Subject: \xe9\r \r\n']])
  })

  test('with bare line ends', () => {
    expect(read('From: a\nTo: b\n c\n\nx').fields.map(([name]) => name)).toEqual(['from', 'to'])
    expect(read('From: a\nTo: b\n c\n\nx').body).toBe('x')
  })

  test('ends at a blank line only: lines that are no fields are passed over, and what continues them', () => {
    for (const line of ['Greetings', 'Sub ject: y', ': y', '>From a@b', 'Caf\xe9: y', '-- ']) {
      expect(read(`Subject: x\r\n${line}\r\n more\r\nTo: z\r\n\r\nbody`)).toEqual({
        fields: [
          ['subject', 'Subject: x\r\n'],
          ['to', 'To: z\r\n'],
        ],
        body: 'body',
      })
    }
  })

  test('[B8] is missing where the first line is no field', () => {
    expect(read('Caf\xe9: y\r\n').body).toBe('Caf\xe9: y\r\n')
    expect(read(' x\r\nSubject: y\r\n').body).toBe(' x\r\nSubject: y\r\n')
  })

  test('may follow the separator of an mbox, at the top only', () => {
    expect(read('From a@b Sat Apr 26 12:11:46 2014\r\nSubject: x\r\n\r\n').fields).toEqual([
      ['subject', 'Subject: x\r\n'],
    ])
    expect(read('>From a@b Sat\r\nSubject: x\r\n\r\n').fields).toHaveLength(1)
    expect(read('From a@b\r\nFrom c@d\r\nSubject: x\r\n\r\n').body).toBe('From c@d\r\nSubject: x\r\n\r\n')
  })

  test('may be all there is', () => {
    expect(read('Subject: x')).toEqual({ fields: [['subject', 'Subject: x\r\n']], body: '' })
    expect(read('')).toEqual({ fields: [], body: '' })
  })

  test('gives the fields asked for', () => {
    const text = fromLatin1('A: 1\r\nB: 2\r\nb: 3\r\n\r\n')
    expect(readHeader(text, { wanted: new Set(['b']) }).fields.map(({ raw }) => raw)).toEqual(['B: 2\r\n', 'b: 3\r\n'])
  })

  test('gives fields as they are completed, and where the body begins', () => {
    const reader = new HeaderReader()
    expect(reader.push(fromLatin1('A: 1\r\nB: 2\r\n'))).toEqual([{ name: 'a', raw: 'A: 1\r\n' }])
    expect(reader.bodyStart).toBeNull()
    expect(reader.push(fromLatin1(' 3\r\n\r\nC: 4\r\n'))).toEqual([{ name: 'b', raw: 'B: 2\r\n 3\r\n' }])
    expect(reader.bodyStart).toBe(18)
    expect(reader.push(fromLatin1('D: 5\r\n\r\n'))).toEqual([])
    expect(reader.end()).toEqual([])
  })

  test('is bounded: a field, and the whole', () => {
    const limits = { ...MESSAGE_LIMITS, fieldOctets: 6, headerOctets: 30 }
    const text = fromLatin1(`A: ${'x'.repeat(20)}\r\nB: 1\r\nC: ${'x'.repeat(20)}\r\n\r\nbody`)
    const { fields, bodyStart } = readHeader(text, { limits })
    expect(fields.map(({ raw }) => raw)).toEqual(['A: xxx\r\n'])
    expect(bodyStart).toBe(text.length - 4)
  })
})

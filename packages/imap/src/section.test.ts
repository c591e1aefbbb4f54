import { fromLatin1, latin1, type MessageDigest } from '@mailwright/core'
import { digestMessage } from '@mailwright/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Section } from './command.js'
import { FieldPicker, locateSection } from './section.js'

const lines = (...text: string[]) => text.map((line) => `${line}\r\n`).join('')

/** The message of RFC 3501 §6.4.5, with a text in each part that says its number. */
const EXAMPLE = lines(
  'Subject: whole',
  'Content-Type: multipart/mixed; boundary=w',
  '',
  '--w',
  'Content-Type: text/plain',
  '',
  'part 1',
  '--w',
  'Content-Type: application/octet-stream',
  '',
  'part 2',
  '--w',
  'Content-Type: message/rfc822',
  'X-Mime: 3',
  '',
  'Subject: third',
  'Content-Type: multipart/mixed; boundary=x',
  '',
  '--x',
  '',
  'part 3.1',
  '--x',
  'Content-Type: application/octet-stream',
  '',
  'part 3.2',
  '--x--',
  '--w',
  'Content-Type: multipart/mixed; boundary=y',
  'X-Mime: 4',
  '',
  '--y',
  'Content-Type: image/gif',
  'X-Mime: 4.1',
  '',
  'part 4.1',
  '--y',
  'Content-Type: message/rfc822',
  '',
  'Subject: fourth',
  'Content-Type: multipart/mixed; boundary=z',
  '',
  '--z',
  '',
  'part 4.2.1',
  '--z',
  'Content-Type: multipart/alternative; boundary=q',
  '',
  '--q',
  '',
  'part 4.2.2.1',
  '--q',
  'Content-Type: text/richtext',
  '',
  'part 4.2.2.2',
  '--q--',
  '--z--',
  '--y--',
  '--w--',
)

const PLAIN = lines('Subject: x', 'X-A: 1', ' folded', 'To: y', 'x-a: 2', '', 'body')

const ENCLOSING = lines('Content-Type: message/rfc822', 'X-Outer: 1', '', 'Subject: inner', '', 'inner body')

function read(message: string, part: number[], text: Section['text'], digest = digestOf(message)): string | null {
  const source = locateSection({ part, text }, digest)
  switch (source.kind) {
    case 'none':
      return null
    case 'known':
      return source.octets
    case 'octets':
      return message.slice(source.start, source.end)
    case 'fields': {
      const picker = new FieldPicker(source.choice)
      picker.push(fromLatin1(message.slice(source.start, source.end)))
      return picker.end()
    }
    default:
      return source satisfies never
  }
}

function digestOf(message: string): MessageDigest {
  return digestMessage([fromLatin1(message)])
}

const ALL = { kind: 'all' } as const
const HEADER = { kind: 'header' } as const
const TEXT = { kind: 'text' } as const
const MIME = { kind: 'mime' } as const
const fields = (...names: string[]) => ({ kind: 'headerFields', names }) as const
const fieldsNot = (...names: string[]) => ({ kind: 'headerFieldsNot', names }) as const

describe('part numbers (RFC 3501 §6.4.5)', () => {
  test.each([
    [[1], 'part 1'],
    [[2], 'part 2'],
    [[3, 1], 'part 3.1'],
    [[3, 2], 'part 3.2'],
    [[4, 1], 'part 4.1'],
    [[4, 2, 1], 'part 4.2.1'],
    [[4, 2, 2, 1], 'part 4.2.2.1'],
    [[4, 2, 2, 2], 'part 4.2.2.2'],
  ])('BODY[%j]', (part, text) => {
    expect(read(EXAMPLE, part, ALL)).toBe(text)
  })

  test.each([
    [[], HEADER, 'Subject: whole\r\nContent-Type: multipart/mixed; boundary=w\r\n\r\n'],
    [[3], HEADER, 'Subject: third\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n'],
    [[3], MIME, 'Content-Type: message/rfc822\r\nX-Mime: 3\r\n\r\n'],
    [[4], MIME, 'Content-Type: multipart/mixed; boundary=y\r\nX-Mime: 4\r\n\r\n'],
    [[4, 1], MIME, 'Content-Type: image/gif\r\nX-Mime: 4.1\r\n\r\n'],
    [[4, 2], HEADER, 'Subject: fourth\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n'],
    [[4, 2, 1], MIME, '\r\n'],
    [
      [3],
      TEXT,
      lines('--x', '', 'part 3.1', '--x', 'Content-Type: application/octet-stream', '', 'part 3.2', '--x--').slice(
        0,
        -2,
      ),
    ],
    [[3], fields('subject'), 'Subject: third\r\n\r\n'],
    [[3], fieldsNot('subject'), 'Content-Type: multipart/mixed; boundary=x\r\n\r\n'],
  ])('BODY[%j] with %j', (part, text, octets) => {
    expect(read(EXAMPLE, part, text)).toBe(octets)
  })

  test('BODY[], HEADER and TEXT make up the message', () => {
    expect(read(EXAMPLE, [], ALL)).toBe(EXAMPLE)
    expect(`${read(EXAMPLE, [], HEADER)}${read(EXAMPLE, [], TEXT)}`).toBe(EXAMPLE)
  })

  test.each([
    [[5], ALL],
    [[1, 1], ALL],
    [[2, 1, 1], MIME],
    [[1], HEADER],
    [[4], TEXT],
    [[4], HEADER],
    [[4, 1], fields('subject')],
    [[4, 2, 3], ALL],
  ])('BODY[%j] with %j is NIL: there is none', (part, text) => {
    expect(read(EXAMPLE, part, text)).toBeNull()
  })
})

describe('a message that is not multipart', () => {
  test('its body is part 1', () => {
    expect(read(PLAIN, [1], ALL)).toBe('body\r\n')
    expect(read(PLAIN, [2], ALL)).toBeNull()
    expect(read(PLAIN, [1, 1], ALL)).toBeNull()
    expect(read(PLAIN, [1], HEADER)).toBeNull()
  })

  test('[F11] 1.MIME is its header with the blank line', () => {
    expect(read(PLAIN, [1], MIME)).toBe(lines('Subject: x', 'X-A: 1', ' folded', 'To: y', 'x-a: 2', ''))
  })

  test('a message in it is reached through part 1', () => {
    expect(read(ENCLOSING, [1], ALL)).toBe(lines('Subject: inner', '', 'inner body'))
    expect(read(ENCLOSING, [1], HEADER)).toBe(lines('Subject: inner', ''))
    expect(read(ENCLOSING, [1], MIME)).toBe(lines('Content-Type: message/rfc822', 'X-Outer: 1', ''))
    expect(read(ENCLOSING, [1, 1], ALL)).toBe('inner body\r\n')
    expect(read(ENCLOSING, [1, 1], MIME)).toBe(lines('Subject: inner', ''))
  })
})

describe('HEADER.FIELDS (RFC 3501 §6.4.5)', () => {
  test.each([
    [fields('X-a'), 'X-A: 1\r\n folded\r\nx-a: 2\r\n\r\n'],
    [fields('to', 'SUBJECT'), 'Subject: x\r\nTo: y\r\n\r\n'],
    [fields('nope'), '\r\n'],
    [fieldsNot('x-a', 'to'), 'Subject: x\r\n\r\n'],
    [fieldsNot('nope'), 'Subject: x\r\nX-A: 1\r\n folded\r\nTo: y\r\nx-a: 2\r\n\r\n'],
  ])('%j', (text, octets) => {
    expect(read(PLAIN, [], text)).toBe(octets)
  })

  test('fields a digest keeps are known without the message', () => {
    expect(locateSection({ part: [], text: fields('To', 'Subject') }, digestOf(PLAIN))).toEqual({
      kind: 'known',
      octets: 'Subject: x\r\nTo: y\r\n\r\n',
    })
    expect(locateSection({ part: [], text: fields('To', 'X-A') }, digestOf(PLAIN)).kind).toBe('fields')
    expect(locateSection({ part: [], text: fieldsNot('To') }, digestOf(PLAIN)).kind).toBe('fields')
  })

  test('a header too long for a digest is read', () => {
    const long = lines(`Subject: ${'x'.repeat(110_000)}`, '', 'body')
    expect(locateSection({ part: [], text: fields('subject') }, digestOf(long)).kind).toBe('fields')
    expect(read(long, [], fields('subject'))).toBe(long.slice(0, -'body\r\n'.length))
  })

  test('the blank line is left out only where there is neither body nor blank line', () => {
    expect(read(lines('To: y', 'X: z'), [], fields('to'))).toBe('To: y\r\n')
    expect(read(lines('To: y', 'X: z', ''), [], fields('to'))).toBe('To: y\r\n\r\n')
  })

  test('[B8] a body without a header gets the blank line before it', () => {
    expect(read(lines('Greetings'), [], fields('x-a'))).toBe('\r\n')
    expect(read(lines('Greetings'), [], fields('subject'))).toBe('\r\n')
  })

  test('any cutting of a header gives the same fields', () => {
    const header = PLAIN.slice(0, PLAIN.indexOf('body'))
    const choice = { mode: 'only', names: new Set(['x-a']), hasBody: true } as const
    fc.assert(
      fc.property(fc.array(fc.nat({ max: header.length })), (cuts) => {
        const picker = new FieldPicker(choice)
        let at = 0
        for (const cut of [...cuts.sort((one, other) => one - other), header.length]) {
          picker.push(fromLatin1(header.slice(at, cut)))
          at = cut
        }
        expect(picker.end()).toBe('X-A: 1\r\n folded\r\nx-a: 2\r\n\r\n')
      }),
    )
  })

  test('octets pass unchanged', () => {
    const choice = { mode: 'except', names: new Set<string>(), hasBody: false } as const
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        const picker = new FieldPicker(choice)
        picker.push(octets)
        expect(picker.end()).toBe(latin1(octets))
      }),
    )
  })
})

import { fromLatin1 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { IMAP_LIMITS } from '../limits.js'
import { parseCommand } from './parse-command.js'

const OPTIONS = { limits: IMAP_LIMITS.afterLogin, utf8: false }

function items(text: string, ...more: [literal: string, line: string][]) {
  const lines = [`a FETCH 1 ${text}`, ...more.map(([, line]) => line)]
  const parsed = parseCommand({ lines, literals: more.map(([literal]) => fromLatin1(literal)) }, OPTIONS)
  return parsed.kind === 'command' && parsed.command.name === 'FETCH' ? parsed.command.items : parsed
}

function section(part: number[], text: object, label: string) {
  return { item: 'BODY[]', section: { part, text }, partial: null, isPeek: false, label }
}

describe('fetch-att (RFC 3501 §6.4.5)', () => {
  test.each([
    ['ALL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
    ['all', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
    ['FAST', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
    ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
    ['UID', ['UID']],
    ['BODY', ['BODY']],
    ['bodystructure', ['BODYSTRUCTURE']],
    ['(RFC822 RFC822.HEADER RFC822.TEXT RFC822.SIZE)', ['RFC822', 'RFC822.HEADER', 'RFC822.TEXT', 'RFC822.SIZE']],
    ['(FLAGS flags UID FLAGS)', ['FLAGS', 'UID']],
  ])('[F9] %s', (text, names) => {
    expect(items(text)).toEqual(names.map((item) => ({ item })))
  })

  test.each([
    ['BODY[]', [], { kind: 'all' }, '[]'],
    ['BODY[HEADER]', [], { kind: 'header' }, '[HEADER]'],
    ['BODY[text]', [], { kind: 'text' }, '[TEXT]'],
    ['BODY[1]', [1], { kind: 'all' }, '[1]'],
    ['BODY[4.2.2.1]', [4, 2, 2, 1], { kind: 'all' }, '[4.2.2.1]'],
    ['BODY[4.1.MIME]', [4, 1], { kind: 'mime' }, '[4.1.MIME]'],
    ['BODY[4.2.HEADER]', [4, 2], { kind: 'header' }, '[4.2.HEADER]'],
    ['BODY[3.text]', [3], { kind: 'text' }, '[3.TEXT]'],
    [
      'BODY[HEADER.FIELDS (DATE FROM)]',
      [],
      { kind: 'headerFields', names: ['DATE', 'FROM'] },
      '[HEADER.FIELDS (DATE FROM)]',
    ],
    [
      'body[1.2.header.fields.not ("X-A" x-B)]',
      [1, 2],
      { kind: 'headerFieldsNot', names: ['X-A', 'x-B'] },
      '[1.2.HEADER.FIELDS.NOT (X-A x-B)]',
    ],
  ])('%s', (text, part, of, label) => {
    expect(items(text)).toEqual([section(part, of, label)])
  })

  test('header field names may be literals', () => {
    expect(items('BODY[HEADER.FIELDS ({4}', ['Date', ' {7}'], ['Subject', ')]'])).toEqual([
      section([], { kind: 'headerFields', names: ['Date', 'Subject'] }, '[HEADER.FIELDS (Date Subject)]'),
    ])
  })

  test('a name that cannot stand bare is quoted in the answer', () => {
    expect(items('BODY[HEADER.FIELDS ("a(b")]')).toMatchObject([{ label: '[HEADER.FIELDS ("a(b")]' }])
  })

  test('[F11] BODY.PEEK and partials', () => {
    expect(items('(BODY.PEEK[1.MIME])')).toEqual([{ ...section([1], { kind: 'mime' }, '[1.MIME]'), isPeek: true }])
    expect(items('BODY[TEXT]<0.2048>')).toEqual([
      { ...section([], { kind: 'text' }, '[TEXT]<0>'), partial: { start: 0, count: 2048 } },
    ])
    expect(items('(BODY[]<0.1> BODY[]<0.2> BODY[]<1.1> BODY.PEEK[]<0.1> BODY[]<0.1>)')).toHaveLength(4)
  })

  test.each([
    'NOPE',
    'BODY[',
    'BODY[]<0.0>',
    'BODY[]<0>',
    'BODY[]<0.4294967296>',
    'BODY[]<-1.1>',
    'BODY[0]',
    'BODY[1.0]',
    'BODY[1.]',
    'BODY[.1]',
    'BODY[1..2]',
    'BODY[1.2.]',
    'BODY[MIME]',
    'BODY[HEADERS]',
    'BODY[HEADER.FIELDS]',
    'BODY[HEADER.FIELDS ()]',
    'BODY[HEADER.FIELDS (a b]',
    'BODY[HEADER.FIELDS ("")]',
    'BODY[HEADER.FIELDS ("a:b")]',
    'BODY[HEADER.FIELDS ("a b")]',
    'BODY[TEXT.1]',
    'BODY.PEEK',
    'BODYSTRUCTURE[]',
    'RFC822.NOPE',
    'FLAGS UID',
    '(FLAGS  UID)',
    '(FLAGS)(UID)',
    '(FULL)',
  ])('%s is refused', (text) => {
    expect(items(text)).toMatchObject({ kind: 'bad', tag: 'a' })
  })

  test('items are bounded, since each may cost a whole message', () => {
    const bodies = (count: number) => Array.from({ length: count }, (_, at) => `BODY[]<${at}.1>`).join(' ')
    expect(items(`(${bodies(256)})`)).toHaveLength(256)
    expect(items(`(${bodies(257)})`)).toMatchObject({ kind: 'no', code: 'LIMIT' })
  })
})

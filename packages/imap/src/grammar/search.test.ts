import { ANSWERED, DELETED, DRAFT, FLAGGED, fromLatin1, SEEN } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { IMAP_LIMITS } from '../limits.js'
import { parseCommand } from './parse-command.js'

const OPTIONS = { limits: IMAP_LIMITS.afterLogin, utf8: false }
const DAY = 86_400_000

function parse(text: string, ...more: [literal: string, line: string][]) {
  const lines = [`a SEARCH ${text}`, ...more.map(([, line]) => line)]
  return parseCommand({ lines, literals: more.map(([literal]) => fromLatin1(literal)) }, OPTIONS)
}

function keys(text: string, ...more: [literal: string, line: string][]) {
  const parsed = parse(text, ...more)
  return parsed.kind === 'command' && parsed.command.name === 'SEARCH' ? parsed.command.keys : parsed
}

const flag = (bit: number, isSet: boolean) => ({ key: 'flag', bit, isSet })
const header = (name: string, text: string) => ({ key: 'header', of: 'field', name, text })
const addresses = (name: string, text: string) => ({ key: 'header', of: 'addresses', name, text })
const day = (of: string, is: string) => ({ key: 'date', of, is, day: Date.UTC(1994, 1, 1) / DAY })
const set = (numbering: string, first: number, last = first) => ({
  key: 'set',
  numbering,
  set: { kind: 'ranges', ranges: [{ first, last }] },
})

describe('search-key (RFC 3501 §6.4.4)', () => {
  test.each<[string, object]>([
    ['ALL', { key: 'all' }],
    ['ANSWERED', flag(ANSWERED, true)],
    ['BCC x', addresses('bcc', 'x')],
    ['BEFORE 1-Feb-1994', day('internal', 'before')],
    ['BODY "a b"', { key: 'body', text: 'a b' }],
    ['CC x', addresses('cc', 'x')],
    ['DELETED', flag(DELETED, true)],
    ['DRAFT', flag(DRAFT, true)],
    ['FLAGGED', flag(FLAGGED, true)],
    ['FROM "Smith"', addresses('from', 'Smith')],
    ['HEADER Message-ID <x@y>', header('message-id', '<x@y>')],
    ['HEADER X-Spam ""', header('x-spam', '')],
    ['KEYWORD $Junk', { key: 'keyword', name: '$Junk', isSet: true }],
    ['LARGER 4294967295', { key: 'larger', octets: 4_294_967_295 }],
    ['NEW', { key: 'and', keys: [{ key: 'recent', isSet: true }, flag(SEEN, false)] }],
    ['OLD', { key: 'recent', isSet: false }],
    ['ON "1-Feb-1994"', day('internal', 'on')],
    ['RECENT', { key: 'recent', isSet: true }],
    ['seen', flag(SEEN, true)],
    ['SENTBEFORE 1-Feb-1994', day('sent', 'before')],
    ['SENTON 1-Feb-1994', day('sent', 'on')],
    ['SENTSINCE 1-Feb-1994', day('sent', 'since')],
    ['SINCE 1-Feb-1994', day('internal', 'since')],
    ['SMALLER 0', { key: 'smaller', octets: 0 }],
    ['SUBJECT x', header('subject', 'x')],
    ['TEXT x', { key: 'text', text: 'x' }],
    ['TO x', addresses('to', 'x')],
    ['UID 3', set('uid', 3)],
    ['UNANSWERED', flag(ANSWERED, false)],
    ['UNDELETED', flag(DELETED, false)],
    ['UNDRAFT', flag(DRAFT, false)],
    ['UNFLAGGED', flag(FLAGGED, false)],
    ['UNKEYWORD x', { key: 'keyword', name: 'x', isSet: false }],
    ['UNSEEN', flag(SEEN, false)],
    ['*', set('seq', Number.POSITIVE_INFINITY)],
    ['2:4', set('seq', 2, 4)],
  ])('%s', (text, key) => {
    expect(keys(text)).toEqual(key)
  })

  test('keys side by side must all be met', () => {
    expect(keys('FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"')).toEqual({
      key: 'and',
      keys: [flag(FLAGGED, true), day('internal', 'since'), { key: 'not', of: addresses('from', 'Smith') }],
    })
  })

  test('OR takes two keys, NOT one, a list any number', () => {
    expect(keys('OR SEEN NOT (DRAFT 1 OR (2) ALL)')).toEqual({
      key: 'or',
      left: flag(SEEN, true),
      right: {
        key: 'not',
        of: {
          key: 'and',
          keys: [flag(DRAFT, true), set('seq', 1), { key: 'or', left: set('seq', 2), right: { key: 'all' } }],
        },
      },
    })
    expect(keys('OR OR 1 2 3')).toEqual({
      key: 'or',
      left: { key: 'or', left: set('seq', 1), right: set('seq', 2) },
      right: set('seq', 3),
    })
    expect(keys('NOT NOT NOT SEEN')).toEqual({ key: 'not', of: flag(SEEN, true) })
    expect(keys('((((SEEN))))')).toEqual(flag(SEEN, true))
  })

  test('[F10] UID SEARCH *', () => {
    const parsed = parseCommand({ lines: ['b UID SEARCH *'], literals: [] }, OPTIONS)
    expect(parsed).toMatchObject({
      command: { name: 'SEARCH', numbering: 'uid', charset: null, keys: { numbering: 'seq' } },
    })
  })

  test('a long chain of OR, as clients write it, is no deep one to read', () => {
    const chain = `${'OR SEEN '.repeat(499)}SEEN`
    expect(parse(chain)).toMatchObject({ kind: 'command' })
    expect(parse(`${'OR SEEN '.repeat(500)}SEEN`)).toMatchObject({ kind: 'no', code: 'LIMIT' })
  })

  test.each([
    'NOPE',
    'OR SEEN',
    'NOT',
    'NOT ',
    '()',
    '(SEEN',
    'SEEN)',
    'SEEN  SEEN',
    '( SEEN)',
    'FROM',
    'HEADER x',
    'LARGER x',
    'LARGER 4294967296',
    'BEFORE 30-Feb-1994',
    'KEYWORD \\Seen',
    'UID x',
    'UID',
    '0',
    'CHARSET UTF-8',
    'CHARSET UTF-8 ',
    `${'('.repeat(33)}SEEN${')'.repeat(33)}`,
  ])('%s is refused', (text) => {
    expect(parse(text)).toMatchObject({ kind: 'bad', tag: 'a' })
  })
})

describe('CHARSET', () => {
  test.each([
    ['CHARSET UTF-8 TEXT {6}', '\u00e3\u0081\u0082\u00c3\u00a4x', '\u3042\u00e4x', 'UTF-8'],
    ['charset iso-8859-1 TEXT {1}', '\u00e4', '\u00e4', 'ISO-8859-1'],
    ['CHARSET "KOI8-R" TEXT {3}', '\u00d0\u00d2\u00c9', '\u043f\u0440\u0438', 'KOI8-R'],
    ['CHARSET ISO-2022-JP TEXT {8}', '\x1b$B$"\x1b(B', '\u3042', 'ISO-2022-JP'],
    ['TEXT {2}', '\u00c3\u00a4', '\u00e4', null],
  ])('%s', (text, literal, expected, charset) => {
    expect(parse(text, [literal, ''])).toMatchObject({ command: { charset, keys: { key: 'text', text: expected } } })
  })

  test('one nobody knows is NO [BADCHARSET], with those we know (RFC 3501 §7.1)', () => {
    expect(parse('CHARSET X-NOPE TEXT x')).toMatchObject({
      kind: 'no',
      tag: 'a',
      code: expect.stringMatching(/^BADCHARSET \(US-ASCII UTF-8 ISO-8859-1 .*\)$/),
    })
  })

  test.each([
    ['CHARSET US-ASCII TEXT {1}', '\u00e4'],
    ['CHARSET UTF-8 TEXT {1}', '\u00e4'],
    ['TEXT {1}', '\u00ff'],
    ['CHARSET SHIFT_JIS TEXT {1}', '\u0081'],
  ])('octets that are not of the charset are refused: %s', (text, literal) => {
    expect(parse(text, [literal, ''])).toMatchObject({ kind: 'bad' })
  })
})

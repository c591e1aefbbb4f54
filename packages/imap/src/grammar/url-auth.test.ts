import { describe, expect, test } from 'vitest'
import { IMAP_LIMITS } from '../limits.js'
import { parseCommand } from './parse-command.js'

function parse(line: string) {
  const parsed = parseCommand({ lines: [line], literals: [] }, { limits: IMAP_LIMITS.afterLogin, utf8: false })
  return parsed.kind === 'command' ? parsed.command : parsed
}

const items = (...names: readonly string[]): ReadonlySet<string> => new Set(names)

describe('RESETKEY (RFC 4467 §9)', () => {
  test.each([
    ['RESETKEY', null, []],
    ['resetkey inbox', 'INBOX', []],
    ['RESETKEY "Sent Mail" INTERNAL x-2.b', 'Sent Mail', ['INTERNAL', 'X-2.B']],
  ])('%s', (line, mailbox, mechanisms) => {
    expect(parse(`a ${line}`)).toEqual({ name: 'RESETKEY', mailbox, mechanisms })
  })
})

describe('GENURLAUTH (RFC 4467 §9)', () => {
  test('pairs of URL and mechanism', () => {
    expect(parse('a GENURLAUTH imap://a INTERNAL "imap://b" xsample')).toEqual({
      name: 'GENURLAUTH',
      rumps: [
        { url: 'imap://a', mechanism: 'INTERNAL' },
        { url: 'imap://b', mechanism: 'XSAMPLE' },
      ],
    })
  })
})

describe('URLFETCH (RFC 5524 §5)', () => {
  test.each([
    ['x', [{ url: 'x', items: items() }]],
    [
      '"x" y',
      [
        { url: 'x', items: items() },
        { url: 'y', items: items() },
      ],
    ],
    ['("x")', [{ url: 'x', items: items() }]],
    ['(x body)', [{ url: 'x', items: items('BODY') }]],
    [
      '(x BINARY BodyPartStructure) y',
      [
        { url: 'x', items: items('BINARY', 'BODYPARTSTRUCTURE') },
        { url: 'y', items: items() },
      ],
    ],
  ])('%s', (text, urls) => {
    expect(parse(`a URLFETCH ${text}`)).toEqual({ name: 'URLFETCH', urls })
  })
})

test.each([
  'RESETKEY ',
  'RESETKEY INBOX ',
  'RESETKEY INBOX (INTERNAL)',
  'RESETKEY INBOX "INTERNAL"',
  'GENURLAUTH',
  'GENURLAUTH x',
  'GENURLAUTH x ',
  'GENURLAUTH x INTERNAL y',
  'GENURLAUTH x "INTERNAL"',
  'URLFETCH',
  'URLFETCH ()',
  'URLFETCH ( x)',
  'URLFETCH (x BODY',
  'URLFETCH (x BODY )',
  'URLFETCH (x BODY)(y)',
  'URLFETCH (x BODY BINARY)',
  'URLFETCH (x BODY BODY)',
  'URLFETCH (x PREVIEW)',
  'URLFETCH ((x))',
])('no command: %s', (line) => {
  expect(parse(`a ${line}`)).toMatchObject({ kind: 'bad', tag: 'a' })
})

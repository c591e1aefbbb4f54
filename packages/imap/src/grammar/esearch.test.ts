import { describe, expect, test } from 'vitest'
import { IMAP_LIMITS } from '../limits.js'
import { parseCommand } from './parse-command.js'

const OPTIONS = { limits: IMAP_LIMITS.afterLogin, utf8: false }

function parse(text: string) {
  return parseCommand({ lines: [`a ${text}`], literals: [] }, OPTIONS)
}

function sources(text: string) {
  const parsed = parse(text)
  return parsed.kind === 'command' && parsed.command.name === 'ESEARCH' ? parsed.command.sources : parsed
}

describe('esearch (RFC 7377 §4)', () => {
  test.each<[string, readonly object[]]>([
    ['ESEARCH UNSEEN', [{ kind: 'selected' }]],
    ['UID ESEARCH FROM "frobozz" 1:100', [{ kind: 'selected' }]],
    ['ESEARCH IN (selected) ALL', [{ kind: 'selected' }]],
    ['ESEARCH in (Personal INBOXES) ALL', [{ kind: 'personal' }, { kind: 'personal' }]],
    ['ESEARCH IN (subscribed) RETURN (COUNT) ALL', [{ kind: 'subscribed' }]],
    [
      'ESEARCH IN (mailboxes "folder1" subtree "folder2") unseen',
      [
        { kind: 'mailboxes', names: new Set(['folder1']) },
        { kind: 'subtree', names: new Set(['folder2']) },
      ],
    ],
    [
      'ESEARCH IN (mailboxes "folder1" subtree-one "folder2") subject "chad"',
      [
        { kind: 'mailboxes', names: new Set(['folder1']) },
        { kind: 'subtreeOne', names: new Set(['folder2']) },
      ],
    ],
    ['ESEARCH IN (mailboxes (inbox "INBOX" a)) ALL', [{ kind: 'mailboxes', names: new Set(['INBOX', 'a']) }]],
  ])('%s', (text, expected) => {
    expect(sources(text)).toEqual(expected)
  })

  test('options, charset and keys follow', () => {
    expect(parse('ESEARCH IN (personal) RETURN (MIN PARTIAL 1:3) CHARSET utf-8 UID 7')).toMatchObject({
      command: {
        charset: 'UTF-8',
        keys: { key: 'set', numbering: 'uid' },
        returns: { items: new Set(['MIN']), partial: { first: 1, last: 3 } },
      },
    })
  })

  test.each([
    ['ESEARCH IN (selected-delayed) ALL', 'Unknown mailbox filter SELECTED-DELAYED'],
    ['ESEARCH IN (personal (depth 1)) ALL', 'Unknown scope option'],
    ['ESEARCH IN (personal ()) ALL', 'Unknown scope option'],
    ['ESEARCH IN (personal subscribed) RETURN (SAVE) ALL', 'SAVE needs the selected mailbox alone'],
    ['ESEARCH IN (subtree) ALL', 'Missing argument'],
    ['ESEARCH IN (personal)', 'Missing argument'],
    ['ESEARCH IN personal ALL', 'Unknown argument IN'],
  ])('%s is refused', (text, reason) => {
    expect(parse(text)).toMatchObject({ kind: 'bad', reason: `Error in IMAP command ESEARCH: ${reason}.` })
  })

  test('many filters are too many', () => {
    const many = (count: number) => `ESEARCH IN (${Array.from({ length: count }, () => 'personal').join(' ')}) ALL`
    expect(sources(many(OPTIONS.limits.patterns))).toHaveLength(OPTIONS.limits.patterns)
    expect(parse(many(OPTIONS.limits.patterns + 1))).toMatchObject({ kind: 'no', code: 'LIMIT' })
  })
})

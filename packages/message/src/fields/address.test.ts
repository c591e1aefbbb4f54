import { describe, expect, test } from 'vitest'
import { type Address, parseAddresses } from './address.js'

/** Compact: `name <route:local|domain>`, `{group`, `}`. */
function show(address: Address): string {
  switch (address.kind) {
    case 'groupStart':
      return `{${address.name}`
    case 'groupEnd':
      return '}'
    case 'mailbox':
      return `${address.name ?? '-'} <${address.route ?? ''}${address.localPart}|${address.domain}>`
    default:
      return address satisfies never
  }
}

const table: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
  // RFC 5322 appendix A.1
  ['a simple address (A.1.1)', 'John Doe <jdoe@machine.example>', ['John Doe <jdoe|machine.example>']],
  [
    'a quoted name (A.1.2)',
    '"Joe Q. Public" <john.q.public@example.com>',
    ['Joe Q. Public <john.q.public|example.com>'],
  ],
  [
    'different types of mailboxes (A.1.2)',
    'Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>',
    ['Mary Smith <mary|x.test>', '- <jdoe|example.org>', 'Who? <one|y.test>'],
  ],
  [
    'quoted pairs in a name (A.1.2)',
    '<boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
    ['- <boss|nil.test>', 'Giant; "Big" Box <sysservices|example.net>'],
  ],
  [
    'a group (A.1.3)',
    'A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;',
    ['{A Group', 'Ed Jones <c|a.test>', '- <joe|where.test>', 'John <jdoe|one.test>', '}'],
  ],
  ['an empty group (A.1.3)', 'Undisclosed recipients:;', ['{Undisclosed recipients', '}']],
  // RFC 5322 appendix A.5, A.6
  [
    'comments within (A.5)',
    'Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>',
    ['Pete <pete|silly.test>'],
  ],
  [
    'a group with comments and folds (A.5)',
    "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)",
    ['{A Group', 'Chris Jones <c|public.example>', '- <joe|example.org>', 'John <jdoe|one.test>', '}'],
  ],
  [
    'an empty group with nested comments (A.5)',
    '(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;',
    ['{Hidden recipients', '}'],
  ],
  [
    'an unquoted dot in a name (A.6.1)',
    'Joe Q. Public <john.q.public@example.com>',
    ['Joe Q. Public <john.q.public|example.com>'],
  ],
  [
    'a route, a null member and space around a dot (A.6.1)',
    'Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example',
    ['Mary Smith <@node.testmary|example.net>', '- <jdoe|test.example>'],
  ],
  [
    'comments and space in a domain (A.6.3)',
    'John Doe <jdoe@machine(comment).  example>',
    ['John Doe <jdoe|machine.example>'],
  ],
  [
    'a line of white space within (A.6.3)',
    'Mary Smith\r\n  \r\n          <mary@example.net>',
    ['Mary Smith <mary|example.net>'],
  ],
  ['a route of several domains', '<@a.test,,@b.test:c@d>', ['- <@a.test,,@b.testc|d>']],
  // RFC 2047 §8
  [
    'a comment as name, still encoded',
    'nsb@thumper.bellcore.com (=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=)',
    ['=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?= <nsb|thumper.bellcore.com>'],
  ],
  ['[H6] the old style of mailx', 'root@rhel1.local.com (root)', ['root <root|rhel1.local.com>']],
  ['[H6] a comment of several words, with a nested one', 'a@b (Cron (the) Daemon)', ['Cron (the) Daemon <a|b>']],
  ['a comment beside a full address names nobody', '<a@b> (c)', ['- <a|b>']],
  ['a comment before an address names nobody', '(c) a@b, c@d', ['- <a|b>', '- <c|d>']],
  // Other forms of the grammar
  ['a domain literal', 'a@[192.0.2.1], b@[IPv6: ::1]', ['- <a|[192.0.2.1]>', '- <b|[IPv6:::1]>']],
  ['a quoted local part', '"john smith"@x.test', ['- <john smith|x.test>']],
  ['an obsolete local part of words', 'a . "b c" . d@x', ['- <a.b c.d|x>']],
  ['text beyond ASCII as it comes', 'J\xc3\xb6rg <j\xc3\xb6@x>', ['J\xc3\xb6rg <j\xc3\xb6|x>']],
  ['null members only', ' , ,(x), ', []],
  ['nothing', '', []],
  // What is written in spite of the grammar
  ['no domain, as cron writes', 'root', ['- <root|>']],
  ['no domain, with a comment', 'root (Cron Daemon)', ['Cron Daemon <root|>']],
  ['words without an address', 'undisclosed recipients', ['undisclosed recipients <|>']],
  ['an address as its own name', 'a@b.test <a@b.test>', ['a@b.test <a|b.test>']],
  ['a name before a bare address', 'John Doe jdoe@x.test', ['John Doe <jdoe|x.test>']],
  ['semicolons between addresses', 'a@b; c@d;', ['- <a|b>', '- <c|d>']],
  ['empty brackets', 'MAILER-DAEMON <>', ['MAILER-DAEMON <|>']],
  ['two bracketed addresses without a comma', '<a@b> <c@d>', ['- <a|b>', '- <c|d>']],
  ['doubled brackets', '<<a@b>>', ['- <a|b>']],
  ['a bracket that does not close', 'A <a@b, c@d', ['A <a|b>', '- <c|d>']],
  ['a quote that does not close', '"A <a@b>, c@d', ['A <a|b>', '- <c|d>']],
  ['a comment that does not close', 'A (x <a@b>, c@d', ['A x <a|b>', '- <c|d>']],
  ['a literal that does not close', 'a@[1.2, c@d', ['- <a|[1.2>', '- <c|d>']],
  ['a group that does not end', 'G: a@b, c@d', ['{G', '- <a|b>', '- <c|d>', '}']],
  ['several at signs', 'a@b@c', ['- <a@b|c>']],
  ['only a domain', '@x.test', ['- <|x.test>']],
  ['dots where none may be', '.a..b.@x.', ['- <.a..b.|x.>']],
]

describe('an address list', () => {
  test.each(table)('%s', (_, text, expected) => {
    expect(parseAddresses(text).map(show)).toEqual(expected)
  })

  test('ends at the limit, and so does the group it is in', () => {
    expect(parseAddresses('G: a@b, c@d, e@f;', 2).map(show)).toEqual(['{G', '- <a|b>', '}'])
    expect(parseAddresses('a@b, c@d, e@f', 2).map(show)).toEqual(['- <a|b>', '- <c|d>'])
  })

  test('takes time linear in its length, whatever it holds (CVE-2025-14874)', () => {
    // 100,000 of each; a quadratic reader would take minutes.
    for (const text of ['(', '"', '\\', '<', '@a,', '[', ':', ';', ',', '(a', '"\\', 'a ', '. ', '<@a,', '@', '<a:']) {
      expect(parseAddresses(text.repeat(100_000)).length).toBeLessThanOrEqual(10_001)
    }
    expect(parseAddresses(`${'('.repeat(100_000)}${')'.repeat(100_000)}a@b`)).toHaveLength(1)
  })
})

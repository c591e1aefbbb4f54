import { fromUtf8, latin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SMTP_LIMITS } from '../limits.js'
import { type Mailbox, type PathSyntax, writeMailbox } from './mailbox.js'
import { type PathResult, parseMailbox, parsePath } from './path.js'

const A64 = 'a'.repeat(64)
const LABEL = `${'d'.repeat(62)}.`

function parse(text: string, syntax: PathSyntax): PathResult {
  return parsePath(text, { syntax, limits: SMTP_LIMITS })
}

function path(localPart: string, domain: string | null): Mailbox {
  return { localPart, domain }
}

/** A sentence, what stands behind the colon, and what it means in each syntax; a word says why it is refused. */
type Row = readonly [name: string, text: string, lenient: Mailbox | null | string, strict: Mailbox | null | string]

const BOTH_WAYS: readonly Row[] = (
  [
    ['an ordinary address', '<a@example.org>', path('a', 'example.org')],
    ['the null reverse-path', '<>', null],
    ['case is kept', '<Smith@Bar.COM>', path('Smith', 'Bar.COM')],
    ['a dot string', '<a.b.c@example.org>', path('a.b.c', 'example.org')],
    ['every atext character', "<!#$%&'*+-/=?^_`{|}~@example.org>", path("!#$%&'*+-/=?^_`{|}~", 'example.org')],
    ['a plus address', '<user+ext@example.org>', path('user+ext', 'example.org')],
    ['the percent hack is a local part', '<a%b@example.org>', path('a%b', 'example.org')],
    ['a bang path is a local part', '<host!user@example.org>', path('host!user', 'example.org')],
    ['digits only', '<1@2.3>', path('1', '2.3')],
    ['a domain of one label', '<a@localhost>', path('a', 'localhost')],
    ['hyphens within a label', '<a@x--y.z-1>', path('a', 'x--y.z-1')],
    ['a quoted string', '<"joe smith"@example.org>', path('joe smith', 'example.org')],
    ['an at sign in quotes', '<"a@b"@example.org>', path('a@b', 'example.org')],
    ['brackets in quotes', '<"<a>"@example.org>', path('<a>', 'example.org')],
    ['an escaped comma, RFC 5321 §4.1.2', '<"Joe\\,Smith"@example.org>', path('Joe,Smith', 'example.org')],
    ['escaped quote and backslash', '<"a\\"b\\\\c"@example.org>', path('a"b\\c', 'example.org')],
    ['quotes that were not needed', '<"a.b"@example.org>', path('a.b', 'example.org')],
    ['the empty quoted string', '<""@example.org>', path('', 'example.org')],
    ['an IPv4 literal', '<a@[192.0.2.1]>', path('a', '[192.0.2.1]')],
    ['an IPv6 literal', '<a@[IPv6:2001:db8::1]>', path('a', '[IPv6:2001:db8::1]')],
    ['a literal with a tag that nobody registered', '<a@[x400:c=no]>', 'syntax'],
    ['a source route is dropped', '<@one.example,@two.example:a@example.org>', path('a', 'example.org')],
    ['a source route of one host', '<@[192.0.2.1]:a@example.org>', path('a', 'example.org')],
    ['postmaster without a domain', '<postmaster>', path('postmaster', null)],
    ['postmaster in any case', '<PostMaster>', path('PostMaster', null)],
    ['parameters follow a blank', '<a@example.org> SIZE=1', path('a', 'example.org')],
    ['parameters follow a tab', '<a@example.org>\tSIZE=1', path('a', 'example.org')],
    ['a local part of 64 octets', `<${A64}@example.org>`, path(A64, 'example.org')],
    [
      'a path of 256 octets',
      `<a@${LABEL.repeat(3)}${'d'.repeat(63)}>`,
      path('a', `${LABEL.repeat(3)}${'d'.repeat(63)}`),
    ],
    ['a local part of 65 octets', `<${A64}a@example.org>`, 'tooLong'],
    ['quotes count as sent', `<"${'a'.repeat(63)}"@example.org>`, 'tooLong'],
    ['a domain of 256 octets', `<a@${LABEL.repeat(4)}dddd>`, 'tooLong'],
    ['a path of 257 octets', `<aaaaa@${LABEL.repeat(3)}${'d'.repeat(61)}>`, 'tooLong'],
    ['no local part', '<@example.org>', 'syntax'],
    ['no domain behind the at sign', '<a@>', 'syntax'],
    ['two at signs', '<a@b@example.org>', 'syntax'],
    ['no closing bracket', '<a@example.org', 'syntax'],
    ['no opening bracket', 'a@example.org>', 'syntax'],
    ['text right behind the bracket', '<a@example.org>x', 'syntax'],
    ['two addresses', '<a@example.org>,<b@example.org>', 'syntax'],
    ['a bracket within brackets', '<<a@example.org>>', 'syntax'],
    ['a blank within brackets', '< a@example.org>', 'syntax'],
    ['a blank in the local part', '<a b@example.org>', 'syntax'],
    ['a comment', '<a(comment)@example.org>', 'syntax'],
    ['an open quoted string', '<"a@example.org>', 'syntax'],
    ['a quoted part beside an atom', '<"a".b@example.org>', 'syntax'],
    ['a control character in quotes', '<"a\x01b"@example.org>', 'syntax'],
    ['two dots in the domain', '<a@example..org>', 'syntax'],
    ['a dot at the domain’s start', '<a@.example.org>', 'syntax'],
    ['a dot at the domain’s end', '<a@example.org.>', 'syntax'],
    ['a hyphen at a label’s start', '<a@-example.org>', 'syntax'],
    ['a hyphen at a label’s end', '<a@example-.org>', 'syntax'],
    ['an IPv4 number past 255', '<a@[192.0.2.256]>', 'syntax'],
    ['an IPv4 literal of five numbers', '<a@[192.0.2.1.1]>', 'syntax'],
    ['an IPv6 literal with two gaps', '<a@[IPv6:1::2::3]>', 'syntax'],
    ['an empty literal', '<a@[]>', 'syntax'],
    ['an open literal', '<a@[192.0.2.1>', 'syntax'],
    ['an open source route', '<@one.example:>', 'syntax'],
    ['a route without its colon', '<@one.example,a@example.org>', 'syntax'],
    ['UTF-8 in the local part', '<j\u00c3\u00bcrgen@example.org>', 'nonAscii'],
    ['UTF-8 in the domain', '<a@ex\u00c3\u00a4mple.org>', 'nonAscii'],
    ['an octet past US-ASCII', '<\xff@example.org>', 'nonAscii'],
    ['nothing at all', '', 'syntax'],
  ] as const
).map(([name, text, result]): Row => [name, text, result, result])

/** What people and programs send that RFC 5321 §4.1.2 does not know. */
const ONLY_LENIENT: readonly Row[] = [
  ['[B4] no brackets', 'username@example.com', path('username', 'example.com'), 'syntax'],
  ['[B4] a blank behind the colon', ' <a@example.org>', path('a', 'example.org'), 'syntax'],
  ['[B4] a blank and no brackets', ' user1@rhel1.local.com', path('user1', 'rhel1.local.com'), 'syntax'],
  ['[B4] no brackets, and parameters', ' a@example.org SIZE=1', path('a', 'example.org'), 'syntax'],
  ['[B6] a name alone in brackets', '<usuario>', path('usuario', null), 'syntax'],
  ['[B6] a name alone', 'usuario', path('usuario', null), 'syntax'],
  ['the null reverse-path behind a blank', ' <>', null, 'syntax'],
  ['two dots side by side', '<a..b@example.org>', path('a..b', 'example.org'), 'syntax'],
  ['a dot before the at sign', '<a.@example.org>', path('a.', 'example.org'), 'syntax'],
  ['a dot at the start', '<.a@example.org>', path('.a', 'example.org'), 'syntax'],
  ['an underscore in the domain', '<a@my_host.example.org>', path('a', 'my_host.example.org'), 'syntax'],
  // The address behind the name is then read as a parameter, which it is not: the command is refused all the same.
  ['a display name', 'Joe <a@example.org>', path('Joe', null), 'syntax'],
  ['a source route without brackets', '@one.example:a@example.org', path('a', 'example.org'), 'syntax'],
]

const ROWS = [...BOTH_WAYS, ...ONLY_LENIENT]

function told(result: PathResult): Mailbox | null | string {
  return result.kind === 'path' ? result.mailbox : result.why
}

describe('paths', () => {
  test.each(ROWS)('lenient: %s', (_, text, lenient) => {
    expect(told(parse(text, 'lenient'))).toEqual(lenient)
  })

  test.each(ROWS)('strict: %s', (_, text, __, strict) => {
    expect(told(parse(text, 'strict'))).toEqual(strict)
  })

  test('the end is where parameters begin', () => {
    expect(parse('<a@b.c> SIZE=1', 'strict')).toMatchObject({ end: '<a@b.c>'.length })
    expect(parse(' a@b.c SIZE=1', 'lenient')).toMatchObject({ end: ' a@b.c'.length })
    expect(parse('<> BODY=7BIT', 'strict')).toMatchObject({ end: 2 })
  })

  test('whatever is written can be read again, strictly', () => {
    const text = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) })
    const domain = fc.constantFrom('example.org', 'a.b', '[192.0.2.1]', '[IPv6:::1]')
    fc.assert(
      fc.property(text, domain, (localPart, name) => {
        const mailbox = path(localPart, name)
        const limits = { localPartOctets: 1_000, domainOctets: 1_000, pathOctets: 1_000 }
        const result = parsePath(`<${writeMailbox(mailbox)}>`, { syntax: 'strict', limits })
        expect(told(result)).toEqual(mailbox)
      }),
    )
  })

  test('whatever is written in UTF-8 can be read again, strictly, where that is allowed, and only there', () => {
    const character = fc.oneof(fc.integer({ min: 32, max: 126 }), fc.integer({ min: 0xa0, max: 0xd7ff }))
    const text = fc.string({ unit: character.map((code) => String.fromCharCode(code)) })
    fc.assert(
      fc.property(text, fc.constantFrom('bücher.example', '例え.jp'), (localPart, name) => {
        const mailbox = path(localPart, name)
        const limits = { localPartOctets: 1_000, domainOctets: 1_000, pathOctets: 1_000 }
        const written = latin1(fromUtf8(`<${writeMailbox(mailbox)}>`))
        expect(told(parsePath(written, { syntax: 'strict', limits, characters: 'utf8' }))).toEqual(mailbox)
        expect(parsePath(written, { syntax: 'strict', limits })).toEqual({ kind: 'bad', why: 'nonAscii' })
        if (localPart.length <= 20) expect(parseMailbox(writeMailbox(mailbox))).toEqual(mailbox)
      }),
    )
  })

  test.each(['', 'a b@example.org', 'a@', 'a@b>', 'a@b> SIZE=1', 'a@b SIZE=1', `${'ü'.repeat(33)}@example.org`])(
    'no address: %s',
    (text) => {
      expect(parseMailbox(text)).toBeUndefined()
    },
  )

  const SYNTAX = fc.constantFrom<PathSyntax>('lenient', 'strict')

  test('any octets are read or refused, in time', () => {
    const octets = fc.uint8Array({ maxLength: 2_048 }).map((bytes) => String.fromCharCode(...bytes))
    const nasty = fc
      .array(fc.constantFrom('<', '>', '@', '"', '\\', '.', ',', ':', '[', ']', 'a', '-', ' '), { maxLength: 2_048 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(octets, nasty), SYNTAX, fc.constantFrom('ascii', 'utf8'), (text, syntax, characters) => {
        const result = parsePath(text, { syntax, limits: SMTP_LIMITS, characters })
        expect(['path', 'bad']).toContain(result.kind)
      }),
    )
  })
})

import { fromLatin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IMAP_LIMITS } from '../limits.js'
import type { CommandText, GrammarOptions } from './cursor.js'
import { appendPrefix, parseCommand } from './parse-command.js'

const OPTIONS: GrammarOptions = { limits: IMAP_LIMITS.afterLogin, utf8: false }

function parse(line: string, ...more: [literal: string, line: string][]) {
  return parseCommand(whole(line, ...more), OPTIONS)
}

function whole(line: string, ...more: [literal: string, line: string][]): CommandText {
  return { lines: [line, ...more.map(([, next]) => next)], literals: more.map(([literal]) => fromLatin1(literal)) }
}

function command(line: string, ...more: [literal: string, line: string][]) {
  const parsed = parse(line, ...more)
  return parsed.kind === 'command' ? parsed.command : parsed
}

describe('tags', () => {
  test.each(['.', 'a', 'b', '1', '01', 'a1', 'A0001', '}]', '~', "!#$&',-/:;<=>?@[^_`|"])('[F4] %s is a tag', (tag) => {
    expect(parse(`${tag} NOOP`)).toEqual({ kind: 'command', tag, command: { name: 'NOOP' } })
  })

  test.each([
    '',
    ' ',
    ' NOOP',
    '+ NOOP',
    'a+b NOOP',
    '(a NOOP',
    'a* NOOP',
    'a\\b NOOP',
    'a\u00e4 NOOP',
    '\0',
    'a\0 NOOP',
  ])('what has no tag is answered untagged: %j', (line) => {
    expect(parse(line)).toEqual({ kind: 'bad', tag: '*', reason: 'Error in IMAP command received by server.' })
  })

  test.each(['a', 'a ', 'a  NOOP', 'a (', 'a "NOOP"', 'a {3}'])(
    'a tag without a command is answered with it: %j',
    (line) => {
      expect(parse(line)).toEqual({ kind: 'bad', tag: 'a', reason: 'Error in IMAP command received by server.' })
    },
  )
})

describe('commands without arguments (RFC 3501 §6, RFC 2177, RFC 2342, RFC 3691)', () => {
  test.each(['CAPABILITY', 'NOOP', 'LOGOUT', 'STARTTLS', 'CHECK', 'CLOSE', 'UNSELECT', 'IDLE', 'NAMESPACE'])(
    '%s in any case, and nothing after it',
    (name) => {
      expect(command(`a ${name}`)).toEqual({ name })
      expect(command(`a ${name.toLowerCase()}`)).toEqual({ name })
      expect(command(`a ${name} x`)).toMatchObject({ kind: 'bad', tag: 'a' })
      expect(command(`a ${name} `)).toMatchObject({ kind: 'bad', tag: 'a' })
    },
  )

  test('EXPUNGE takes no set, UID EXPUNGE does (RFC 4315 §2.1)', () => {
    expect(command('a EXPUNGE')).toEqual({ name: 'EXPUNGE', uids: null })
    expect(command('A101 UID EXPUNGE 3000:3002')).toEqual({
      name: 'EXPUNGE',
      uids: { kind: 'ranges', ranges: [{ first: 3000, last: 3002 }] },
    })
    expect(command('a EXPUNGE 1')).toMatchObject({ kind: 'bad' })
    expect(command('a UID EXPUNGE')).toMatchObject({ kind: 'bad' })
  })
})

describe('unknown commands', () => {
  test.each([
    ['a XYZZY 1 2', 'Error in IMAP command XYZZY: Unknown command.'],
    ['a uid', 'Error in IMAP command UID: Unknown command.'],
    ['a UID NOOP', 'Error in IMAP command UID NOOP: Unknown command.'],
    [`a ${'x'.repeat(500)}`, `Error in IMAP command ${'X'.repeat(32)}: Unknown command.`],
  ])('%s', (line, reason) => {
    expect(parse(line)).toEqual({ kind: 'bad', tag: 'a', reason })
  })
})

describe('arguments', () => {
  test.each([
    'a LOGIN',
    'a LOGIN ',
    'a LOGIN x',
    'a LOGIN x ',
    'a LOGIN x  y',
    'a LOGIN x y z',
    'a LOGIN "x y',
    'a LOGIN "x\\y" z',
    'a LOGIN "x\0" z',
    'a LOGIN (x) y',
    'a LOGIN x% y',
    'a LOGIN x {3}',
    'a LOGIN\tx y',
    'a SELECT',
    'a SELECT (INBOX)',
    'a SELECT a b',
    'a RENAME a',
    'a LIST ""',
    'a STATUS INBOX',
    'a STATUS INBOX ()',
    'a STATUS INBOX (NOPE)',
    'a STATUS INBOX (MESSAGES',
    'a FETCH',
    'a FETCH 1',
    'a FETCH 1 ()',
    'a FETCH 1 (ALL)',
    'a STORE 1 FLAGS',
    'a STORE 1 FLAG (\\Seen)',
    'a STORE 1 ++FLAGS (\\Seen)',
    'a STORE 1 FLAGS (\\Seen',
    'a STORE 1 FLAGS \\Recent',
    'a STORE 1 FLAGS (\\Nope)',
    'a COPY 1',
    'a SEARCH',
    'a ENABLE',
    'a ID',
    'a ID ("name")',
    'a ID (name "x")',
    'a CREATE x (USES (\\Sent))',
    'a CREATE x ()',
    'a AUTHENTICATE',
    'a AUTHENTICATE PLAIN *',
    'a AUTHENTICATE PLAIN AAA= x',
    'a APPEND INBOX',
    'a APPEND INBOX "text"',
    'a APPEND INBOX (\\Seen) x',
  ])('wrong ones are BAD: %j', (line) => {
    expect(parse(line)).toMatchObject({
      kind: 'bad',
      tag: 'a',
      reason: expect.stringMatching(/^Error in IMAP command /),
    })
  })

  test('the depth of lists is bounded', () => {
    const limits = { ...OPTIONS.limits, depth: 0 }
    expect(parseCommand(whole('a ID ("x" NIL)'), { ...OPTIONS, limits })).toMatchObject({
      kind: 'bad',
      reason: 'Error in IMAP command ID: Too many nested parentheses.',
    })
  })
})

describe('LOGIN and AUTHENTICATE', () => {
  test.each([
    ['a LOGIN robin robin', 'robin', 'robin'],
    ['. login ventas@mymail.com ventas', 'ventas@mymail.com', 'ventas'],
    ['a login "" ""', '', ''],
    ['a LOGIN "sm\\"ith" "se\\\\same"', 'sm"ith', 'se\\same'],
    ['a LOGIN x "p\u00c3\u00a4ss"', 'x', 'p\u00e4ss'],
    ['a LOGIN NIL x]', 'NIL', 'x]'],
  ])('[E13] %s', (line, user, password) => {
    expect(command(line)).toEqual({ name: 'LOGIN', user, password })
  })

  test('both arguments may be literals (RFC 3501 §7.5)', () => {
    expect(command('A001 LOGIN {11}', ['FRED FOOBAR', ' {7}'], ['fat man', ''])).toEqual({
      name: 'LOGIN',
      user: 'FRED FOOBAR',
      password: 'fat man',
    })
    expect(command('A001 LOGIN {11+}', ['FRED FOOBAR', ' {7+}'], ['fat man', ''])).toMatchObject({ name: 'LOGIN' })
  })

  test('a literal that is neither UTF-8 nor binary is ISO 8859-1', () => {
    expect(command('a LOGIN x {1}', ['\u00e4', ''])).toMatchObject({ password: '\u00e4' })
  })

  test.each([
    ['a NUL', 'a LOGIN x {3}', 'a\0b'],
    ['binary form', 'a LOGIN x ~{3}', 'abc'],
  ])('a literal is refused: %s', (_, line, literal) => {
    expect(command(line, [literal, ''])).toMatchObject({ kind: 'bad' })
  })

  test('a quoted string that is not UTF-8 is refused', () => {
    expect(command('a LOGIN x "p\u00e4ss"')).toMatchObject({ kind: 'bad' })
  })

  test.each([
    ['a AUTHENTICATE PLAIN', null],
    ['a authenticate plain AGNyeTBsMXQzADEyMzQ=', 'AGNyeTBsMXQzADEyMzQ='],
    ['a AUTHENTICATE PLAIN =', '='],
  ])('[E13] %s', (line, initialResponse) => {
    expect(command(line)).toEqual({ name: 'AUTHENTICATE', mechanism: 'PLAIN', initialResponse })
  })
})

describe('ENABLE and ID', () => {
  test('ENABLE (RFC 5161 §3.1)', () => {
    expect(command('t1 ENABLE CONDSTORE X-Good-Idea')).toEqual({
      name: 'ENABLE',
      capabilities: ['CONDSTORE', 'X-GOOD-IDEA'],
    })
  })

  test('ID (RFC 2971 §3.1)', () => {
    expect(command('a023 ID ("name" "sodr" "version" "19.34" "vendor" "Pink Floyd Music Limited")')).toEqual({
      name: 'ID',
      fields: [
        ['name', 'sodr'],
        ['version', '19.34'],
        ['vendor', 'Pink Floyd Music Limited'],
      ],
    })
    expect(command('a042 ID NIL')).toEqual({ name: 'ID', fields: null })
    expect(command('a ID ()')).toEqual({ name: 'ID', fields: [] })
    expect(command('a ID ("os" nil "x" "NIL")')).toEqual({
      name: 'ID',
      fields: [
        ['os', null],
        ['x', 'NIL'],
      ],
    })
  })

  test('more than RFC 2971 §3.3 allows is refused', () => {
    const pairs = (count: number) => Array.from({ length: count }, (_, at) => `"n${at}" NIL`).join(' ')
    expect(command(`a ID (${pairs(30)})`)).toMatchObject({ name: 'ID' })
    expect(command(`a ID (${pairs(31)})`)).toMatchObject({ kind: 'bad' })
    expect(command(`a ID ("${'n'.repeat(31)}" NIL)`)).toMatchObject({ kind: 'bad' })
    expect(command(`a ID ("n" "${'v'.repeat(1025)}")`)).toMatchObject({ kind: 'bad' })
  })
})

describe('CREATE', () => {
  test.each([
    ['A003 CREATE owatagusiam/', 'owatagusiam', []],
    ['A004 CREATE owatagusiam/blurdybloop', 'owatagusiam/blurdybloop', []],
    ['t2 CREATE MySpecial (USE (\\Drafts \\Sent))', 'MySpecial', ['Drafts', 'Sent']],
    ['t2 CREATE MySpecial (use ())', 'MySpecial', []],
    ['t2 CREATE x (USE (\\important \\Important))', 'x', ['Important']],
  ])('%s (RFC 3501 §6.3.3, RFC 6154 §5.3)', (line, mailbox, specialUse) => {
    expect(command(line)).toEqual({ name: 'CREATE', mailbox, specialUse })
  })

  test('a special use nobody knows is NO [USEATTR] (RFC 6154 §3)', () => {
    expect(parse('t3 CREATE Everything (USE (\\Every))')).toEqual({
      kind: 'no',
      tag: 't3',
      code: 'USEATTR',
      reason: '\\Every not supported',
    })
  })
})

const NOTHING_MORE = { subscribed: false, children: false, myRights: false, status: [], metadata: [] }
const BASIC = { name: 'LIST', isExtended: false, select: [], wants: NOTHING_MORE }
const EXTENDED = { ...BASIC, reference: '', isExtended: true }

describe('extended LIST (RFC 5258 §6)', () => {
  test.each([
    ['LIST () "" *', { ...EXTENDED, patterns: ['*'] }],
    [
      'LIST (SUBSCRIBED recursivematch REMOTE subscribed) "" ("foo" %)',
      {
        ...EXTENDED,
        patterns: ['foo', '%'],
        select: ['subscribed', 'recursive', 'remote'],
      },
    ],
    ['LIST "" "" RETURN ()', { ...EXTENDED, patterns: [''] }],
    [
      'LIST "" % RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES SIZE messages) METADATA ("/shared/Comment"))',
      {
        ...EXTENDED,
        patterns: ['%'],
        wants: {
          subscribed: true,
          children: true,
          myRights: false,
          status: ['messages', 'size'],
          metadata: ['/shared/comment'],
        },
      },
    ],
    [
      'LIST "" % RETURN (METADATA /private/comment CHILDREN)',
      {
        ...EXTENDED,
        patterns: ['%'],
        wants: { ...NOTHING_MORE, children: true, metadata: ['/private/comment'] },
      },
    ],
  ])('%s', (line, expected) => {
    expect(command(`a ${line}`)).toEqual(expected)
  })

  test.each([
    'LIST (RECURSIVEMATCH) "" *',
    'LIST (RECURSIVEMATCH REMOTE) "" *',
    'LIST (SUBSCRIBED "" *',
    'LIST (NOPE) "" *',
    'LIST (CHILDREN) "" *',
    'LIST "" ()',
    'LIST "" (a b',
    'LIST "" * RETURN',
    'LIST "" * RETURN (RECURSIVEMATCH)',
    'LIST "" * RETURN (STATUS)',
    'LIST "" * RETURN (STATUS ())',
    'LIST "" * RETURN (STATUS (NOPE))',
    'LIST "" * RETURN (METADATA ())',
    'LIST "" * RETURN (METADATA /nope/x)',
    'LIST "" * RETURNS (CHILDREN)',
  ])('%s is refused', (line) => {
    expect(command(`a ${line}`)).toMatchObject({ kind: 'bad' })
  })

  test('patterns are bounded, and their wildcards together', () => {
    const patterns = (count: number): string => Array.from({ length: count }, (_, n) => `p${n}`).join(' ')
    expect(command(`a LIST "" (${patterns(32)})`)).toMatchObject({ name: 'LIST' })
    expect(command(`a LIST "" (${patterns(33)})`)).toMatchObject({ kind: 'no', code: 'LIMIT' })
    expect(command(`a LIST "" (${'*a'.repeat(16)} ${'*b'.repeat(16)})`)).toMatchObject({ name: 'LIST' })
    expect(command(`a LIST "" (${'*a'.repeat(17)} ${'*b'.repeat(16)})`)).toMatchObject({ kind: 'no', code: 'LIMIT' })
  })
})

describe('LIST, LSUB, STATUS, RENAME, SUBSCRIBE', () => {
  test.each([
    ['a LIST "" *', { ...BASIC, reference: '', patterns: ['*'] }],
    ['a LIST "" "*"', { ...BASIC, reference: '', patterns: ['*'] }],
    ['A101 LIST "" ""', { ...BASIC, reference: '', patterns: [''] }],
    ['a LSUB "#news." "comp.%"', { name: 'LSUB', reference: '#news.', pattern: 'comp.%' }],
    ['a LIST ~/Mail/ %', { ...BASIC, reference: '~/Mail/', patterns: ['%'] }],
    ['a LIST "" Entw&APw-rfe/%', { ...BASIC, reference: '', patterns: ['Entw\u00fcrfe/%'] }],
    [
      'a STATUS blurdybloop (UIDNEXT MESSAGES uidnext)',
      { name: 'STATUS', mailbox: 'blurdybloop', items: ['uidNext', 'messages'] },
    ],
    ['a RENAME inbox old', { name: 'RENAME', from: 'INBOX', to: 'old' }],
    ['a SUBSCRIBE "a b"', { name: 'SUBSCRIBE', mailbox: 'a b' }],
    ['a UNSUBSCRIBE x', { name: 'UNSUBSCRIBE', mailbox: 'x' }],
    ['a DELETE x', { name: 'DELETE', mailbox: 'x' }],
  ])('[F7] [F8] %s', (line, expected) => {
    expect(command(line)).toEqual(expected)
  })

  test('a pattern of many wildcards is refused', () => {
    expect(command(`a LIST "" ${'*a'.repeat(32)}`)).toMatchObject({ name: 'LIST' })
    expect(command(`a LIST "" ${'*a'.repeat(33)}`)).toMatchObject({ kind: 'no', code: 'LIMIT' })
    expect(command(`a LIST "" ${'*%'.repeat(1000)}`)).toMatchObject({ name: 'LIST' })
  })
})

/** SELECT without parameters. */
const ANEW = { usesModSeq: false, resync: null }

describe('mailbox names', () => {
  test.each(['inbox', 'InBoX', '"iNbOx"'])('[F5] INBOX in any case: %s', (name) => {
    expect(command(`a SELECT ${name}`)).toEqual({ name: 'SELECT', mailbox: 'INBOX', ...ANEW })
  })

  test('INBOX as a literal', () => {
    expect(command('a EXAMINE {5}', ['inBOX', ''])).toEqual({ name: 'EXAMINE', mailbox: 'INBOX', ...ANEW })
  })

  test.each([
    ['a SELECT ~peter/mail/&U,BTFw-/&ZeVnLIqe-', '~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e'],
    ['a SELECT Tom&-Jerry', 'Tom&Jerry'],
  ])('modified UTF-7 (RFC 3501 §5.1.3): %s', (line, mailbox) => {
    expect(command(line)).toEqual({ name: 'SELECT', mailbox, ...ANEW })
  })

  test.each([
    ['a SELECT &Jjo!', 'NONEXISTENT'],
    ['a SELECT ""', 'NONEXISTENT'],
    ['a SELECT a//b', 'NONEXISTENT'],
    ['a STATUS ../x (UNSEEN)', 'NONEXISTENT'],
    ['a DELETE "a\u0001b"', 'NONEXISTENT'],
    ['a CREATE ///////', 'CANNOT'],
    ['a CREATE /', 'CANNOT'],
    ['a CREATE a/../b', 'CANNOT'],
    ['a CREATE &Jjo!', 'CANNOT'],
    ['a CREATE "\u00c3\u00a4"', 'CANNOT'],
    [`a CREATE ${'x'.repeat(1001)}`, 'CANNOT'],
    [`a CREATE ${'x/'.repeat(40)}x`, 'CANNOT'],
    ['a RENAME x &Jjo!', 'CANNOT'],
    ['a COPY 1 a//b', 'CANNOT'],
    ['a SUBSCRIBE a//b', 'CANNOT'],
    ['a LIST "" &Jjo!', 'CANNOT'],
  ])('names no mailbox can have: %j is NO [%s]', (line, code) => {
    expect(parse(line)).toMatchObject({ kind: 'no', tag: 'a', code })
  })

  test('UTF-8 where the session has it (RFC 6855 §3)', () => {
    const utf8 = (line: string) => parseCommand(whole(line), { ...OPTIONS, utf8: true })
    expect(utf8('a SELECT "Entw\u00c3\u00bcrfe"')).toMatchObject({ command: { mailbox: 'Entw\u00fcrfe' } })
    expect(utf8('a SELECT "&-x"')).toMatchObject({ command: { mailbox: '&-x' } })
  })

  test('another separator changes places with "/"', () => {
    const dotted = (line: string) => parseCommand(whole(line), { ...OPTIONS, separator: '.' })
    expect(dotted('a SELECT INBOX.a')).toMatchObject({ command: { mailbox: 'INBOX/a' } })
    expect(dotted('a CREATE a.b.')).toMatchObject({ command: { mailbox: 'a/b' } })
    expect(dotted('a CREATE a/b')).toMatchObject({ command: { mailbox: 'a.b' } })
    expect(dotted('a LIST "" a.%')).toMatchObject({ command: { patterns: ['a/%'] } })
  })
})

describe('STORE and COPY', () => {
  test.each([
    ['A003 STORE 2:4 +FLAGS (\\Deleted)', 'seq', 'add', 8, [], false],
    ['a store 2:4 -flags.silent (\\SEEN $Junk)', 'seq', 'remove', 1, ['$Junk'], true],
    ['a UID STORE 2:4 FLAGS ()', 'uid', 'replace', 0, [], false],
    ['a STORE 2:4 FLAGS \\Seen \\Draft a A b', 'seq', 'replace', 17, ['a', 'b'], false],
  ])('%s', (line, numbering, mode, system, keywords, isSilent) => {
    expect(command(line)).toEqual({
      name: 'STORE',
      numbering,
      set: { kind: 'ranges', ranges: [{ first: 2, last: 4 }] },
      change: { mode, flags: { system, keywords } },
      isSilent,
      unchangedSince: null,
    })
  })

  test('flags are bounded (RFC 5530 §3, LIMIT)', () => {
    const keywords = (count: number) => Array.from({ length: count }, (_, at) => `k${at}`).join(' ')
    expect(command(`m STORE 42 FLAGS ${keywords(256)}`)).toMatchObject({ name: 'STORE' })
    expect(command(`m STORE 42 FLAGS ${keywords(257)}`)).toMatchObject({ kind: 'no', code: 'LIMIT' })
    expect(command(`m STORE 42 FLAGS ${'k'.repeat(256)}`)).toMatchObject({ kind: 'no', code: 'LIMIT' })
  })

  test.each([
    ['A003 COPY 2:4 MEETING', { name: 'COPY', numbering: 'seq', to: 'MEETING' }],
    ['a UID MOVE 42:69 foo', { name: 'MOVE', numbering: 'uid', to: 'foo' }],
  ])('%s', (line, expected) => {
    expect(command(line)).toMatchObject(expected)
  })
})

describe('appendPrefix', () => {
  const prefix = (line: string, ...more: [literal: string, line: string][]) =>
    appendPrefix(whole(line, ...more), OPTIONS)

  test('APPEND with everything (RFC 3501 §6.3.11)', () => {
    expect(prefix('A003 APPEND saved-messages (\\Seen $Work) " 7-Feb-1994 22:43:04 -0800" {310}')).toEqual({
      kind: 'command',
      tag: 'A003',
      command: {
        name: 'APPEND',
        mailbox: 'saved-messages',
        text: {
          steps: [
            {
              step: 'message',
              flags: { system: 1, keywords: ['$Work'] },
              internalDate: Date.UTC(1994, 1, 8, 6, 43, 4),
              data: 'literal',
            },
          ],
          literal: { octets: 310, isNonSync: false, isBinary: false },
          most: 'many',
        },
      },
    })
  })

  test('APPEND with nothing but the message', () => {
    expect(prefix('a append inbox {0+}')).toMatchObject({
      command: { mailbox: 'INBOX', text: { literal: { octets: 0, isNonSync: true } } },
    })
  })

  test('a literal mailbox name is an argument, the literal after it the message', () => {
    expect(prefix('a APPEND {5}')).toBeNull()
    expect(prefix('a APPEND {5}', ['inbox', ' () {12}'])).toMatchObject({
      command: { mailbox: 'INBOX', text: { literal: { octets: 12 } } },
    })
  })

  test('CATENATE up to its first literal (RFC 4469 §5)', () => {
    expect(prefix('a APPEND x (\\Draft) CATENATE (URL "/y/;UID=1" URL /z/;UID=2 TEXT {5}')).toMatchObject({
      command: {
        text: {
          steps: [
            { step: 'message', data: 'catenate', flags: { system: 16 } },
            { step: 'url', url: '/y/;UID=1' },
            { step: 'url', url: '/z/;UID=2' },
            { step: 'text' },
          ],
          literal: { octets: 5 },
        },
      },
    })
    expect(prefix('a APPEND x CATENATE (URL {5}')).toBeNull()
  })

  test('REPLACE and UID REPLACE (RFC 8508 §5)', () => {
    expect(prefix('A003 REPLACE 4 Drafts (\\Seen \\Draft) {312}')).toMatchObject({
      command: { name: 'REPLACE', numbering: 'seq', number: 4, mailbox: 'Drafts', text: { most: 'one' } },
    })
    expect(prefix('a uid replace 2000 Drafts ~{3+}')).toMatchObject({
      command: { numbering: 'uid', number: 2000, text: { literal: { isBinary: true, isNonSync: true } } },
    })
  })

  test.each(['a LOGIN {3}', 'a SEARCH TEXT {3}', '+ APPEND x {3}', 'a APPENDX x {3}'])('%s is no APPEND', (line) => {
    expect(prefix(line)).toBeNull()
  })

  test.each([
    ['a APPEND x (\\Recent) {3}', 'bad'],
    ['a APPEND x (\\Nope) {3}', 'bad'],
    ['a APPEND x "nonsense" {3}', 'bad'],
    ['a APPEND x TEXT {3}', 'bad'],
    ['a APPEND x CATENATE {3}', 'bad'],
    ['a APPEND x CATENATE ({3}', 'bad'],
    ['a APPEND x CATENATE (URL x {3}', 'bad'],
    ['a APPEND x CATENATE (FROB {3}', 'bad'],
    ['a APPEND x UTF8 ({3}', 'bad'],
    ['a REPLACE 0 x {3}', 'bad'],
    ['a REPLACE 1:2 x {3}', 'bad'],
    ['a APPEND x y {3}', 'bad'],
    ['a APPEND a//b {3}', 'no'],
  ])('a wrong one is known before its octets come: %s', (line, kind) => {
    expect(prefix(line)).toMatchObject({ kind, tag: 'a' })
  })
})

describe('laws', () => {
  const anyLine = fc
    .array(
      fc.oneof(
        fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
        TOKENS(),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(''))

  function TOKENS() {
    return fc.constantFrom(
      ...[
        'a ',
        'FETCH ',
        'UID ',
        'SEARCH ',
        'STORE ',
        'APPEND ',
        'LIST ',
        '1:*',
        'BODY[',
        ']',
        '(',
        ')',
        'OR ',
        'NOT ',
      ],
      ...[
        'HEADER',
        '.FIELDS',
        ' ',
        '"',
        '\\',
        '\\Seen',
        '{3}',
        '{3+}',
        '~{3}',
        '<0.1>',
        'INBOX',
        '""',
        'FLAGS ',
        ',',
        '*',
      ],
    )
  }

  test('any octets give a command or a refusal, never an exception', () => {
    fc.assert(
      fc.property(
        fc.array(anyLine, { minLength: 1, maxLength: 3 }),
        fc.array(fc.uint8Array({ maxLength: 4 })),
        (lines, literals) => {
          const parsed = parseCommand({ lines, literals: literals.slice(0, lines.length - 1) }, OPTIONS)
          expect(['command', 'bad', 'no']).toContain(parsed.kind)
          if (parsed.kind !== 'command') expect(parsed.reason).toMatch(/^[\x20-\x7e]+$/)
          appendPrefix({ lines, literals: literals.slice(0, lines.length - 1) }, OPTIONS)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('a search key nested without parentheses costs no stack', () => {
    expect(command(`a SEARCH ${'NOT '.repeat(15_000)}SEEN`)).toMatchObject({ kind: 'no', code: 'LIMIT' })
    expect(command(`a SEARCH ${'('.repeat(60_000)}`)).toMatchObject({ kind: 'bad' })
  })
})

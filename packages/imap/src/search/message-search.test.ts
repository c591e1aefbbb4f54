import {
  DELETED,
  type FetchPage,
  flagColumns,
  fromLatin1,
  fromUtf8,
  keywordsAt,
  latin1,
  type OctetRange,
  SEEN,
  uidList,
} from '@mailwright/core'
import { digestMessage } from '@mailwright/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCommand } from '../grammar/parse-command.js'
import { IMAP_LIMITS } from '../limits.js'
import { foundSpans } from '../spans.js'
import { UNICODE_CASEMAP } from './collation.js'
import type { SearchConditions, SearchMessages } from './key-test.js'
import { MessageSearch, type SearchStage } from './message-search.js'
import type { SearchKey } from './search-key.js'

const lines = (...text: string[]) => text.map((line) => `${line}\r\n`).join('')

interface Stored {
  readonly uid: number
  readonly system?: number
  readonly keywords?: readonly string[]
  readonly isRecent?: boolean
  readonly date?: number
  readonly text: string
}

const PLAIN: Stored = {
  uid: 3,
  system: SEEN,
  date: Date.UTC(1994, 1, 1, 0, 0, 0),
  text: lines(
    'From: "J. Smith" <smith@example.com>',
    'To: =?iso-8859-1?Q?J=F6rg?= <joerg@example.org>',
    'Subject: =?utf-8?B?w4RyZ2Vy?= about',
    ' folding',
    'Date: Tue, 1 Feb 1994 00:30:00 +0200',
    'Message-ID: <one@example.com>',
    'X-Colour: Green',
    '',
    'The body speaks of apples.',
  ),
}

const NESTED: Stored = {
  uid: 5,
  keywords: ['$Work'],
  isRecent: true,
  date: Date.UTC(1994, 1, 2, 23, 59, 59),
  text: lines(
    'From: b@example.com',
    'Content-Type: multipart/mixed; boundary=w',
    '',
    'preamble of pears',
    '--w',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    btoa(latin1(fromUtf8('Gr\u00fc\u00dfe und Kirschen'))),
    '--w',
    'Content-Type: application/pdf; name="secret.pdf"',
    '',
    'plums within a pdf',
    '--w',
    'Content-Type: message/rfc822',
    '',
    'Subject: forwarded figs',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'qu=',
    'inces =E9clair',
    '--w--',
  ),
}

const BARE: Stored = { uid: 9, system: SEEN | DELETED, date: 0, text: lines('X: y', '', '') }

const MAILBOX = [PLAIN, NESTED, BARE]

/** Long after they came, but for the last: that is in the future. */
const NOW = Date.UTC(1994, 1, 3, 0, 0, 9, 999)
const CONDITIONS: SearchConditions = { collation: UNICODE_CASEMAP, now: NOW, savesDates: true }

/** Runs a search as a session does. `reads` collects what was asked of the store and of messages. */
function run(text: string, mailbox: readonly Stored[] = MAILBOX, reads: string[] = [], window = 1_000_000): number[] {
  return runKey(keysOf(text), mailbox, reads, window)
}

function runKey(key: SearchKey, mailbox: readonly Stored[], reads: string[] = [], window = 1_000_000): number[] {
  const search = new MessageSearch(key, messagesOf(mailbox), CONDITIONS)
  search.scan(0, 2)
  search.scan(2, search.length)
  for (let stage = search.nextStage(); stage !== null; stage = search.nextStage()) {
    reads.push(`${stage.fields.join('+')} of ${stage.uids.join()}`)
    for (const message of search.takePage(pageOf(mailbox, stage))) {
      const octets = fromLatin1(mailbox.find(({ uid }) => uid === message.uid)?.text ?? '')
      const inspection = message.inspect()
      let step = inspection.next()
      while (step.done !== true) {
        const { start, end }: OctetRange = step.value
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(octets.length)
        reads.push(`${message.uid}[${start},${end})`)
        step = inspection.next(octets.slice(start, Math.min(end, start + window)))
      }
    }
  }
  return [...search.results()].map((uid) => mailbox.findIndex((each) => each.uid === uid) + 1)
}

function keysOf(text: string): SearchKey {
  const options = { limits: IMAP_LIMITS.afterLogin, utf8: false }
  const parsed = parseCommand({ lines: [`a SEARCH ${text}`], literals: [] }, options)
  return parsed.kind === 'command' && parsed.command.name === 'SEARCH' ? parsed.command.keys : expect.fail(text)
}

function messagesOf(mailbox: readonly Stored[]): SearchMessages {
  const uids = uidList(mailbox.map(({ uid }) => uid))
  const flags = flagColumns(mailbox.map(({ uid, system = 0, keywords = [] }) => ({ uid, system, keywords })))
  return {
    uids,
    systemFlags: (index) => flags.system[index] ?? 0,
    isRecent: (index) => mailbox[index]?.isRecent === true,
    hasKeyword: (index, keyword) =>
      keywordsAt(flags, index).some((name) => name.toLowerCase() === keyword.toLowerCase()),
    spans: (set, numbering) => (set.kind === 'ranges' ? foundSpans(set.ranges, numbering, uids) : []),
  }
}

function pageOf(mailbox: readonly Stored[], { uids, fields }: SearchStage): FetchPage {
  const found = mailbox.filter(({ uid }) => uids.includes(uid))
  return {
    kind: 'page',
    uids: uidList(found.map(({ uid }) => uid)),
    ...(fields.includes('octets') && { octets: Float64Array.from(found, ({ text }) => text.length) }),
    ...(fields.includes('internalDate') && { internalDates: Float64Array.from(found, ({ date }) => date ?? 0) }),
    ...(fields.includes('digest') && { digests: found.map(({ text }) => digestMessage([fromLatin1(text)])) }),
    cursor: null,
  }
}

describe('SEARCH (RFC 3501 §6.4.4)', () => {
  test.each<[string, number[]]>([
    ['ALL', [1, 2, 3]],
    ['SEEN', [1, 3]],
    ['UNSEEN', [2]],
    ['DELETED', [3]],
    ['NOT DELETED SEEN', [1]],
    ['KEYWORD $WORK', [2]],
    ['UNKEYWORD $work', [1, 3]],
    ['RECENT', [2]],
    ['NEW', [2]],
    ['OLD', [1, 3]],
    ['2:*', [2, 3]],
    ['*', [3]],
    ['UID 4:6', [2]],
    ['UID 100:*', [3]],
    ['OR 1 UID 9', [1, 3]],
    ['NOT OR 1 NOT OR 2 3', [2, 3]],
    [`LARGER ${PLAIN.text.length - 1} SMALLER ${PLAIN.text.length + 1}`, [1]],
    ['SINCE 2-Feb-1994', [2]],
    ['BEFORE 2-Feb-1994', [1, 3]],
    ['ON 1-Feb-1994', [1]],
    ['SENTON 1-Feb-1994', [1]],
    ['SENTBEFORE 2-Feb-1994', [1]],
    ['SENTSINCE 1-Jan-1970', [1]],
    ['NOT SENTSINCE 1-Jan-1970', [2, 3]],
    ['FROM smith', [1]],
    ['FROM EXAMPLE.COM', [1, 2]],
    ['TO "j\u00c3\u00b6RG"', [1]],
    ['SUBJECT "\u00c3\u00a4rger about folding"', [1]],
    ['HEADER Message-ID one@', [1]],
    ['HEADER message-id ""', [1]],
    ['HEADER X-Colour green', [1]],
    ['HEADER x ""', [3]],
    ['HEADER x-nope ""', []],
    ['HEADER From ""', [1, 2]],
    ['BODY apples', [1]],
    ['BODY "GR\u00c3\u009c\u00c3\u009fe UND"', [2]],
    ['BODY quinces', [2]],
    ['BODY "\u00c3\u00a9clair"', [2]],
    ['BODY figs', [2]],
    ['BODY smith', []],
    ['BODY plums', []],
    ['BODY secret.pdf', []],
    ['BODY ""', [1, 2, 3]],
    ['TEXT secret.pdf', [2]],
    ['TEXT "x-colour: green"', [1]],
    ['TEXT example', [1, 2]],
    ['TEXT apples', [1]],
    ['OR BODY apples BODY figs', [1, 2]],
    ['NOT TEXT apples', [2, 3]],
    ['BODY apples BODY speaks HEADER X-Colour green', [1]],
  ])('%s', (text, expected) => {
    expect(run(text)).toEqual(expected)
    expect(run(text, MAILBOX, [], 7)).toEqual(expected)
  })

  test('UIDs are told as UIDs', () => {
    const search = new MessageSearch({ key: 'all' }, messagesOf(MAILBOX), CONDITIONS)
    search?.scan(0, search.length)
    expect([...(search?.results() ?? [])]).toEqual([3, 5, 9])
  })

  test('in an empty mailbox nothing is found, whatever the number', () => {
    expect(run('1:* NOT DELETED', [])).toEqual([])
    expect(run('NOT 7', [])).toEqual([])
  })

  test('numbers of no message are ignored, sequence numbers like UIDs (RFC 7377 §2)', () => {
    expect(run('4')).toEqual([])
    expect(run('NOT 4:2')).toEqual([1])
    expect(run('2:*,7:9')).toEqual([2, 3])
    expect(run('5:*')).toEqual([3])
    expect(run('SEEN NOT (OR 1 2:4)')).toEqual([])
    expect(run('UID 77', [])).toEqual([])
  })

  test('messages that vanish meanwhile do not match', () => {
    const search = new MessageSearch(keysOf('LARGER 0'), messagesOf(MAILBOX), CONDITIONS)
    search?.scan(0, search.length)
    const stage = search?.nextStage()
    search?.takePage(pageOf([PLAIN, BARE], stage ?? expect.fail()))
    expect([...(search?.results() ?? [])]).toEqual([3, 9])
  })
})

describe('stages', () => {
  const readsOf = (text: string, mailbox = MAILBOX) => {
    const reads: string[] = []
    run(text, mailbox, reads)
    return reads
  }

  test.each<[string, string[]]>([
    ['UNSEEN', []],
    ['SEEN OR SEEN BODY x', []],
    ['2 OR SEEN SUBJECT x', ['digest of 5']],
    ['LARGER 10', ['octets of 3,5,9']],
    ['UNSEEN LARGER 10', ['octets of 5']],
    ['SUBJECT x', ['digest of 3,5,9']],
    ['1 SUBJECT x', ['digest of 3']],
    ['LARGER 100 SUBJECT x', ['octets of 3,5,9', 'octets+digest of 3,5']],
    ['OR SEEN SINCE 1-Jan-2000', ['internalDate of 5']],
    ['SUBJECT nothing BODY apples', ['digest of 3,5,9']],
  ])('%s asks for %j', (text, expected) => {
    expect(readsOf(text)).toEqual(expected)
  })

  test('a header key reads the header only', () => {
    const long = { uid: 1, text: lines('X-A: b', '', 'x'.repeat(200_000)) }
    expect(readsOf('HEADER X-A b', [long])).toEqual(['digest of 1', '1[0,65536)'])
  })

  test('a body is read no further than what was looked for', () => {
    const long = { uid: 1, text: lines('X-A: b', '', `needle${'x'.repeat(200_000)}`) }
    expect(readsOf('BODY needle', [long])).toEqual(['digest of 1', '1[10,65546)'])
    expect(readsOf('TEXT x-a', [long])).toEqual(['digest of 1', '1[0,65536)'])
  })

  test('an attachment is not read', () => {
    const text = lines(
      'Content-Type: multipart/mixed; boundary=w',
      '',
      '--w',
      'Content-Type: application/zip',
      '',
      'z'.repeat(500_000),
      '--w',
      '',
      'needle',
      '--w--',
    )
    const reads = readsOf('BODY needle', [{ uid: 1, text }])
    expect(reads).toHaveLength(3)
    expect(run('BODY needle', [{ uid: 1, text }])).toEqual([1])
  })

  test('fields of a header too long for a digest are read from the message', () => {
    const text = lines(`X-Pad: ${'p'.repeat(110_000)}`, 'Subject: here', '', 'body')
    expect(run('SUBJECT here', [{ uid: 1, text }])).toEqual([1])
    expect(readsOf('SUBJECT here', [{ uid: 1, text }])).toEqual([
      'digest of 1',
      '1[0,65536)',
      `1[65536,${text.length})`,
    ])
  })

  test('a message shorter than its digest says is read to its end', () => {
    const search = new MessageSearch(keysOf('BODY nothing'), messagesOf([PLAIN]), CONDITIONS)
    search?.scan(0, 1)
    const stage = search?.nextStage()
    for (const message of search?.takePage(pageOf([PLAIN], stage ?? expect.fail())) ?? []) {
      const inspection = message.inspect()
      expect(inspection.next().done).toBe(false)
      expect(inspection.next(new Uint8Array(0)).done).toBe(true)
    }
    expect(search?.results()).toHaveLength(0)
  })
})

test('keys as deep as the limits allow are decided without trouble', () => {
  expect(run(`${'NOT OR 1 '.repeat(332)}ALL`)).toEqual([2, 3])
  expect(run(`${'OR BODY nothing '.repeat(499)}ALL`)).toEqual([1, 2, 3])
})

const WORDS = ['apple', 'Pear', 'plum', 'x'] as const
const word = fc.constantFrom(...WORDS)
const numbers = fc.record({ first: fc.integer({ min: 1, max: 9 }), last: fc.integer({ min: 1, max: 9 }) })
const set = fc.array(numbers, { minLength: 1, maxLength: 3 }).map((ranges) => ({ kind: 'ranges', ranges }) as const)
const simple: fc.Arbitrary<SearchKey> = fc.oneof(
  fc.constant<SearchKey>({ key: 'all' }),
  fc.record({ key: fc.constant('set' as const), numbering: fc.constantFrom('seq' as const, 'uid' as const), set }),
  fc.record({ key: fc.constant('flag' as const), bit: fc.constantFrom(SEEN, DELETED), isSet: fc.boolean() }),
  fc.record({ key: fc.constantFrom('larger' as const, 'smaller' as const), octets: fc.integer({ min: 30, max: 60 }) }),
  fc.record({
    key: fc.constant('header' as const),
    of: fc.constant('field' as const),
    name: fc.constantFrom('subject', 'x-own'),
    text: word,
  }),
  fc.record({ key: fc.constantFrom('body' as const, 'text' as const), text: word }),
  fc.record({
    key: fc.constant('date' as const),
    of: fc.constant('internal' as const),
    is: fc.constantFrom('before' as const, 'on' as const, 'since' as const),
    day: fc.integer({ min: 0, max: 4 }),
  }),
)
const { key: anyKey } = fc.letrec<{ key: SearchKey }>((tie) => ({
  key: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    simple,
    fc.record({ key: fc.constant('and' as const), keys: fc.array(tie('key'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ key: fc.constant('or' as const), left: tie('key'), right: tie('key') }),
    fc.record({ key: fc.constant('not' as const), of: tie('key') }),
  ),
}))
const stored = fc.record({
  system: fc.constantFrom(0, SEEN, DELETED, SEEN | DELETED),
  date: fc.integer({ min: 0, max: 5 }).map((day) => day * 86_400_000),
  subject: word,
  own: fc.option(word),
  body: word,
})

test('any keys give what they say, one message after the other', () => {
  fc.assert(
    fc.property(anyKey, fc.array(stored, { maxLength: 6 }), (key, messages) => {
      const mailbox = messages.map(({ subject, own, body, ...facts }, at): Stored => {
        const header = [`Subject: ${subject}`, ...(own === null ? [] : [`X-Own: ${own}`])]
        return { ...facts, uid: at + 2, text: lines(...header, '', body) }
      })
      const expected = messages.flatMap((message, at) => (isMet(key, message, at) ? [at + 1] : []))
      expect(runKey(key, mailbox)).toEqual(expected)

      function isMet(each: SearchKey, message: (typeof messages)[number], at: number): boolean {
        const has = (text: string | null, wanted: string) => text?.toLowerCase().includes(wanted.toLowerCase()) === true
        const text = mailbox[at]?.text ?? ''
        switch (each.key) {
          case 'all':
            return true
          case 'and':
            return each.keys.every((part) => isMet(part, message, at))
          case 'or':
            return isMet(each.left, message, at) || isMet(each.right, message, at)
          case 'not':
            return !isMet(each.of, message, at)
          case 'set': {
            const number = each.numbering === 'seq' ? at + 1 : at + 2
            const ranges = each.set.kind === 'ranges' ? each.set.ranges : []
            return ranges.some(({ first, last }) => Math.min(first, last) <= number && number <= Math.max(first, last))
          }
          case 'flag':
            return ((message.system & each.bit) !== 0) === each.isSet
          case 'larger':
            return text.length > each.octets
          case 'smaller':
            return text.length < each.octets
          case 'header':
            return has(each.name === 'subject' ? message.subject : message.own, each.text)
          case 'body':
            return has(message.body, each.text)
          case 'text':
            return has(text, each.text)
          case 'date': {
            const day = message.date / 86_400_000
            return each.is === 'before' ? day < each.day : each.is === 'on' ? day === each.day : day >= each.day
          }
          default:
            return expect.fail(each.key)
        }
      }
    }),
    { numRuns: 500 },
  )
})

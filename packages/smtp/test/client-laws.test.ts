import { bytesHandle, fromLatin1, latin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSmtpClient } from '../src/client/client.js'
import type { ClientOutcome, OutgoingMessage } from '../src/client/host.js'

/** What a server may do next. */
type Move =
  | { readonly kind: 'say'; readonly text: string; readonly cut: number }
  | { readonly kind: 'wait'; readonly time: number }
  | { readonly kind: 'end' | 'lose' }

const code = fc.constantFrom(220, 250, 250, 250, 235, 334, 354, 354, 421, 450, 451, 452, 500, 550, 552, 554, 199, 600)
const text = fc.constantFrom(
  'Ok',
  '2.0.0 Ok',
  '5.1.1 no',
  'PIPELINING',
  'SIZE 10',
  'SMTPUTF8',
  'CHUNKING',
  'AUTH PLAIN LOGIN',
  'VXNlcjo=',
  '\x00\x1b',
  '',
)
const separator = fc.constantFrom(' ', ' ', ' ', '-', '')
const line = fc
  .tuple(code, separator, text)
  .map(([number, between, words]) => `${number}${between}${between === '' ? '' : words}\r\n`)
const EHLO =
  '250-x\r\n250-PIPELINING\r\n250-DSN\r\n250-8BITMIME\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250 AUTH PLAIN\r\n'
const say = fc.oneof(
  { weight: 12, arbitrary: line },
  {
    weight: 4,
    arbitrary: fc.constantFrom('250 Ok\r\n', '354 go\r\n', EHLO, '250 Ok\r\n250 Ok\r\n354 go\r\n250 Ok\r\n'),
  },
  { weight: 1, arbitrary: fc.constantFrom('HTTP/1.1 200 OK\r\n', '\r\n', '\n', '250 Ok\n', 'x'.repeat(5_000)) },
)
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('say' as const), text: say, cut: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), time: fc.nat(700_000) }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'end' as const }, { kind: 'lose' as const }) },
)

/** Addresses as nobody should give them, and some that are good. */
const address = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a@foo.com', 'b@foo.com', '"x y"@foo.com') },
  { weight: 1, arbitrary: fc.constantFrom('', 'j\u00fc@foo.com', '"@foo.com', 'x y@foo.com') },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.constantFrom('a', '@', '.', '<', '>', '"', '\\', ' ', '\r', '\n', '\0', '\u2028'),
      maxLength: 12,
    }),
  },
)
const message: fc.Arbitrary<OutgoingMessage> = fc
  .record({
    reversePath: address,
    recipients: fc.array(
      fc.record({
        address,
        originalRecipient: fc.constantFrom('rfc822;a b@c', 'x\r\nRSET;y', '\r\n', 'rfc822;\r\nQUIT'),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    octets: fc.constantFrom('Hello\r\n', '.\r\n..\r\n', 'x'.repeat(50), ''),
    type: fc.constantFrom('7BIT' as const, '7BIT' as const, '8BITMIME' as const, 'BINARYMIME' as const),
    envelopeId: fc.constantFrom('id', 'a\r\nQUIT', '+='),
  })
  .map(({ octets, ...rest }) => ({ ...rest, body: bytesHandle(fromLatin1(octets)) }))

/** Everything that was seen of one session. */
interface Seen {
  readonly written: string
  readonly given: readonly OutgoingMessage[]
  readonly reports: readonly (readonly ClientOutcome[])[]
  readonly failures: number
  readonly asked: number
  readonly closed: number
  readonly faults: number
}

function play(protocol: 'smtp' | 'lmtp', moves: readonly Move[], messages: readonly OutgoingMessage[]): Seen {
  const engine = createSmtpClient({
    protocol,
    hostname: 'client.example',
    auth: { credentials: { kind: 'password', user: 'u', password: 'p' }, plaintext: 'always' },
    ...(messages.length % 2 === 0 ? {} : { converts: 'toSevenBit' as const }),
  })
  let written = ''
  let now = 0
  let asked = 0
  let failures = 0
  let closed = 0
  let faults = 0
  const given: OutgoingMessage[] = []
  const reports: (readonly ClientOutcome[])[] = []
  const perform = (): void => {
    for (let effect = engine.next(); effect !== undefined; effect = engine.next()) {
      if (effect.kind === 'write') written += latin1(effect.bytes)
      else if (effect.kind === 'splice') written += '\r\n'
      else if (effect.kind === 'close') closed++
      else if (effect.kind === 'event' && effect.event.name === 'engineFault') faults++
      else if (effect.kind === 'call') {
        const { call } = effect
        if (call.call === 'report') reports.push(call.args.outcomes)
        if (call.call === 'failed') failures++
        let ok: unknown = {}
        if (call.call === 'convert') ok = { kind: 'converted', body: bytesHandle(fromLatin1('7\r\n')) }
        if (call.call === 'nextMessage') {
          const next = messages[asked++]
          if (next !== undefined) given.push(next)
          ok = next === undefined ? { kind: 'quit' } : { kind: 'message', message: next }
        }
        engine.complete(effect.id, { ok })
      }
    }
  }
  engine.tick(now)
  perform()
  for (const each of [...moves, { kind: 'lose' } as const]) {
    switch (each.kind) {
      case 'say': {
        const octets = fromLatin1(each.text)
        for (const piece of [octets.subarray(0, each.cut), octets.subarray(each.cut)]) {
          engine.receive(piece)
          perform()
        }
        break
      }
      case 'wait':
        now += each.time
        engine.tick(now)
        break
      case 'end':
        engine.receiveEnd()
        break
      case 'lose':
        engine.lost()
        break
      default:
        each satisfies never
    }
    perform()
  }
  return { written, given, reports, failures, asked, closed, faults }
}

/** As far as the first message, and a little further, so that what may go wrong there is met often. */
const OPENED = ['220 x\r\n', EHLO, '235 Ok\r\n'].map((each): Move => ({ kind: 'say', text: each, cut: 3 }))
const TAKING = [...OPENED, { kind: 'say', text: '250 Ok\r\n250 Ok\r\n250 Ok\r\n', cut: 10 } as const]

describe('whatever a server says', () => {
  const session = fc.tuple(
    fc.constantFrom('smtp' as const, 'lmtp' as const),
    fc
      .tuple(fc.constantFrom([], OPENED, TAKING), fc.array(move, { maxLength: 60 }))
      .map(([first, rest]) => [...first, ...rest]),
    fc.array(message, { maxLength: 3 }),
  )

  test('each message is reported exactly once, each recipient in it; a session that never was is told once', () => {
    fc.assert(
      fc.property(session, ([protocol, moves, messages]) => {
        const seen = play(protocol, moves, messages)
        expect(seen.faults).toBe(0)
        expect(seen.closed).toBe(1)
        expect(seen.reports.map((outcomes) => outcomes.length)).toEqual(
          seen.given.map(({ recipients }) => recipients.length),
        )
        expect(seen.failures).toBe(seen.asked === 0 ? 1 : 0)
      }),
      { numRuns: 3_000 },
    )
  })

  test('nothing that a host gives can end a command early, or begin one', () => {
    const VERBS =
      /^(?:EHLO|HELO|LHLO|MAIL FROM:<|RCPT TO:<|DATA$|BDAT \d|RSET$|QUIT$|AUTH |STARTTLS$|\*$|[A-Za-z0-9+/=]*$)/
    fc.assert(
      fc.property(session, ([protocol, moves, messages]) => {
        const { written } = play(protocol, moves, messages)
        for (const each of written.split('\r\n')) {
          expect(each).not.toMatch(/[\r\n\0]/)
          expect(each).toMatch(VERBS)
        }
        const commands = written.split('\r\n').filter((each) => /^(?:MAIL|RCPT) /.test(each))
        for (const each of commands)
          expect(each).toMatch(/^(?:MAIL FROM|RCPT TO):<(?:[^<>"]|"(?:[^"\\]|\\.)*")*>(?: [A-Z-]+=\S+| SMTPUTF8)*$/)
      }),
      { numRuns: 2_000 },
    )
  })
})

import {
  type CallId,
  type Effect,
  type Engine,
  type EngineEvent,
  fromLatin1,
  HostError,
  LOGIN,
  latin1,
  PLAIN,
} from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { questionsOf, type SmtpCall, type SmtpHandler } from './handler.js'
import type { MxOptions, SmtpAbilities, SmtpServerOptions } from './options.js'
import { createSmtpServer } from './server.js'

const PEER = { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.25', localPort: 25 }
const MX: MxOptions = { role: 'mx', hostname: 'mx.example.com', peer: PEER }
const AUTH = { mechanisms: [PLAIN, LOGIN], plaintext: 'always' } as const

/** What every call answers, at once: everybody may do everything, and every password is right. */
const YES: { readonly [call: string]: unknown } = {
  recipient: { kind: 'accepted' },
  message: { kind: 'accepted', id: 'A1' },
  verifyPassword: { kind: 'accepted', user: 'alice', account: 'alice' },
}

/** Drives an engine without a clock, a socket or a promise. */
class Peer {
  readonly engine: Engine<SmtpCall>
  readonly events: EngineEvent[] = []
  readonly calls: SmtpCall[] = []
  readonly answers: { readonly [call: string]: unknown }
  output = ''
  closed: string | null = null
  #now = 0

  constructor(options: SmtpServerOptions, answers = YES) {
    this.engine = createSmtpServer(options)
    this.answers = answers
    this.engine.tick(0)
    this.run()
  }

  say(octets: string): this {
    this.engine.receive(fromLatin1(octets))
    this.run()
    return this
  }

  /** Until the engine waits for the peer; what it sleeps for is over at once. */
  run(): void {
    for (;;) {
      const effect = this.engine.next()
      if (effect !== undefined) this.#do(effect)
      else if (!this.#sleeps()) return
    }
  }

  #sleeps(): boolean {
    const { deadline } = this.engine
    if (deadline === null || deadline > this.#now + 60_000) return false
    this.#now = deadline
    this.engine.tick(deadline)
    return true
  }

  #do(effect: Effect<SmtpCall>): void {
    switch (effect.kind) {
      case 'write':
        this.output += latin1(effect.bytes)
        return
      case 'call':
        this.calls.push(effect.call)
        this.#answer(effect.id, effect.call.call)
        return
      case 'body':
        this.engine.acknowledge(effect.body, effect.chunk.length)
        return
      case 'startTls':
        this.engine.secured({ protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' })
        return
      case 'event':
        this.events.push(effect.event)
        return
      case 'close':
        this.closed = effect.reason
        return
      default:
        return
    }
  }

  #answer(id: CallId, call: string): void {
    this.engine.complete(id, { ok: this.answers[call] })
  }

  get lines(): string[] {
    return this.output.split('\r\n').slice(0, -1)
  }
}

describe('the server', () => {
  test('a host name that could not stand in a reply is refused', () => {
    for (const hostname of ['', 'a b', 'a\r\nb', 'é']) {
      expect(() => createSmtpServer({ ...MX, hostname })).toThrow(HostError)
    }
  })

  test('what an ability tells in EHLO must fit there', () => {
    const broken: readonly SmtpAbilities[] = [
      { deliverBy: { leastSeconds: -1 } },
      { deliverBy: { leastSeconds: 1.5 } },
      { futureRelease: { seconds: 0, from: 0 } },
      { futureRelease: { seconds: 1e9, from: 0 } },
      { priority: { profile: 'a b' } },
      { priority: { profile: '' } },
    ]
    for (const abilities of broken) expect(() => createSmtpServer({ ...MX, abilities })).toThrow(HostError)
  })

  test('the session’s course is told in events, with Postfix’s counters at the end', () => {
    const peer = new Peer(MX)
    peer.say('EHLO client\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n')
    peer.say('Subject: x\r\n\r\ntext\r\n.\r\nXYZZY\r\nQUIT\r\n')
    expect(peer.events).toEqual([
      { name: 'connect', role: 'mx', address: '192.0.2.7', port: 40_000, client: null, isSecure: false },
      { name: 'hello', verb: 'EHLO', helo: 'client' },
      { name: 'mail', from: '', size: null },
      { name: 'recipient', to: 'b@example.com' },
      { name: 'message', from: '', to: ['b@example.com'], outcome: 'accepted', id: 'A1', octets: 20 },
      { name: 'mistake', verb: 'unknown', code: 500, enhanced: '5.5.2', text: 'Error: command not recognized' },
      {
        name: 'disconnect',
        reason: 'logout',
        state: 'ready',
        after: 'QUIT',
        commands: 'ehlo=1 mail=1 rcpt=1 data=1 quit=1 unknown=0/1 commands=5/6',
      },
    ])
    expect(peer.closed).toBe('logout')
  })

  test('no password and no stray line is ever told in an event', () => {
    const secrets = ['AGFsaWNlAHNlY3JldA==', 'c2VjcmV0', 'secret', 'alice-secret']
    for (const verdict of ['accepted', 'rejected', 'unavailable']) {
      const answers = { verifyPassword: { kind: verdict, user: 'alice', account: 'alice' } }
      const peer = new Peer({ ...MX, auth: AUTH }, answers)
      peer.say('HELO client\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nAUTH LOGIN\r\nYWxpY2U=\r\nc2VjcmV0\r\n')
      peer.say('c2VjcmV0\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\nalice-secret\r\nAUTH AGFsaWNlAHNlY3JldA==\r\n')
      peer.engine.lost()
      peer.run()
      const told = JSON.stringify(peer.events)
      for (const secret of secrets) expect(told).not.toContain(secret)
      expect(told).toContain('disconnect')
    }
  })

  test('a peer cannot write into events or replies but printable', () => {
    const peer = new Peer(MX)
    peer.say('HELO a\x80<b>(c)\r\nMAIL FROM:<a@b.c> X=\xff\r\nVRFY \x80\r\n')
    expect(peer.output + JSON.stringify(peer.events)).toMatch(/^[ -~\r\n]*$/)
    expect(peer.events).toContainEqual({ name: 'hello', verb: 'HELO', helo: 'a??b??c?' })
  })

  test('a thousand recipients pass, in one group', () => {
    const peer = new Peer(MX)
    peer.say(`EHLO client\r\nMAIL FROM:<>\r\n${'RCPT TO:<b@example.com>\r\n'.repeat(1_001)}DATA\r\n.\r\n`)
    expect(peer.lines.filter((line) => line === '250 2.1.5 Ok').length).toBe(1_000)
    expect(peer.lines.slice(-3)).toEqual([
      '452 4.5.3 Error: too many recipients',
      '354 End data with <CR><LF>.<CR><LF>',
      '250 2.0.0 Ok: queued as A1',
    ])
  })

  test('an unlimited size is listed as such, RFC 1870 §3', () => {
    const peer = new Peer({ ...MX, limits: { messageOctets: Number.POSITIVE_INFINITY } })
    peer.say('EHLO client\r\nMAIL FROM:<> SIZE=9007199254740991\r\n')
    expect(peer.lines).toContain('250-SIZE')
    expect(peer.lines.at(-1)).toBe('250 2.1.0 Ok')
  })

  test('[B1] the banner is the host’s', () => {
    const peer = new Peer({ ...MX, banner: '$myhostname ESMTP $mail_name (Debian/GNU)', mailName: 'Postfix' })
    expect(peer.output).toBe('220 mx.example.com ESMTP Postfix (Debian/GNU)\r\n')
  })

  test('the optional decisions are read off a handler', () => {
    const least: SmtpHandler = {
      recipient: () => Promise.resolve({ kind: 'accepted' }),
      message: () => Promise.resolve({ kind: 'accepted', id: 'A1' }),
    }
    expect(questionsOf(least)).toEqual([])
    const more: SmtpHandler = {
      ...least,
      mail: least.recipient,
      verify: () => Promise.resolve({ kind: 'noncommittal' }),
    }
    expect(questionsOf(more)).toEqual(['mail', 'verify'])
  })
})

describe('laws', () => {
  const word = fc.constantFrom(
    ...[
      'HELO c',
      'EHLO c',
      'MAIL FROM:<a@b.c>',
      'MAIL FROM: x SIZE=1',
      'RCPT TO:<b@example.com>',
      'RCPT TO:<>',
      'RSET',
    ],
    ...['NOOP', 'VRFY x', 'HELP', 'XYZZY', 'EXPN x', 'STARTTLS x', 'AUTH PLAIN AGEAYg==', 'AUTH', 'AUTH PLAIN x', ''],
    ...['MAIL', 'RCPT', 'DATA now', 'QUIT now', '\0', 'lhlo x', 'x'.repeat(3_000), 'MAIL FROM:<\xe9@b.c>'],
  )
  const limits = { softErrors: 1e9, hardErrors: 1e9, junkCommands: 1e9 }

  test('every command gets exactly one final reply, in order', () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const peer = new Peer({ ...MX, auth: AUTH, limits })
        for (const text of words) peer.say(`${text}\r\n`)
        const oneByOne = peer.lines
        expect(oneByOne.filter((line) => /^[245]\d\d (?:\S|$)/.test(line)).length).toBe(1 + words.length)
        const atOnce = new Peer({ ...MX, auth: AUTH, limits }).say(words.map((text) => `${text}\r\n`).join(''))
        expect(atOnce.lines).toEqual(oneByOne)
        expect(atOnce.closed).toBeNull()
      }),
    )
  })

  test('any octets at all: no fault, and only whole replies of codes the RFCs know', () => {
    const octets = fc.uint8Array({ maxLength: 400 }).map((bytes) => latin1(bytes))
    const input = fc.array(
      fc.oneof(octets, word, fc.constantFrom('\r\n', '\n', '\r', '.\r\n', 'DATA\r\n', 'STARTTLS\r\n')),
    )
    const roles: readonly SmtpServerOptions[] = [
      { ...MX, auth: AUTH, startTls: 'offered', limits },
      { ...MX, role: 'submission', auth: AUTH, startTls: 'required' },
      { ...MX, role: 'lmtp', lineEnds: 'normalise', paths: 'strict' },
    ]
    fc.assert(
      fc.property(input, fc.constantFrom(...roles), (chunks, options) => {
        const peer = new Peer(options)
        for (const chunk of chunks) if (peer.closed === null) peer.say(chunk)
        peer.engine.receiveEnd()
        peer.run()
        expect(peer.events.map(({ name }) => name)).not.toContain('engineFault')
        expect(peer.closed).not.toBeNull()
        expect(peer.output).toMatch(/^(?:(?:2\d\d|334|354|4\d\d|5\d\d)[ -][ -~]*\r\n)+$/)
      }),
      { numRuns: 300 },
    )
  })
})

test('a peer that does not wait where it must is told of, where somebody looks (RFC 2920 §3.1)', () => {
  const begin = 'MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\n'
  const hasty = (haste: 'noted' | undefined, ...chunks: readonly string[]): unknown => {
    const peer = new Peer(
      { ...MX, asks: ['data'], ...(haste === undefined ? {} : { haste }) },
      { ...YES, data: { kind: 'accepted' } },
    )
    for (const chunk of chunks) peer.say(chunk)
    return peer.calls.flatMap((each) => (each.call === 'data' ? [each.args.session.isHasty === true] : []))
  }
  // A group that ends with DATA is as it should be.
  expect(hasty('noted', 'EHLO x.example\r\n', `${begin}DATA\r\n`)).toEqual([false])
  expect(hasty('noted', 'EHLO x.example\r\n', `${begin}DATA\r\nSubject: x\r\n`)).toEqual([true])
  expect(hasty('noted', `EHLO x.example\r\n${begin}`, 'DATA\r\n')).toEqual([true])
  expect(hasty('noted', 'HELO x.example\r\n', begin, 'DATA\r\n')).toEqual([true])
  expect(hasty('noted', 'HELO x.example\r\n', ...begin.split(/(?<=\n)/), 'DATA\r\n')).toEqual([false])
  expect(hasty(undefined, `EHLO x.example\r\n${begin}DATA\r\nx`)).toEqual([false])
})

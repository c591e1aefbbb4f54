import {
  accountId,
  type BodyHandle,
  type BodyId,
  bytesHandle,
  type CallId,
  type Effect,
  type Engine,
  type EngineEvent,
  fromLatin1,
  HostError,
  latin1,
  type Octets,
  PLAIN,
  READ_WINDOW,
} from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SmtpCall, UrlVerdict } from '../handler.js'
import type { SubmissionOptions } from '../options.js'
import { createSmtpServer } from '../server.js'
import { parseBurl } from './burl.js'

describe('BURL’s argument', () => {
  test.each([
    ['a URL', 'imap://a@b/c/;uid=1', { url: 'imap://a@b/c/;uid=1', isLast: false }],
    ['the last one', 'imap://b/c LAST', { url: 'imap://b/c', isLast: true }],
    ['its marker in any case', 'IMAP://b/c lAsT', { url: 'IMAP://b/c', isLast: true }],
    ['a query', 'imap://b/c?SUBJECT%20x', { url: 'imap://b/c?SUBJECT%20x', isLast: false }],
    ['an address', 'imap://[2001:db8::1]/c', { url: 'imap://[2001:db8::1]/c', isLast: false }],
    ['a URL called LAST', 'x:LAST', { url: 'x:LAST', isLast: false }],
    ['nothing', '', undefined],
    ['no scheme', '//b/c', undefined],
    ['a scheme that begins with a digit', '1imap://b/c', undefined],
    ['nothing behind the scheme', 'imap:', undefined],
    ['a fragment', 'imap://b/c#d', undefined],
    ['half an escape', 'imap://b/%4', undefined],
    ['what is no URL character', 'imap://b/"c"', undefined],
    ['another marker', 'imap://b/c LAST LAST', undefined],
    ['more than US-ASCII', 'imap://b/\xe9', undefined],
  ])('%s', (_, argument, wanted) => {
    expect(parseBurl(argument)).toEqual(wanted)
  })

  const scheme = fc.stringMatching(/^[A-Za-z][A-Za-z0-9+.-]{0,8}$/)
  const rest = fc.stringMatching(/^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?[\]-]|%[0-9A-Fa-f]{2}){1,60}$/)

  test('every absolute-URI is read, with its marker', () => {
    fc.assert(
      fc.property(scheme, rest, fc.constantFrom('', ' LAST', ' last'), (name, path, marker) => {
        expect(parseBurl(`${name}:${path}${marker}`)).toEqual({ url: `${name}:${path}`, isLast: marker !== '' })
      }),
    )
  })

  test('whatever is read is a URL of printable US-ASCII without a blank, and stood there', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(scheme, fc.string()).map((parts) => parts.join(':')),
    )
    fc.assert(
      fc.property(text, (argument) => {
        const wanted = parseBurl(argument)
        if (wanted === undefined) return
        expect(wanted.url).toMatch(/^[A-Za-z][!-~]+$/)
        expect(argument.startsWith(wanted.url)).toBe(true)
      }),
    )
  })
})

const OPTIONS: SubmissionOptions = {
  role: 'submission',
  hostname: 'smtp.example.com',
  peer: { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.25', localPort: 587 },
  auth: { mechanisms: [PLAIN], plaintext: 'always' },
  asks: ['resolveUrl'],
}
const SECRET = '91354a473744909de610943775f92038'

/** A submission server whose user is logged in, and whose host has one URL. What it does not answer waits. */
class Submission {
  readonly #engine: Engine<SmtpCall>
  readonly #source: BodyHandle
  readonly #text: string
  readonly events: EngineEvent[] = []
  readonly reads: Octets[] = []
  readonly other: Effect<SmtpCall>['kind'][] = []
  output = ''
  body = ''
  isWhole: boolean | null = null
  /** Bodies that came whole. */
  readonly messages: string[] = []
  /** What the store took of the body; `null`: all at once. */
  appetite: Octets | null = null
  unacknowledged = 0
  readFault: Error | null = null
  /** How many reads are answered. */
  answered = Number.POSITIVE_INFINITY
  #message: CallId | null = null
  #bodyId: BodyId | undefined

  constructor(text: string, options: Partial<SubmissionOptions> = {}) {
    this.#text = text
    this.#source = bytesHandle(fromLatin1(text))
    this.#engine = createSmtpServer({ ...OPTIONS, ...options })
    this.#engine.tick(0)
    this.say('EHLO x\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\n')
    this.output = ''
  }

  say(octets: string): this {
    this.#engine.receive(fromLatin1(octets))
    this.run()
    return this
  }

  run(): void {
    for (let effect = this.#engine.next(); effect !== undefined; effect = this.#engine.next()) this.#do(effect)
  }

  acknowledge(octets: Octets): void {
    this.unacknowledged -= octets
    if (this.#bodyId !== undefined) this.#engine.acknowledge(this.#bodyId, octets)
    this.run()
  }

  /** The host has an answer to the message, whether it is whole or not. */
  answer(value: unknown): void {
    if (this.#message === null) throw new Error('no message has come')
    this.#engine.complete(this.#message, { ok: value })
    this.run()
  }

  lose(): void {
    this.#engine.lost()
    this.run()
  }

  #do(effect: Effect<SmtpCall>): void {
    switch (effect.kind) {
      case 'write':
        this.output += latin1(effect.bytes)
        return
      case 'body':
        this.body += latin1(effect.chunk)
        this.unacknowledged += effect.chunk.length
        if (this.appetite === null) this.acknowledge(effect.chunk.length)
        return
      case 'bodyEnd':
        this.isWhole = effect.isComplete
        if (effect.isComplete) this.messages.push(this.body)
        if (this.#message !== null) this.#engine.complete(this.#message, { ok: { kind: 'accepted', id: 'A1' } })
        return
      case 'event':
        this.events.push(effect.event)
        return
      case 'call':
        if (effect.body !== undefined) {
          this.#bodyId = effect.body
          this.body = ''
        }
        this.#call(effect.id, effect.call)
        return
      default:
        this.other.push(effect.kind)
    }
  }

  #call(id: CallId, call: SmtpCall): void {
    switch (call.call) {
      case 'message':
        this.#message = id
        return
      case 'readBody': {
        const { start, end } = call.args
        this.reads.push(end - start)
        if (this.reads.length > this.answered) return
        if (this.readFault !== null) this.#engine.complete(id, { fault: this.readFault })
        else this.#engine.complete(id, { ok: { octets: fromLatin1(this.#text.slice(start, end)) } })
        return
      }
      case 'resolveUrl':
        this.#engine.complete(id, { ok: this.#resolve(call.args.url) })
        return
      case 'verifyPassword':
        this.#engine.complete(id, { ok: { kind: 'accepted', user: 'alice', account: accountId('alice') } })
        return
      default:
        this.#engine.complete(id, { ok: { kind: 'accepted' } })
    }
  }

  /** `imap://x/START-END`: that span of the text. */
  #resolve(url: string): UrlVerdict {
    const [, start, end] = /(\d+)-(\d+)/.exec(url) ?? []
    if (start === undefined) return { kind: 'unauthorized' }
    return { kind: 'found', source: this.#source, start: Number(start), end: Number(end) }
  }
}

describe('a message that is fetched', () => {
  test('is what its pieces are, however they come, and is read in windows', () => {
    const line = fc.stringMatching(/^[ -~]{0,40}$/).map((text) => `${text}\r\n`)
    const text = fc.tuple(fc.array(line, { minLength: 1 }), fc.constantFrom(1, 4_000)).map(([lines, times]) => {
      return lines.join('').repeat(times).slice(0, 300_000)
    })
    const cuts = fc.array(fc.tuple(fc.nat(300_000), fc.boolean()), { maxLength: 6 })
    fc.assert(
      fc.property(text, cuts, (cut, where) => {
        const message = `${cut.replace(/\r$/, '')}\r\n`
        const ends = [...where.map(([at, isFetched]) => [Math.min(at, message.length), isFetched] as const)]
        ends.sort(([a], [b]) => a - b)
        const peer = new Submission(message)
        let start = 0
        for (const [end, isFetched] of [...ends, [message.length, true] as const]) {
          const isLast = end === message.length && isFetched
          const octets = message.slice(start, end)
          if (isFetched) peer.say(`BURL imap://x/${start}-${end}${isLast ? ' LAST' : ''}\r\n`)
          else peer.say(`BDAT ${octets.length}\r\n${octets}`)
          start = end
          if (isLast) break
        }
        expect(peer.output.split('\r\n').at(-2)).toBe('250 2.0.0 Ok: queued as A1')
        expect(peer.body === message).toBe(true)
        expect(Math.max(0, ...peer.reads)).toBeLessThanOrEqual(READ_WINDOW)
      }),
      { numRuns: 50 },
    )
  })

  test('is read no faster than the host takes it', () => {
    const peer = new Submission('x'.repeat(1_000_000))
    peer.appetite = 0
    peer.say('BURL imap://x/0-1000000 LAST\r\n')
    const before = peer.reads.length
    expect(before).toBe(4)
    peer.acknowledge(READ_WINDOW)
    expect(peer.reads.length).toBe(before + 1)
    while (peer.unacknowledged > 0) peer.acknowledge(Math.min(peer.unacknowledged, READ_WINDOW))
    expect(peer.output).toBe('250 2.0.0 Ok: queued as A1\r\n')
    expect(peer.body.length).toBe(1_000_000)
  })

  test('is read no further once the host has refused it, which is told at the end', () => {
    const peer = new Submission('x'.repeat(1_000_000))
    peer.appetite = 0
    peer.say('BURL imap://x/0-1000000\r\n')
    peer.answer({ kind: 'refused', reply: { code: 452, enhanced: '4.3.1', text: 'full' } })
    expect(peer.reads.length).toBe(4)
    expect(peer.output).toBe('250 2.5.0 Waiting for additional BURL or BDAT commands\r\n')
    peer.say('BDAT 1 LAST\r\nx')
    expect(peer.output).toMatch(/452 4\.3\.1 full\r\n$/)
  })

  test('breaks in the middle: nothing of it remains, and the peer may try again', () => {
    const peer = new Submission('x'.repeat(100))
    peer.say('BDAT 2\r\nab')
    peer.readFault = new Error('the disk is gone')
    peer.say('BURL imap://x/0-100 LAST\r\nBDAT 1 LAST\r\nx')
    expect(peer.isWhole).toBe(false)
    expect(peer.output).toBe(
      '250 2.0.0 Ok: 2 bytes\r\n451 4.4.1 IMAP server unavailable\r\n503 5.5.1 Error: need RCPT command\r\n',
    )
    expect(peer.events).toContainEqual(expect.objectContaining({ name: 'commandFault', command: 'BURL' }))
  })

  test('is cancelled when its peer is lost while a window is read', () => {
    const peer = new Submission('x'.repeat(100_000))
    peer.answered = 1
    peer.say('BURL imap://x/0-100000 LAST\r\n')
    peer.lose()
    expect(peer.isWhole).toBe(false)
    expect(peer.other).toEqual(['cancel', 'cancel', 'close'])
  })

  test('its URL, which is a secret, is in no event', () => {
    const peer = new Submission('x\r\n')
    peer.say(`BURL imap://x/0-3;urlauth=submit+alice:internal:${SECRET}\r\n`)
    peer.say(`BURL imap://x/none;urlauth=submit+alice:internal:${SECRET} LAST\r\n`)
    peer.say(`BURL imap://x/none#;urlauth=submit+alice:internal:${SECRET} LAST\r\n`)
    expect(peer.output).toContain('554 5.7.0 IMAP URL authorization failed')
    const told = JSON.stringify(peer.events)
    expect(told).toContain('554')
    expect(told).not.toContain(SECRET)
  })
})

/** What RFC 4468 and RFC 3030 say that a session comes to. Of replies it knows the codes. */
class Model {
  state: 'ready' | 'mail' | 'rcpt' | 'chunks' = 'rcpt'
  pieces = ''
  readonly messages: string[] = []
  readonly codes: number[] = []

  run({ wire, piece }: Step): void {
    const [verb = '', ...words] = wire.split('\r\n', 1)[0]?.split(' ') ?? []
    this.codes.push(this.#answer(verb, words.at(-1) === 'LAST', piece))
  }

  #answer(verb: string, isLast: boolean, piece: string | null): number {
    switch (verb) {
      case 'MAIL':
        if (this.state !== 'ready') return 503
        this.state = 'mail'
        return 250
      case 'RCPT':
        if (this.state !== 'mail' && this.state !== 'rcpt') return 503
        this.state = 'rcpt'
        return 250
      case 'RSET':
        this.#over()
        return 250
      case 'BDAT':
      case 'BURL':
        if (this.state === 'ready') return 503
        if (this.state === 'mail') return 554
        if (piece === null) {
          this.#over()
          return verb === 'BURL' ? 554 : 552
        }
        this.state = 'chunks'
        this.pieces += piece
        if (isLast) {
          this.messages.push(this.pieces)
          this.#over()
        }
        return 250
      default:
        return 250
    }
  }

  #over(): void {
    this.state = 'ready'
    this.pieces = ''
  }
}

/** A command as it is sent, and what it brings: `null` for what cannot be had. */
interface Step {
  readonly wire: string
  readonly piece: string | null
}

test('any order of commands: a message is what its pieces are, or there is none; replies are the same one by one and in a group', () => {
  const text = Array.from({ length: 40 }, (_, at) => `line ${at}\r\n`).join('')
  const plain = fc
    .constantFrom('MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'RSET', 'NOOP')
    .map((line): Step => ({ wire: `${line}\r\n`, piece: null }))
  const marker = fc.constantFrom('', '', ' LAST')
  const span = fc.tuple(fc.nat(39), fc.nat(39)).map((ends) => {
    const [start = 0, end = 0] = ends.map((line) => text.indexOf(`line ${line}\r\n`)).toSorted((a, b) => a - b)
    return { start, end }
  })
  const bdat = fc.tuple(span, marker).map(([{ start, end }, last]): Step => {
    const piece = text.slice(start, end)
    return { wire: `BDAT ${piece.length}${last}\r\n${piece}`, piece }
  })
  const burl = fc.tuple(span, marker).map(([{ start, end }, last]): Step => {
    return { wire: `BURL imap://x/${start}-${end}${last}\r\n`, piece: text.slice(start, end) }
  })
  const none = marker.map((last): Step => ({ wire: `BURL imap://x/none${last}\r\n`, piece: null }))
  const huge = marker.map((last): Step => {
    return { wire: `BDAT 2000000${last}\r\n${'x'.repeat(2_000_000)}`, piece: null }
  })
  const step = fc.oneof(
    { weight: 6, arbitrary: plain },
    { weight: 4, arbitrary: bdat },
    { weight: 4, arbitrary: burl },
    { weight: 1, arbitrary: none },
  )
  const limits = { softErrors: 1e9, hardErrors: 1e9, junkCommands: 1e9, messageOctets: 1_000_000 }
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.option(huge), (steps, last) => {
      const all = last === null ? steps : [...steps, last]
      const model = new Model()
      for (const each of all) model.run(each)
      const slowly = new Submission(text, { limits })
      for (const { wire } of all) slowly.say(wire)
      const codes = slowly.output
        .split('\r\n')
        .slice(0, -1)
        .map((line) => Number(line.slice(0, 3)))
      expect(codes).toEqual(model.codes)
      expect(slowly.messages).toEqual(model.messages)
      const atOnce = new Submission(text, { limits }).say(all.map(({ wire }) => wire).join(''))
      expect(atOnce.output).toBe(slowly.output)
      expect(atOnce.messages).toEqual(model.messages)
    }),
    { numRuns: 200 },
  )
})

test('servers that could not stand behind BURL in EHLO’s list are refused', () => {
  for (const server of ['', 'imap.example.com\r\n250 x', 'a b', 'a/b', 'a:b']) {
    expect(() => createSmtpServer({ ...OPTIONS, imapServers: [server] })).toThrow(HostError)
  }
})

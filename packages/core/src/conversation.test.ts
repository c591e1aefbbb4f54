import { describe, expect, test } from 'vitest'
import type { AnyCall } from './adapters/call.js'
import type { CallId } from './brands.js'
import { fromLatin1, latin1 } from './bytes.js'
import { Conversation } from './conversation.js'
import type { Effect, Engine } from './engine.js'
import { HostError, StoreFault } from './errors.js'
import {
  breathe,
  caller,
  compress,
  discardOctets,
  type Flow,
  feedUpload,
  giveUpload,
  type LineInput,
  readLine,
  readLineOrPush,
  readOctets,
  sleep,
  startTls,
} from './flow.js'
import type { Protocol, Wire } from './protocol.js'

interface Shelf {
  fetch(args: { readonly key: string }, signal: AbortSignal): Promise<{ readonly value: string }>
  put(args: { readonly key: string; readonly body: AsyncIterable<Uint8Array> }, signal: AbortSignal): Promise<string>
}

const { call, upload, openUpload, finishUpload } = caller<Shelf>()

/** A protocol with one command for each kind of step. */
class Toy implements Protocol<string> {
  readonly lineLimit = 40
  readonly patience = 10_000
  readonly #wire: Wire
  #news: string[] = []

  constructor(wire: Wire) {
    this.#wire = wire
  }

  *open(): Flow<void> {
    this.#wire.write('hello\r\n')
  }

  *command(input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<void> {
    if (input.kind === 'overlong') return this.#wire.write('too long\r\n')
    const [verb, argument = ''] = input.text.split(' ')
    switch (verb) {
      case 'GET':
        try {
          const { value } = yield* call('fetch', { key: argument })
          this.#wire.write(`${value}\r\n`)
        } catch (error) {
          this.#wire.write(`${error instanceof StoreFault ? 'fault' : 'strange'}\r\n`)
        }
        return
      case 'PUT': {
        const result = yield* upload('put', { key: 'k' }, { mode: 'octets', octets: Number(argument) })
        this.#wire.write(`${result.kind === 'answered' ? result.result : result.flaw}\r\n`)
        return
      }
      case 'MIX': {
        yield* openUpload('put', { key: 'k' })
        yield* feedUpload({ mode: 'octets', octets: 2 })
        for (let piece = 0; piece < Number(argument); piece++) {
          const { value } = yield* call('fetch', { key: String(piece) })
          const { isWanted } = yield* giveUpload(fromLatin1(value))
          if (!isWanted) break
        }
        this.#wire.write(`${yield* finishUpload('put')}\r\n`)
        return
      }
      case 'GIVE':
        yield* giveUpload(fromLatin1('x'))
        return
      case 'DATA': {
        const result = yield* upload('put', { key: 'k' }, { mode: 'data', limit: 20, lineEnds: 'reject' })
        this.#wire.write(`${result.kind === 'answered' ? result.result : result.flaw}\r\n`)
        return
      }
      case 'ASK': {
        this.#wire.write('name?\r\n')
        const answer = yield* readLine(10)
        this.#wire.write(`${answer.kind === 'line' ? answer.text : answer.kind}\r\n`)
        return
      }
      case 'LITERAL':
        this.#wire.write(`${latin1(yield* readOctets(Number(argument)))}\r\n`)
        return
      case 'SKIP':
        yield* discardOctets(Number(argument))
        this.#wire.write('skipped\r\n')
        return
      case 'SLEEP':
        yield* sleep(2_000)
        this.#wire.write('awake\r\n')
        return
      case 'TLS': {
        this.#wire.write('go\r\n')
        const tls = yield* startTls()
        this.#wire.write(`${tls.protocol}\r\n`)
        return
      }
      case 'COMPRESS':
        this.#wire.write('go\r\n')
        yield* compress()
        return
      case 'IDLE':
        for (;;) {
          const event = yield* readLineOrPush(10)
          if (event.kind !== 'push') return this.#wire.write('idled\r\n')
          this.#tell()
        }
      case 'WAKE': {
        const event = yield* readLineOrPush(10, 4_000)
        return this.#wire.write(`${event.kind}\r\n`)
      }
      case 'MANY':
        for (let line = 0; line < Number(argument); line++) {
          this.#wire.write(`${'x'.repeat(998)}\r\n`)
          if (this.#wire.isFull) yield* breathe()
        }
        return
      case 'BREAK':
        throw new Error('a bug')
      case 'QUIT':
        this.#wire.write('bye\r\n')
        this.#wire.close('logout')
        return
      default:
        this.#wire.write('what?\r\n')
    }
  }

  notify(update: string): void {
    this.#news.push(update)
  }

  push(): Flow<void> | undefined {
    this.#tell()
    return undefined
  }

  expired(): void {
    this.#wire.write('too slow\r\n')
  }

  stopping(): void {
    this.#wire.write('closing\r\n')
  }

  leftovers(): readonly AnyCall[] {
    return [{ call: 'fetch', args: { key: 'leftover' } }]
  }

  #tell(): void {
    for (const news of this.#news) this.#wire.write(`news: ${news}\r\n`)
    this.#news = []
  }
}

function toy(): Engine<AnyCall, string> {
  const engine = new Conversation<AnyCall, string>((wire) => new Toy(wire))
  engine.tick(0)
  return engine
}

/** Everything the engine asks for until it waits, in short form. */
function run(engine: Engine<AnyCall, string>): string[] {
  const said: string[] = []
  for (let effect = engine.next(); effect !== undefined; effect = engine.next()) said.push(short(effect))
  return said
}

function short(effect: Effect): string {
  switch (effect.kind) {
    case 'write':
      return latin1(effect.bytes)
    case 'call':
      return `call ${effect.id} ${effect.call.call} ${JSON.stringify(effect.call.args)}`
    case 'body':
      return `body ${latin1(effect.chunk)}`
    case 'bodyEnd':
      return `bodyEnd ${effect.isComplete}`
    case 'cancel':
      return `cancel ${effect.id}`
    case 'close':
      return `close ${effect.reason}`
    case 'event':
      return `event ${effect.event.name}`
    default:
      return effect.kind
  }
}

function say(engine: Engine<AnyCall, string>, text: string): string[] {
  engine.receive(fromLatin1(text))
  return run(engine)
}

const ONE = 1 as CallId
const LEFTOVER = (id: number): string => `call ${id} fetch {"key":"leftover"}`

describe('Conversation', () => {
  test('makes no progress but in next', () => {
    const engine = toy()
    engine.receive(fromLatin1('NOOP\r\n'))
    expect(engine.next()).toMatchObject({ kind: 'write' })
    expect(engine.next()).toBeUndefined()
  })

  test('greets, answers in order, batches the replies of pipelined commands into one write', () => {
    expect(say(toy(), 'A\r\nB\r\nQUIT\r\n')).toEqual(
      ['hello\r\nwhat?\r\nwhat?\r\nbye\r\n'].flatMap((text) => [LEFTOVER(1), text, 'close logout']),
    )
  })

  test('a call, its answer, and pipelined input that waits meanwhile', () => {
    const engine = toy()
    expect(say(engine, 'GET a\r\nNEXT\r\n')).toEqual(['call 1 fetch {"key":"a"}', 'hello\r\n'])
    expect(engine.wantsInput).toBe(false)
    expect(run(engine)).toEqual([])
    engine.complete(ONE, { ok: { value: 'v' } })
    expect(run(engine)).toEqual(['v\r\nwhat?\r\n'])
    expect(engine.wantsInput).toBe(true)
  })

  test("an adapter's exception reaches the flow as a StoreFault; a second answer is ignored", () => {
    const engine = toy()
    say(engine, 'GET a\r\n')
    engine.complete(ONE, { fault: new Error('disk') })
    engine.complete(ONE, { ok: { value: 'late' } })
    expect(run(engine)).toEqual(['fault\r\n'])
  })

  test('a body streams as views, and its credit stops the reading', () => {
    const engine = toy()
    say(engine, 'PUT 600000\r\n')
    const big = 'z'.repeat(300_000)
    expect(say(engine, big)).toEqual([`body ${big}`])
    expect(engine.wantsInput).toBe(false)
    expect(engine.deadline).toBeNull()
    engine.acknowledge(1 as never, 300_000)
    expect(engine.wantsInput).toBe(true)
    expect(say(engine, `${big}NEXT\r\n`)).toEqual([`body ${big}`, 'bodyEnd true'])
    engine.complete(ONE, { ok: 'stored' })
    expect(run(engine)).toEqual(['stored\r\nwhat?\r\n'])
  })

  test('an early answer lets the rest of the body be dropped, then is told', () => {
    const engine = toy()
    say(engine, 'PUT 6\r\n')
    expect(say(engine, 'ab')).toEqual(['body ab'])
    engine.complete(ONE, { ok: 'full' })
    expect(run(engine)).toEqual([])
    expect(say(engine, 'cdefNEXT\r\n')).toEqual(['full\r\nwhat?\r\n'])
  })

  test('octets from elsewhere go into the same body, no faster than they are consumed', () => {
    const engine = toy()
    const [big, small] = ['z'.repeat(300_000), 'y'.repeat(100)]
    run(engine)
    expect(say(engine, 'MIX 3\r\nabNEXT\r\n')).toEqual([
      'call 1 put {"key":"k"}',
      'body ab',
      'call 2 fetch {"key":"0"}',
    ])
    engine.complete(2 as CallId, { ok: { value: small } })
    expect(run(engine)).toEqual([`body ${small}`, 'call 3 fetch {"key":"1"}'])
    engine.complete(3 as CallId, { ok: { value: big } })
    // The window is shut: nothing more is fetched, and no time of the peer's runs.
    expect(run(engine)).toEqual([`body ${big}`])
    expect(engine.deadline).toBeNull()
    engine.acknowledge(1 as never, 102 + 300_000)
    expect(run(engine)).toEqual(['call 4 fetch {"key":"2"}'])
    engine.complete(4 as CallId, { ok: { value: small } })
    expect(run(engine)).toEqual([`body ${small}`, 'bodyEnd true'])
    engine.complete(ONE, { ok: 'stored' })
    expect(run(engine)).toEqual(['stored\r\nwhat?\r\n'])
  })

  test('an early answer lets octets from elsewhere be dropped, and the flow knows', () => {
    const engine = toy()
    say(engine, 'MIX 9\r\nab')
    engine.complete(ONE, { ok: 'full' })
    engine.complete(2 as CallId, { ok: { value: 'x' } })
    expect(run(engine)).toEqual(['full\r\n'])
  })

  test('lost while octets from elsewhere are waited for, or for room: the body is broken, all is cancelled', () => {
    for (const value of [null, 'z'.repeat(300_000)]) {
      const engine = toy()
      say(engine, 'MIX 9\r\nab')
      if (value !== null) {
        engine.complete(2 as CallId, { ok: { value } })
        run(engine)
      }
      engine.lost()
      expect(run(engine)).toEqual([
        ...(value === null ? ['cancel 2'] : []),
        'bodyEnd false',
        'cancel 1',
        LEFTOVER(3),
        'close lost',
      ])
    }
  })

  test('octets for an upload that is not open are a bug', () => {
    expect(() => say(toy(), 'GIVE\r\n')).toThrow(HostError)
  })

  test('flawed data: the consumer must forget it, the reply names the flaw, the next command is served', () => {
    const engine = toy()
    say(engine, 'DATA\r\n')
    expect(say(engine, 'a\nb\r\n.\r\nNEXT\r\n')).toEqual(['bodyEnd false'])
    engine.complete(ONE, { fault: new Error('incomplete') })
    expect(run(engine)).toEqual(['bareLineFeed\r\nwhat?\r\n'])
  })

  test('lines and literals within a command', () => {
    const engine = toy()
    expect(say(engine, 'ASK\r\n')).toEqual(['hello\r\nname?\r\n'])
    expect(say(engine, 'Bob\r\n')).toEqual(['Bob\r\n'])
    expect(say(engine, 'LITERAL 4\r\na\r\nbSKIP 3\r\nxyzNEXT\r\n')).toEqual(['a\r\nb\r\nskipped\r\nwhat?\r\n'])
  })

  test('sleep wakes at its deadline and not before', () => {
    const engine = toy()
    say(engine, 'SLEEP\r\n')
    expect(engine.deadline).toBe(2_000)
    engine.tick(1_999)
    expect(run(engine)).toEqual([])
    engine.tick(2_000)
    expect(run(engine)).toEqual(['awake\r\n'])
  })

  test('STARTTLS forgets what was sent in clear behind it (CVE-2011-0411)', () => {
    const engine = toy()
    expect(say(engine, 'TLS\r\nINJECTED\r\n')).toEqual(['hello\r\ngo\r\n', 'startTls'])
    expect(engine.wantsInput).toBe(false)
    engine.secured({ protocol: 'TLSv1.3', cipher: 'c' })
    expect(run(engine)).toEqual(['TLSv1.3\r\n'])
  })

  test('a flow that waits for the peer may be woken before its patience is over', () => {
    const engine = toy()
    engine.tick(0)
    say(engine, 'WAKE\r\n')
    expect(engine.deadline).toBe(4_000)
    engine.tick(3_999)
    expect(run(engine)).toEqual([])
    engine.tick(4_000)
    expect(run(engine)).toEqual(['wake\r\n'])
    expect(say(engine, 'WAKE\r\n')).toEqual([])
    expect(say(engine, 'NOW\r\n')).toEqual(['line\r\n'])
    expect(engine.deadline).toBe(14_000)
  })

  test('COMPRESS hands on what came behind it, which the host inflates first', () => {
    const engine = toy()
    run(engine)
    engine.receive(fromLatin1('COMPRESS\r\nab'))
    expect(engine.next()).toMatchObject({ kind: 'write', bytes: fromLatin1('go\r\n') })
    engine.receive(fromLatin1('cd'))
    expect(engine.next()).toEqual({ kind: 'compress', received: fromLatin1('abcd') })
    expect(run(engine)).toEqual([])
    expect(say(engine, 'HUH\r\n')).toEqual(['what?\r\n'])
  })

  test('COMPRESS with nothing behind it', () => {
    const engine = toy()
    run(engine)
    engine.receive(fromLatin1('COMPRESS\r\n'))
    expect(engine.next()).toMatchObject({ kind: 'write' })
    expect(engine.next()).toEqual({ kind: 'compress', received: fromLatin1('') })
    expect(run(engine)).toEqual([])
    expect(engine.wantsInput).toBe(true)
  })

  test('STARTTLS forgets also what comes while its reply waits to be sent', () => {
    const engine = toy()
    run(engine)
    engine.receive(fromLatin1('TLS\r\n'))
    expect(engine.next()).toMatchObject({ kind: 'write' })
    engine.receive(fromLatin1('INJECTED\r\n'))
    expect(engine.next()).toEqual({ kind: 'startTls' })
    engine.secured({ protocol: 'TLSv1.3', cipher: 'c' })
    expect(run(engine)).toEqual(['TLSv1.3\r\n'])
  })

  test('pushes: at once while a flow waits for them, between commands otherwise, never within a command', () => {
    const engine = toy()
    run(engine)
    engine.notify('1')
    expect(run(engine)).toEqual(['news: 1\r\n'])
    say(engine, 'IDLE\r\n')
    engine.notify('2')
    expect(run(engine)).toEqual(['news: 2\r\n'])
    expect(say(engine, 'DONE\r\nGET a\r\n')).toEqual(['call 1 fetch {"key":"a"}', 'idled\r\n'])
    engine.notify('3')
    expect(run(engine)).toEqual([])
    engine.complete(ONE, { ok: { value: 'v' } })
    expect(run(engine)).toEqual(['v\r\nnews: 3\r\n'])
  })

  test('long output comes in batches, with a turn for others between them', () => {
    const engine = toy()
    run(engine)
    const effects = say(engine, 'MANY 40\r\n')
    expect(effects.filter((effect) => effect !== 'yield').map((effect) => effect.length)).toEqual([
      17_000, 17_000, 6_000,
    ])
    expect(effects).toContain('yield')
  })

  test('a silent peer is told, then closed; a dripping one as well', () => {
    const silent = toy()
    run(silent)
    silent.tick(9_999)
    expect(run(silent)).toEqual([])
    silent.tick(10_000)
    expect(run(silent)).toEqual([LEFTOVER(1), 'too slow\r\n', 'close timeout'])

    const dripping = toy()
    run(dripping)
    let closedAt = 0
    for (let now = 0; now < 60_000 && closedAt === 0; now += 1_000) {
      dripping.tick(now)
      dripping.receive(fromLatin1('x'))
      if (run(dripping).includes('close timeout')) closedAt = now
    }
    expect(closedAt).toBeGreaterThanOrEqual(10_000)
    expect(closedAt).toBeLessThanOrEqual(11_000)
  })

  test('while the host works, the peer is not to blame', () => {
    const engine = toy()
    say(engine, 'GET a\r\n')
    engine.tick(1_000_000)
    expect(run(engine)).toEqual([])
    engine.complete(ONE, { ok: { value: 'v' } })
    expect(run(engine)).toEqual(['v\r\n'])
    expect(engine.deadline).toBe(1_010_000)
  })

  test('a peer that closed its side is served to the end', () => {
    const engine = toy()
    engine.receive(fromLatin1('GET a\r\nNEXT\r\nunfinished'))
    engine.receiveEnd()
    run(engine)
    engine.complete(ONE, { ok: { value: 'v' } })
    expect(run(engine)).toEqual([LEFTOVER(2), 'v\r\nwhat?\r\n', 'close peerClosed'])
  })

  test('a lost peer: the call is cancelled, its late answer ignored, nothing is written', () => {
    const engine = toy()
    say(engine, 'GET a\r\n')
    engine.lost()
    expect(run(engine)).toEqual(['cancel 1', LEFTOVER(2), 'close lost'])
    engine.complete(ONE, { ok: { value: 'v' } })
    expect(run(engine)).toEqual([])
  })

  test('lost in the middle of a body: the consumer forgets it', () => {
    const engine = toy()
    say(engine, 'PUT 6\r\nab')
    engine.lost()
    expect(run(engine)).toEqual(['bodyEnd false', 'cancel 1', LEFTOVER(2), 'close lost'])
  })

  test('lost when the body was whole: the call is let finish', () => {
    const engine = toy()
    say(engine, 'PUT 2\r\nab')
    engine.lost()
    expect(run(engine)).toEqual([LEFTOVER(2), 'close lost'])
  })

  test('stop: between commands at once, within one when it is answered', () => {
    const idle = toy()
    run(idle)
    idle.stop()
    expect(run(idle)).toEqual([LEFTOVER(1), 'closing\r\n', 'close stopped'])
    const busy = toy()
    say(busy, 'GET a\r\n')
    busy.stop()
    expect(run(busy)).toEqual([])
    busy.complete(ONE, { ok: { value: 'v' } })
    expect(run(busy)).toEqual([LEFTOVER(2), 'v\r\nclosing\r\n', 'close stopped'])
  })

  test('a bug in a command closes its connection and nothing else', () => {
    const engine = toy()
    expect(say(engine, 'BREAK\r\n')).toEqual(['event engineFault', LEFTOVER(1), 'hello\r\n', 'close fault'])
    expect(engine.next()).toBeUndefined()
  })
})

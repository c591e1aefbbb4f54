import { duplexPair, settled, VirtualClock } from '@mailwright/testing'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../adapters/ambient.js'
import type { Calendar } from '../adapters/calendar.js'
import type { AnyCall } from '../adapters/call.js'
import { type ChangeHint, LocalChangeBus } from '../adapters/change-bus.js'
import type { MailboxRef } from '../adapters/mail-store.js'
import type { MailboxWatch } from '../adapters/mailbox-watch.js'
import { type BodyHandle, bytesHandle } from '../body.js'
import { accountId, mailboxId, modSeq } from '../brands.js'
import { fromLatin1, latin1 } from '../bytes.js'
import { Conversation } from '../conversation.js'
import type { EngineEvent } from '../engine.js'
import { caller, compress, type Flow, type LineInput, startTls } from '../flow.js'
import type { Protocol, Wire } from '../protocol.js'
import { type Connection, drive } from './connection.js'
import type { Duplex } from './duplex.js'

interface Shelf {
  attend(mailbox: MailboxRef): () => void
  find(args: { readonly key: string }, signal: AbortSignal): Promise<{ readonly source: BodyHandle }>
  put(args: { readonly body: AsyncIterable<Uint8Array> }, signal: AbortSignal): Promise<string>
}
const { call, upload } = caller<Shelf>()
const watch = caller<MailboxWatch>()
const calendar = caller<Calendar>()

class Toy implements Protocol<ChangeHint> {
  readonly lineLimit = 100
  readonly patience = 10_000
  readonly #wire: Wire
  #hint: ChangeHint | null = null

  constructor(wire: Wire) {
    this.#wire = wire
  }
  *open(): Flow<void> {
    this.#wire.write('hello\r\n')
  }
  *command(input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<void> {
    const [verb, argument = ''] = input.kind === 'line' ? input.text.split(' ') : ['']
    switch (verb) {
      case 'GET': {
        try {
          const { source } = yield* call('find', { key: argument })
          this.#wire.splice(source, 0, source.octets)
          this.#wire.write('end\r\n')
        } catch {
          this.#wire.write('sorry\r\n')
        }
        return
      }
      case 'RETR': {
        const { source } = yield* call('find', { key: argument })
        this.#wire.splice(source, 0, source.octets, 'dotStuffed')
        return
      }
      case 'PUT': {
        const result = yield* upload('put', {}, { mode: 'octets', octets: Number(argument) })
        this.#wire.write(`${result.kind === 'answered' ? result.result : result.flaw}\r\n`)
        return
      }
      case 'WATCH':
        yield* watch.call('watchMailboxes', {
          mailboxes: [{ account: accountId('a'), mailbox: mailboxId(argument) }],
          list: accountId('a'),
        })
        this.#wire.write('watching\r\n')
        return
      case 'DATE':
        this.#wire.write(`${new Date((yield* calendar.call('readDate', {})).date).toISOString()}\r\n`)
        return
      case 'FILL':
        this.#wire.write('z'.repeat(16_000))
        return
      case 'TLS':
        this.#wire.write('go\r\n')
        this.#wire.write(`${(yield* startTls()).protocol}\r\n`)
        return
      case 'COMPRESS':
        this.#wire.write('go\r\n')
        yield* compress()
        this.#wire.write('squeezed\r\n')
        return
      default:
        this.#wire.write('bye\r\n')
        this.#wire.close('logout')
    }
  }
  notify(update: ChangeHint): void {
    this.#hint = update
  }
  push(): undefined {
    const hint = this.#hint
    this.#wire.write(hint?.mailbox == null ? 'list\r\n' : `${hint.mailbox} ${hint.modSeq}\r\n`)
  }
  expired(): void {
    this.#wire.write('too slow\r\n')
  }
  stopping(): void {
    this.#wire.write('closing\r\n')
  }
  leftovers(): readonly AnyCall[] {
    return []
  }
}

interface Table {
  readonly client: Duplex
  readonly connection: Connection
  readonly clock: Clock
  readonly bus: LocalChangeBus
  readonly events: EngineEvent[]
  heard(): string
}

function table(shelf: Partial<Shelf>): Table & { readonly clock: VirtualClock }
function table(shelf: Partial<Shelf>, clock: Clock): Table
function table(shelf: Partial<Shelf>, clock: Clock = new VirtualClock()): Table {
  const [client, server] = duplexPair()
  const bus = new LocalChangeBus()
  const events: EngineEvent[] = []
  let heard = ''
  client.open({
    received: (chunk) => {
      heard += latin1(chunk)
    },
    ended: () => {
      heard += '[end]'
      client.end()
    },
    drained: () => {},
    closed: () => {},
  })
  const engine = new Conversation<AnyCall, ChangeHint>((wire) => new Toy(wire))
  const options = { adapters: [shelf], clock, changes: bus, onEvent: (event: EngineEvent) => void events.push(event) }
  const connection = drive(engine, server, options)
  return { client, connection, clock, bus, events, heard: () => heard }
}

function say(client: Duplex, text: string): Promise<void> {
  client.write(fromLatin1(text))
  return turns()
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await settled()
}

/** A message of many chunks that counts how many were read. */
function countedHandle(chunks: number, octets: number): { readonly handle: BodyHandle; read(): number } {
  let read = 0
  const chunk = fromLatin1('x'.repeat(octets))
  const handle: BodyHandle = {
    octets: chunks * octets,
    async *read() {
      for (; read < chunks; read++) yield chunk
    },
  }
  return { handle, read: () => read }
}

describe('drive', () => {
  test('answers calls, splices bodies in order, closes and tells why', async () => {
    const { client, connection, heard } = table({
      find: async ({ key }) => ({ source: bytesHandle(fromLatin1(`<${key}>`)) }),
    })
    await say(client, 'GET a\r\nRETR .b\r\nQUIT\r\n')
    expect(heard()).toBe('hello\r\n<a>end\r\n<.b>\r\n.\r\nbye\r\n[end]')
    expect(await connection.closed).toBe('logout')
  })

  test('an adapter that throws is answered once and reported', async () => {
    const { client, heard, events } = table({ find: async () => Promise.reject(new Error('disk')) })
    await say(client, 'GET a\r\n')
    expect(heard()).toBe('hello\r\nsorry\r\n')
    expect(events).toMatchObject([{ name: 'adapterFault', message: 'disk', call: 'find' }])
  })

  test("a missing adapter is the host's mistake, and the peer gets an answer", async () => {
    const { client, heard, events } = table({})
    await say(client, 'GET a\r\n')
    expect(heard()).toBe('hello\r\nsorry\r\n')
    expect(events).toMatchObject([{ name: 'adapterFault', message: "no adapter answers the call 'find'" }])
  })

  test('a peer that stops reading stops the store from being read', async () => {
    const { handle, read } = countedHandle(1_000, 10_000)
    const { client, heard } = table({ find: async () => ({ source: handle }) })
    client.pause()
    await say(client, 'GET a\r\n')
    const atRest = read()
    expect(atRest).toBeLessThan(20)
    await turns()
    expect(read()).toBe(atRest)
    client.resume()
    for (let turn = 0; turn < 5_000 && read() < 1_000; turn++) await settled()
    await turns()
    expect(heard().length).toBe('hello\r\n'.length + 10_000_000 + 'end\r\n'.length)
  })

  test('a peer that sends on without reading its answers is not read either', async () => {
    const { handle } = countedHandle(100, 10_000)
    const { client } = table({ find: async () => ({ source: handle }) })
    client.pause()
    await say(client, 'GET a\r\n')
    const chunk = fromLatin1('GET a\r\n'.repeat(5_000))
    let taken = 0
    for (let sent = 0; sent < 50; sent++) {
      if (client.write(chunk)) taken++
      await settled()
    }
    expect(taken).toBeLessThan(5)
  })

  test('answers that come at once do not let one connection starve the others', async () => {
    let now = 0
    const clock: Clock = {
      now: () => ++now,
      date: () => now,
      after: (_, wake) => {
        const turn = setImmediate(wake)
        return () => clearImmediate(turn)
      },
    }
    const source = bytesHandle(fromLatin1('x'))
    const { client, heard } = table({ find: async () => ({ source }) }, clock)
    client.write(fromLatin1('GET a\r\n'.repeat(1_000)))
    let turnsTaken = 0
    while (heard().length < 'hello\r\n'.length + 1_000 * 'xend\r\n'.length) {
      await settled()
      turnsTaken++
    }
    expect(turnsTaken).toBeGreaterThan(100)
  })

  test('a long run of commands in one chunk is interrupted, too', async () => {
    let now = 0
    const waiting: (() => void)[] = []
    const next = (delay: number, wake: () => void): (() => void) => {
      if (delay === 0) waiting.push(wake)
      return () => {}
    }
    const clock: Clock = { now: () => ++now, date: () => now, after: (delay, wake) => next(delay, wake) }
    const { client, heard } = table({}, clock)
    await say(client, 'FILL\r\n'.repeat(1_000))
    expect(heard().length).toBeLessThan(1_000_000)
    for (let turn = 0; turn < 1_000 && heard().length < 16_000_000; turn++) {
      for (const wake of waiting.splice(0)) wake()
      await turns()
    }
    expect(heard().length).toBe('hello\r\n'.length + 16_000_000)
  })

  test('a peer that reads slowly gets everything before the connection closes', async () => {
    const { client, clock, connection, heard } = table({
      find: async () => ({ source: bytesHandle(fromLatin1('x'.repeat(50_000))) }),
    })
    client.pause()
    await say(client, 'GET a\r\nQUIT\r\n')
    await clock.advance(60_000)
    client.resume()
    await turns()
    expect(heard()).toBe(`hello\r\n${'x'.repeat(50_000)}end\r\nbye\r\n[end]`)
    expect(await connection.closed).toBe('logout')
  })

  test('a peer that never reads its farewell is dropped', async () => {
    const { client, clock, connection, events } = table({})
    client.pause()
    await say(client, 'QUIT\r\n')
    await clock.advance(300_000)
    expect(await connection.closed).toBe('logout')
    expect(events).toMatchObject([{ name: 'writeTimeout' }])
    expect(clock.pending).toBe(0)
  })

  test('a peer that never reads again is dropped', async () => {
    const { handle } = countedHandle(1_000, 10_000)
    const { client, clock, connection, events } = table({ find: async () => ({ source: handle }) })
    client.pause()
    await say(client, 'GET a\r\n')
    await clock.advance(300_000)
    expect(await connection.closed).toBe('lost')
    expect(events).toMatchObject([{ name: 'writeTimeout' }])
  })

  test('an adapter that does not read its body stops the peer from being read', async () => {
    let letGo: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let octets = 0
    const { client, heard } = table({
      put: async ({ body }) => {
        await gate
        for await (const chunk of body) octets += chunk.length
        return `got ${octets}`
      },
    })
    client.write(fromLatin1('PUT 1000000\r\n'))
    const chunk = fromLatin1('y'.repeat(50_000))
    let refused = 0
    for (let sent = 0; sent < 20; sent++) if (!client.write(chunk)) refused++
    await turns()
    expect(refused).toBeGreaterThan(0)
    letGo()
    await turns()
    expect(heard()).toBe('hello\r\ngot 1000000\r\n')
  })

  test('a body stays incomplete when the peer leaves: its reader throws and the call is cancelled', async () => {
    let seen: unknown = null
    let wasAborted = false
    const { client, connection } = table({
      put: async ({ body }, signal) => {
        try {
          for await (const _ of body);
        } catch (error) {
          seen = error
          wasAborted = signal.aborted
          throw error
        }
        return 'stored'
      },
    })
    await say(client, 'PUT 10\r\nabc')
    client.destroy()
    expect(await connection.closed).toBe('lost')
    expect(seen).toMatchObject({ code: 'BODY_INCOMPLETE' })
    expect(wasAborted).toBe(true)
  })

  test('closed waits for the calls that are still at work', async () => {
    let finish: (value: string) => void = () => {}
    const { client, connection } = table({
      put: async ({ body }) => {
        for await (const _ of body);
        return new Promise<string>((resolve) => {
          finish = resolve
        })
      },
    })
    await say(client, 'PUT 3\r\nabc')
    client.destroy()
    let isClosed = false
    void connection.closed.then(() => {
      isClosed = true
    })
    await turns()
    expect(isClosed).toBe(false)
    finish('stored')
    await turns()
    expect(isClosed).toBe(true)
  })

  test('a store that breaks in the middle of a spliced body closes the connection', async () => {
    const handle: BodyHandle = {
      octets: 10,
      async *read() {
        yield fromLatin1('abc')
        throw new Error('bad sector')
      },
    }
    const { client, connection, events, heard } = table({ find: async () => ({ source: handle }) })
    await say(client, 'GET a\r\n')
    expect(await connection.closed).toBe('lost')
    expect(heard()).not.toContain('end')
    expect(events).toMatchObject([{ name: 'spliceFault', message: 'bad sector' }])
  })

  test('hints about watched mailboxes arrive, about others do not, and none after the end', async () => {
    const { client, bus, heard } = table({})
    const hint = { account: accountId('a'), mailbox: mailboxId('in'), modSeq: modSeq(7) }
    bus.publish(hint)
    await say(client, 'WATCH in\r\n')
    bus.publish({ ...hint, mailbox: mailboxId('other') })
    bus.publish(hint)
    await turns()
    expect(heard()).toBe('hello\r\nwatching\r\nin 7\r\n')
    bus.publish({ account: accountId('b'), mailbox: null })
    bus.publish({ account: accountId('a'), mailbox: null })
    await turns()
    expect(heard()).toBe('hello\r\nwatching\r\nin 7\r\nlist\r\n')
    await say(client, 'QUIT\r\n')
    bus.publish(hint)
    bus.publish({ account: accountId('a'), mailbox: null })
    await turns()
    expect(heard()).toBe('hello\r\nwatching\r\nin 7\r\nlist\r\nbye\r\n[end]')
  })

  test('a store that looks out for others is asked to, for as long as the mailbox is watched', async () => {
    const attended: string[] = []
    const attend = ({ mailbox }: MailboxRef): (() => void) => {
      attended.push(mailbox)
      return () => void attended.push(`${mailbox} no more`)
    }
    const { client, heard } = table({ attend })
    await say(client, 'WATCH in\r\n')
    await say(client, 'WATCH other\r\n')
    expect(attended).toEqual(['in', 'in no more', 'other'])
    await say(client, 'QUIT\r\n')
    await turns()
    expect(heard()).toMatch(/bye/)
    expect(attended).toEqual(['in', 'in no more', 'other', 'other no more'])
  })

  test("an engine that asks for the date gets that of the host's clock", async () => {
    const { client, heard } = table({}, new VirtualClock(Date.UTC(2026, 0, 1, 0, 0, 1)))
    await say(client, 'DATE\r\n')
    expect(heard()).toBe('hello\r\n2026-01-01T00:00:01.000Z\r\n')
  })

  test('STARTTLS goes through the duplex', async () => {
    const { client, heard } = table({})
    await say(client, 'TLS\r\n')
    expect(heard()).toBe('hello\r\ngo\r\nTLSv1.3\r\n')
  })

  test('COMPRESS goes through the duplex, behind what was written before and with what came behind it', async () => {
    const [client, server] = duplexPair()
    const happened: string[] = []
    const compressing: Duplex = {
      open: (sink) => server.open(sink),
      pause: () => server.pause(),
      resume: () => server.resume(),
      write: (bytes) => {
        happened.push(`write ${latin1(bytes)}`)
        return server.write(bytes)
      },
      secure: () => server.secure(),
      compress: (received) => void happened.push(`compress ${latin1(received)}`),
      end: (sent) => server.end(sent),
      destroy: () => server.destroy(),
    }
    client.open({ received: () => {}, ended: () => client.end(), drained: () => {}, closed: () => {} })
    const engine = new Conversation<AnyCall, ChangeHint>((wire) => new Toy(wire))
    const connection = drive(engine, compressing, { adapters: [], clock: new VirtualClock() })
    await say(client, 'COMPRESS\r\nabc')
    expect(happened).toEqual(['write hello\r\n', 'write go\r\n', 'compress abc', 'write squeezed\r\n'])
    connection.destroy()
  })

  test('a duplex that cannot compress was offered by a mistake of the host: the connection ends', async () => {
    const { client, connection, events } = table({})
    await say(client, 'COMPRESS\r\n')
    expect(await connection.closed).toBe('lost')
    expect(events).toContainEqual(expect.objectContaining({ name: 'engineFault' }))
  })

  test('a silent peer is told and closed when its time is over', async () => {
    const { clock, connection, heard } = table({})
    await clock.advance(9_999)
    expect(heard()).toBe('hello\r\n')
    await clock.advance(1)
    expect(await connection.closed).toBe('timeout')
    expect(heard()).toBe('hello\r\ntoo slow\r\n[end]')
    expect(clock.pending).toBe(0)
  })

  test('stop ends politely', async () => {
    const { connection, heard } = table({})
    await turns()
    connection.stop()
    expect(await connection.closed).toBe('stopped')
    expect(heard()).toBe('hello\r\nclosing\r\n[end]')
  })
})

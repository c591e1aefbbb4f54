import {
  type BodyId,
  type CallId,
  type ChangeHint,
  type Effect,
  type Engine,
  fromLatin1,
  latin1,
  type MailboxHint,
  type MailStore,
  StoreFault,
} from '@mailwright/core'
import { calendar, performer } from '@mailwright/core/driver'
import { createImapServer } from '@mailwright/imap'
import { VirtualClock } from '@mailwright/testing'
import type { ImapCall } from '../../src/calls.js'
import { authenticator } from '../world.js'

const SIGNAL = new AbortController().signal
const PEER = { address: '192.0.2.1', port: 49152, localAddress: '192.0.2.2', localPort: 143 }

/** A call on its way: first it is performed, and some time later the engine hears of it. */
export interface Pending {
  readonly id: CallId
  readonly call: ImapCall
  readonly body: Uint8Array[] | null
  answer: { readonly ok: unknown } | null
}

/** An engine driven by hand: nothing happens but what is asked for, one thing at a time. */
export class Connection {
  /** What the server sent and the client has not read. */
  unread = ''
  pending: Pending | null = null
  /** Mailboxes whose hints it asked for. */
  watched: readonly string[] = []
  readonly hints: MailboxHint[] = []
  isClosed = false
  readonly #engine: Engine<ImapCall, ChangeHint>
  readonly #perform: ReturnType<typeof performer>
  readonly #bodies = new Map<BodyId, Uint8Array[]>()
  readonly #tamper: (line: string) => string

  /** @param tamper what becomes of each line that the server sends: how the tests break an engine. */
  constructor(store: MailStore, tamper: (line: string) => string = (line) => line) {
    this.#tamper = tamper
    this.#engine = createImapServer({
      peer: PEER,
      supports: store.supports,
      passwords: 'anywhere',
      switchedOff: ['OBJECTID'],
    })
    const watch = {
      watchMailboxes: async ({ mailboxes }: { readonly mailboxes: readonly string[] }) => {
        this.watched = mailboxes
        return {}
      },
    }
    this.#perform = performer([store, authenticator, watch, calendar(new VirtualClock())])
    this.#engine.tick(0)
  }

  async receive(octets: string): Promise<void> {
    this.#engine.receive(fromLatin1(octets))
    await this.#pump()
  }

  async hint(hint: MailboxHint): Promise<void> {
    this.#engine.notify(hint)
    await this.#pump()
  }

  /** Has the store do what was asked. The engine does not hear of it yet. */
  async perform(pending: Pending): Promise<unknown> {
    const { call, body } = pending
    const ok = await this.#perform(call, body === null ? undefined : streamOf(body), SIGNAL)
    pending.answer = { ok }
    return ok
  }

  async deliver({ id, answer }: Pending): Promise<void> {
    if (answer === null) throw new Error('nothing to deliver')
    this.pending = null
    this.#engine.complete(id, answer)
    await this.#pump()
  }

  /** The connection breaks: what is on its way is not heard of any more. */
  async lose(): Promise<void> {
    this.#engine.lost()
    this.unread = ''
    this.pending = null
    await this.#pump()
    this.isClosed = true
    this.watched = []
  }

  async #pump(): Promise<void> {
    for (let effect = this.#engine.next(); effect !== undefined; effect = this.#engine.next()) {
      switch (effect.kind) {
        case 'write':
          this.unread += latin1(effect.bytes).replaceAll(/^[^\r\n]*\r\n/gm, this.#tamper)
          break
        case 'splice':
          if (!(await this.#splice(effect))) return
          break
        case 'call':
          this.#called(effect)
          break
        case 'body':
          this.#bodies.get(effect.body)?.push(effect.chunk.slice())
          this.#engine.acknowledge(effect.body, effect.chunk.length)
          break
        case 'event':
          if (effect.event.name.endsWith('Fault')) throw new Error(String(effect.event['message']))
          break
        case 'close':
          this.isClosed = true
          break
        case 'bodyEnd':
        case 'cancel':
        case 'startTls':
        case 'compress':
        case 'yield':
          break
        default:
          effect satisfies never
      }
    }
  }

  /** As the driver does: octets that were promised and are gone leave nothing but to close. */
  async #splice({ source, start, end }: Extract<Effect, { readonly kind: 'splice' }>): Promise<boolean> {
    try {
      for await (const chunk of source.read({ start, end }, SIGNAL)) this.unread += latin1(chunk)
      return true
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error
      this.isClosed = true
      return false
    }
  }

  #called({ id, call, body }: { readonly id: CallId; readonly call: ImapCall; readonly body?: BodyId }): void {
    // What is asked on the way out has no answer that counts.
    if (call.call === 'discard' && this.pending !== null) return
    const chunks: Uint8Array[] | null = body === undefined ? null : []
    if (body !== undefined && chunks !== null) this.#bodies.set(body, chunks)
    this.pending = { id, call, body: chunks, answer: null }
  }
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

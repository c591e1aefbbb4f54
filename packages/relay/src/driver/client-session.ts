import {
  type BodyHandle,
  bytesHandle,
  type Clock,
  concat,
  HostError,
  type Millis,
  type Octets,
  type TlsFacts,
} from '@mailwright/core'
import { type Connection, type Duplex, drive } from '@mailwright/core/driver'
import { toSevenBit } from '@mailwright/message'
import {
  type ClientFailure,
  type ClientOutcome,
  type ClientSession,
  createSmtpClient,
  type OutgoingMessage,
  type ReportDuty,
  type SmtpClientHost,
  type SmtpClientOptions,
} from '@mailwright/smtp'
import type { SmtpDeliveryLimits } from '../delivery/limits.js'

/** What became of a message that was given to a session. */
export interface Sent {
  readonly outcomes: readonly ClientOutcome[]
  readonly reports: ReportDuty
}

type SessionLimits = Pick<SmtpDeliveryLimits, 'conversion' | 'dataBlock' | 'handshake'>
type Convert = NonNullable<SmtpClientHost['convert']>
type Next = Awaited<ReturnType<SmtpClientHost['nextMessage']>>

/** One connection to another server, as somebody uses it who has messages: open it, send, send again, quit. */
export class OpenClient {
  readonly #host: SessionHost
  readonly #connection: Connection
  /** When it was opened. */
  readonly since: Millis
  /** Messages it carried. */
  sent = 0
  /** Why there is no TLS, where it was begun; in the words of the TLS library. */
  handshakeError = ''

  constructor(
    options: SmtpClientOptions,
    limits: SessionLimits,
    duplex: Duplex,
    clock: Clock,
    tls: TlsFacts | undefined,
  ) {
    this.since = clock.now()
    this.#host = new SessionHost(limits.conversion)
    const engine = createSmtpClient({
      ...options,
      converts: 'toSevenBit',
      ...(tls === undefined ? {} : { implicitTls: tls }),
    })
    this.#connection = drive(engine, duplex, {
      adapters: [this.#host],
      clock,
      writeTimeout: limits.dataBlock,
      handshakeTimeout: limits.handshake,
      onEvent: ({ name, message }) => {
        if (name === 'writeTimeout') this.#host.hasTimedOut = true
        if (name === 'tlsFailed') this.handshakeError = String(message)
      },
    })
    void this.#connection.closed.then(() => this.#host.closed())
  }

  /** Resolves once messages can be sent, or when that came to nothing. */
  get opened(): Promise<{ readonly session: ClientSession } | { readonly failure: ClientFailure }> {
    return this.#host.opened
  }

  /** The server may have left meanwhile: then nothing can be sent. */
  get isReady(): boolean {
    return this.#host.isReady
  }

  /** Sends one message. Never rejects: a connection that breaks is an outcome. */
  async send(message: OutgoingMessage, signal: AbortSignal): Promise<Sent> {
    const cut = (): void => this.#connection.destroy()
    signal.addEventListener('abort', cut)
    try {
      this.sent++
      return await this.#host.send(message)
    } finally {
      signal.removeEventListener('abort', cut)
    }
  }

  /** Ends politely. Resolves when the connection is closed. */
  async quit(): Promise<void> {
    this.#host.quit()
    await this.#connection.closed
  }

  destroy(): void {
    this.#connection.destroy()
  }
}

function timedOut(outcome: ClientOutcome): ClientOutcome {
  if (outcome.kind !== 'broken' || outcome.failure.kind !== 'ended') return outcome
  return { ...outcome, failure: { ...outcome.failure, why: 'timeout' } }
}

/** Turns the engine's questions into promises. */
class SessionHost implements SmtpClientHost {
  readonly opened: Promise<{ readonly session: ClientSession } | { readonly failure: ClientFailure }>
  #resolveOpened: (opened: { readonly session: ClientSession } | { readonly failure: ClientFailure }) => void = () => {}
  #give: ((next: Next) => void) | null = null
  #sending: ((sent: Sent) => void) | null = null
  #report: Sent | null = null
  #session: ClientSession | null = null
  /** The server did not read; the engine only sees that the connection is lost. */
  hasTimedOut = false

  readonly #conversion: Octets

  constructor(conversion: Octets) {
    this.#conversion = conversion
    this.opened = new Promise((resolve) => {
      this.#resolveOpened = resolve
    })
  }

  get isReady(): boolean {
    return this.#give !== null
  }

  nextMessage({ session }: { readonly session: ClientSession }, signal: AbortSignal): Promise<Next> {
    return new Promise((resolve, reject) => {
      this.#give = resolve
      signal.addEventListener('abort', () => {
        this.#give = null
        reject(signal.reason)
      })
      this.#session = session
      this.#resolveOpened({ session })
      this.#tell()
    })
  }

  /** Told on once it is clear whether the session can be used again. */
  async report(sent: Sent): Promise<void> {
    this.#report = this.hasTimedOut ? { ...sent, outcomes: sent.outcomes.map(timedOut) } : sent
  }

  async failed({ failure }: { readonly failure: ClientFailure }): Promise<void> {
    this.#resolveOpened({ failure })
  }

  async convert({ body }: { readonly body: BodyHandle }, signal: AbortSignal): ReturnType<Convert> {
    if (body.octets > this.#conversion) return { kind: 'cannot' }
    const chunks: Uint8Array[] = []
    for await (const chunk of body.read({ start: 0, end: body.octets }, signal)) chunks.push(chunk)
    const result = toSevenBit(concat(chunks))
    return result.kind === 'cannot' ? result : { kind: 'converted', body: bytesHandle(result.message) }
  }

  send(message: OutgoingMessage): Promise<Sent> {
    const give = this.#give
    if (this.#session === null) throw new HostError('the session is not open')
    if (give === null) {
      const failure: ClientFailure = { kind: 'ended', stage: 'MAIL FROM', why: 'lost' }
      return Promise.resolve({ outcomes: message.recipients.map(() => ({ kind: 'broken', failure })), reports: 'ours' })
    }
    this.#give = null
    return new Promise((resolve) => {
      this.#sending = resolve
      give({ kind: 'message', message })
    })
  }

  quit(): void {
    this.#give?.({ kind: 'quit' })
    this.#give = null
  }

  /** The engine tells everything before it closes; this is for what it could not know. */
  closed(): void {
    this.#give = null
    this.#tell()
    this.#resolveOpened({ failure: { kind: 'ended', stage: 'greeting', why: 'lost' } })
  }

  #tell(): void {
    if (this.#report !== null) this.#sending?.(this.#report)
    this.#report = null
    this.#sending = null
  }
}

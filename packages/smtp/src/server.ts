import {
  type CloseReason,
  Conversation,
  type CoreLimits,
  caller,
  type Engine,
  type Flow,
  type LineInput,
  MailwrightError,
  type Millis,
  type Octets,
  type Protocol,
  type Wire,
} from '@mailwright/core'
import { runLine } from './command-runner.js'
import { VERBS } from './command-table.js'
import { Dialogue } from './dialogue.js'
import type { SmtpCall, SmtpHandler } from './handler.js'
import { type SmtpServerOptions, type SmtpSettings, settle } from './options.js'
import { banner } from './response/banner.js'
import { hostRefusal, type Reply, reply, writeReply } from './response/reply.js'
import { notesOf, refusalOf } from './response/verdict.js'

const { call } = caller<SmtpHandler>()

/**
 * Makes the server end of one SMTP or LMTP connection.
 *
 * It begins with the greeting at the first `next()`, and asks an {@link SmtpHandler} and an Authenticator. Its events are
 * `connect`, `hello`, `tls`, `login`, `loginFailed`, `mail`, `recipient`, `message`, `refused` (by the host), `mistake`
 * (by the peer), `exhausted`, `commandFault` and `disconnect`; they hold no secrets. RFC 5321, RFC 2033.
 *
 * @param coreLimits for tests; the default is core's.
 * @throws {HostError} when an option is none.
 */
export function createSmtpServer(options: SmtpServerOptions, coreLimits?: CoreLimits): Engine<SmtpCall> {
  const settings = settle(options)
  return new Conversation<SmtpCall>((wire) => new SmtpProtocol(settings, wire), coreLimits)
}

class SmtpProtocol implements Protocol {
  readonly #settings: SmtpSettings
  readonly #wire: Wire
  readonly #dialogue: Dialogue
  #isConnectTold = false

  constructor(settings: SmtpSettings, wire: Wire) {
    this.#settings = settings
    this.#wire = wire
    this.#dialogue = new Dialogue(settings, wire)
  }

  get lineLimit(): Octets {
    return this.#settings.limits.lineOctets
  }

  get patience(): Millis {
    return this.#settings.limits.patience
  }

  *open(): Flow<void> {
    const { asks, hostname, mailName, banner: template } = this.#settings
    const refusal = asks.has('connection') ? yield* this.#askConnection() : null
    this.#tellConnect()
    if (refusal === null) {
      this.#say(reply(220, null, banner(template, { hostname, mailName })))
      return
    }
    this.#say(refusal)
    if (refusal.code === 421) this.#wire.close('refused')
    else this.#dialogue.deny()
  }

  command(input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<void> {
    return runLine(this.#dialogue, input)
  }

  notify(): void {}

  push(): undefined {
    return undefined
  }

  /** RFC 5321 §3.8: a server that must go says so. */
  expired(): void {
    this.#say(reply(421, '4.4.2', `${this.#settings.hostname} Error: timeout exceeded`))
  }

  stopping(): void {
    this.#say(reply(421, '4.3.2', `${this.#settings.hostname} Service not available, closing transmission channel`))
  }

  /** Nothing to tidy up; the last thing to be told is what the session came to. */
  leftovers(reason: CloseReason): readonly SmtpCall[] {
    const { tally, state } = this.#dialogue
    this.#tellConnect()
    this.#wire.event({
      name: 'disconnect',
      reason,
      state: state.name,
      after: tally.last,
      commands: tally.summary(VERBS),
    })
    return []
  }

  /** Told once the host has looked who it is, or when the peer left meanwhile. */
  #tellConnect(): void {
    if (this.#isConnectTold) return
    this.#isConnectTold = true
    const { peer, role } = this.#settings
    this.#wire.event({
      name: 'connect',
      role,
      address: peer.address,
      port: peer.port,
      client: this.#dialogue.session.client?.name ?? null,
      isSecure: peer.tls !== undefined,
    })
  }

  /** The refusal of the connection, `null` for none. RFC 5321 §3.1. */
  *#askConnection(): Flow<Reply | null> {
    try {
      const verdict = yield* call('connection', { session: this.#dialogue.session })
      const refusal = refusalOf(verdict)
      if (refusal === null) {
        this.#dialogue.admitted('client' in verdict ? verdict.client : null, notesOf(verdict))
        return null
      }
      this.#tellConnect()
      this.#dialogue.reportRefusal(hostRefusal(refusal), { verb: 'CONNECT' })
      return refusal
    } catch (fault) {
      if (!(fault instanceof MailwrightError)) throw fault
      this.#dialogue.reportFault('CONNECT', fault)
      return reply(421, '4.3.0', `${this.#settings.hostname} Server local error`)
    }
  }

  #say(reply: Reply): void {
    this.#wire.write(writeReply(reply))
  }
}

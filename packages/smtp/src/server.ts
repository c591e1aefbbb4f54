import {
  type CloseReason,
  Conversation,
  type CoreLimits,
  type Engine,
  type Flow,
  type LineInput,
  type Millis,
  type Octets,
  type Protocol,
  type Wire,
} from '@mailwright/core'
import { runLine } from './command-runner.js'
import { VERBS } from './command-table.js'
import { greet } from './commands/greet.js'
import { Dialogue } from './dialogue.js'
import type { SmtpCall } from './handler.js'
import { type SmtpServerOptions, type SmtpSettings, settle } from './options.js'
import { type Reply, reply, writeReply } from './response/reply.js'

/**
 * Makes the server end of one SMTP or LMTP connection.
 *
 * It begins with the greeting at the first `next()`, and asks an {@link SmtpHandler} and an Authenticator. Its events are
 * `connect`, `impersonated` (XCLIENT), `hello`, `tls`, `login`, `loginFailed`, `mail`, `recipient`, `message`, `refused` (by the host), `mistake`
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
    const greeting = yield* greet(this.#dialogue)
    this.#say(greeting)
    if (greeting.code === 421) this.#wire.close('refused')
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
    this.#dialogue.tellConnect()
    this.#wire.event({
      name: 'disconnect',
      reason,
      state: state.name,
      after: tally.last,
      commands: tally.summary(VERBS),
    })
    return []
  }

  #say(reply: Reply): void {
    this.#wire.write(writeReply(reply))
  }
}

import {
  type CloseReason,
  Conversation,
  type CoreLimits,
  caller,
  type Engine,
  type Flow,
  type Millis,
  type Octets,
  type Protocol,
  type Wire,
} from '@mailwright/core'
import { ClientDialogue } from './dialogue.js'
import type { ClientFailure, SmtpClientCall, SmtpClientHost } from './host.js'
import { openSession } from './opening.js'
import { type ClientSettings, type SmtpClientOptions, settleClient } from './options.js'
import { type ReplyResult, readReply, replyText } from './reply-reader.js'
import { type Aftermath, reportDuty, sendMessage, Transaction } from './transaction.js'

const { call } = caller<SmtpClientHost>()

/**
 * Makes the client end of one SMTP or LMTP connection.
 *
 * It opens the session, then asks its host for messages until it is told to quit, and tells what became of each recipient. Whatever
 * ends the connection, each message it was given is reported exactly once. RFC 5321, RFC 2033.
 *
 * @param coreLimits for tests; the default is core's.
 * @throws {HostError} when an option is none.
 */
export function createSmtpClient(options: SmtpClientOptions, coreLimits?: CoreLimits): Engine<SmtpClientCall> {
  const settings = settleClient(options)
  return new Conversation<SmtpClientCall>((wire) => new ClientProtocol(settings, wire), coreLimits)
}

class ClientProtocol implements Protocol {
  readonly #dialogue: ClientDialogue
  readonly #wire: Wire
  #transaction: Transaction | null = null
  #isOpen = false
  /** The host was told how the session failed, or asked for its end. */
  #isTold = false

  constructor(settings: ClientSettings, wire: Wire) {
    this.#wire = wire
    this.#dialogue = new ClientDialogue(settings, wire)
  }

  get lineLimit(): Octets {
    return this.#dialogue.settings.limits.replyLineOctets
  }

  get patience(): Millis {
    return this.#dialogue.patience
  }

  *open(): Flow<void> {
    const failure = yield* openSession(this.#dialogue)
    if (failure !== null) {
      this.#isTold = true
      yield* call('failed', { failure })
      return yield* this.#leave(failure)
    }
    this.#isOpen = true
    for (let sent = 0; ; sent++) {
      const next = yield* call('nextMessage', { session: this.#dialogue.session, sent })
      if (next.kind === 'quit') {
        this.#isTold = true
        return yield* this.#leave(null)
      }
      const broken = yield* this.#send(new Transaction(next.message))
      if (broken !== null) {
        this.#isTold = true
        return yield* this.#leave(broken)
      }
    }
  }

  /** Nothing is expected once the session is over. */
  *command(): Flow<void> {
    this.#wire.close('logout')
  }

  notify(): void {}

  push(): undefined {
    return undefined
  }

  /** There is nobody to say it to: the server is silent. */
  expired(): void {}

  /** Between messages a server deserves a word; in the middle of one, the connection's end says it all. */
  stopping(): void {
    if (this.#transaction === null && this.#isOpen) this.#dialogue.say('QUIT')
  }

  /** What was at hand when the connection ended is told all the same. */
  leftovers(reason: CloseReason): readonly SmtpClientCall[] {
    const stage = this.#wire.isCutOff ? 'message body' : this.#dialogue.stage
    const ended: ClientFailure = { kind: 'ended', stage, why: endingOf(reason) }
    const failure = this.#lastWord() ?? ended
    if (this.#transaction !== null) {
      const outcomes = this.#transaction.outcomes(failure)
      return [{ call: 'report', args: { outcomes, reports: reportDuty(this.#dialogue) } }]
    }
    return this.#isTold || this.#isOpen ? [] : [{ call: 'failed', args: { failure } }]
  }

  /**
   * What the server said while nobody asked it: that it leaves (421), most often. Whatever it is, it must not be taken for the answer to the next command, and all
   * that follow for each other's.
   */
  *#stray(): Flow<ClientFailure | null> {
    if (!this.#wire.hasUnread) return null
    const said = yield* this.#dialogue.reply('MAIL FROM')
    if (said.kind === 'malformed') return { kind: 'malformed', stage: 'MAIL FROM', line: said.line }
    const { reply } = said
    if (reply.code === 421) return { kind: 'refused', stage: 'MAIL FROM', reply }
    return { kind: 'malformed', stage: 'MAIL FROM', line: replyText(reply) }
  }

  /**
   * A server may refuse a message in the middle, and leave without hearing it out: its words count. For whom they are meant is clear in SMTP only; and
   * none can have taken what it did not hear.
   *
   * @returns the failure that they make of the session, where they do.
   */
  #lastWord(): ClientFailure | null {
    const { settings, stage } = this.#dialogue
    if (this.#transaction === null || stage !== 'end of DATA' || settings.protocol !== 'smtp') return null
    const said = unread(this.#wire, settings.limits)
    if (said?.kind !== 'reply' || said.reply.code < 400) return null
    const { reply } = said
    if (reply.code === 421) return { kind: 'refused', stage, reply }
    this.#transaction.settleAll({ kind: 'refused', reply, stage })
    return null
  }

  /** @returns why the session is over; `null` when it goes on. */
  *#send(transaction: Transaction): Flow<ClientFailure | null> {
    this.#transaction = transaction
    const stray = yield* this.#stray()
    const aftermath: Aftermath =
      stray === null ? yield* sendMessage(this.#dialogue, transaction) : { kind: 'over', failure: stray }
    this.#transaction = null
    const failure: ClientFailure =
      aftermath.kind === 'over' ? aftermath.failure : { kind: 'ended', stage: this.#dialogue.stage, why: 'lost' }
    yield* call('report', { outcomes: transaction.outcomes(failure), reports: reportDuty(this.#dialogue) })
    if (aftermath.kind === 'over') return aftermath.failure
    return aftermath.kind === 'reset' ? this.#dialogue.failureOf(yield* this.#dialogue.ask('RSET', 'RSET')) : null
  }

  /** RFC 5321 §4.1.1.10. After 421 and after nonsense the server is not asked any more. */
  *#leave(failure: ClientFailure | null): Flow<void> {
    const hasLeft = failure?.kind === 'refused' && failure.reply.code === 421
    if (failure?.kind !== 'malformed' && !hasLeft) yield* this.#dialogue.ask('QUIT', 'QUIT')
    this.#wire.close(failure === null ? 'logout' : 'refused')
  }
}

/** The reply in the lines that nobody read, if there is a whole one. */
function unread(wire: Wire, limits: ClientSettings['limits']): ReplyResult | null {
  const reading = readReply(limits)
  for (let step = reading.next(); ; ) {
    if (step.done === true) return step.value
    const line = wire.unread()
    if (line === undefined) return null
    step = reading.next(line)
  }
}

function endingOf(reason: CloseReason): 'peerClosed' | 'lost' | 'timeout' | 'stopped' {
  switch (reason) {
    case 'peerClosed':
    case 'timeout':
    case 'stopped':
      return reason
    default:
      return 'lost'
  }
}

import {
  type AnyCall,
  type CallOf,
  type CloseReason,
  Conversation,
  type Engine,
  type Flow,
  type LineInput,
  MailwrightError,
  type Millis,
  type Octets,
  type Protocol,
  type Wire,
} from '@mailwright/core'
import type { Pop3Call } from './calls.js'
import { COMMANDS, verbOf } from './command-table.js'
import { commandLine } from './grammar/command-line.js'
import type { MaildropLock } from './maildrop-lock.js'
import { type Pop3Options, type Pop3Settings, pop3Settings } from './options.js'
import { INTERNAL_ERROR, type Reply, refused } from './response/reply.js'
import { Session } from './session.js'
import { ADMITS, type Verb } from './states.js'

/**
 * Makes the server's end of one POP3 connection: RFC 1939, CAPA and response codes (RFC 2449, RFC 3206), STLS (RFC
 * 2595), AUTH (RFC 5034), UTF8 and LANG (RFC 6856). It hears of no changes: a session sees its maildrop as it was at
 * login.
 *
 * @throws {HostError} for options that the protocol does not allow.
 */
export function createPop3Server(options: Pop3Options): Engine<Pop3Call> {
  const settings = pop3Settings(options)
  return new Conversation<Pop3Call>((wire) => new Pop3Server(settings, wire))
}

class Pop3Server implements Protocol {
  readonly #settings: Pop3Settings
  readonly #wire: Wire
  readonly #session: Session
  /** Refused commands: in all before login, one after the other since. */
  #refusals = 0

  constructor(settings: Pop3Settings, wire: Wire) {
    this.#settings = settings
    this.#wire = wire
    this.#session = new Session(settings, wire)
  }

  get lineLimit(): Octets {
    return this.#settings.limits.commandLine
  }

  get patience(): Millis {
    const { patience, patienceBeforeLogin } = this.#settings.limits
    return this.#isBeforeLogin ? patienceBeforeLogin : patience
  }

  *open(): Flow<void> {
    const { address, port } = this.#settings.peer
    this.#wire.event({ name: 'connect', address, port, isSecure: this.#session.isSecure })
    this.#wire.write(`${this.#settings.greeting}\r\n`)
  }

  *command(input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<void> {
    const wasBeforeLogin = this.#isBeforeLogin
    const reply = yield* this.#answer(input)
    this.#wire.write(reply.text === '' ? `${reply.status}\r\n` : `${reply.status} ${reply.text}\r\n`)
    this.#count(reply, wasBeforeLogin)
    if (reply.close !== undefined) this.#wire.close(reply.close)
    if (reply.sequel !== undefined) yield* reply.sequel()
  }

  *#answer(input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<Reply> {
    if (input.kind === 'overlong') return refused('Line too long.')
    const line = commandLine(input.text)
    if (line === undefined) return refused('NUL is not allowed.')
    const verb = verbOf(line.keyword)
    if (verb === undefined || !this.#isOffered(verb)) return refused('Unknown command.')
    const session = this.#session
    const { state } = session
    if (!ADMITS[state.name].has(verb)) return this.#misplaced()
    const row = COMMANDS[verb]
    if (row.argument === 'none' && line.argument !== '') return refused(`${verb} has no arguments.`)
    if (row.argument === 'required' && line.argument === '') return refused('Missing argument.')
    try {
      if (row.needs === 'nothing') return yield* row.run(session, line.argument)
      // ADMITS lets these through in this state only; the compiler cannot know it.
      return state.name === 'transaction' ? yield* row.run(session, state.maildrop, line.argument) : this.#misplaced()
    } catch (error) {
      // Bugs are not hidden: what is no fault of an adapter ends the connection and is reported by the conversation.
      if (!(error instanceof MailwrightError)) throw error
      return INTERNAL_ERROR
    }
  }

  #misplaced(): Reply {
    return refused(this.#isBeforeLogin ? 'Not valid before login.' : 'Not valid after login.')
  }

  /** What a profile does not list, it does not know either. */
  #isOffered(verb: Verb): boolean {
    return this.#settings.profile === 'complete' || (verb !== 'UTF8' && verb !== 'LANG')
  }

  #count(reply: Reply, wasBeforeLogin: boolean): void {
    const { refusedBeforeLogin, refused: refusedAfter } = this.#settings.limits
    if (wasBeforeLogin !== this.#isBeforeLogin) this.#refusals = 0
    if (reply.isRefusal) this.#refusals++
    else if (!wasBeforeLogin) this.#refusals = 0
    if (this.#refusals < (this.#isBeforeLogin ? refusedBeforeLogin : refusedAfter)) return
    this.#wire.event({ name: 'tooManyRefusals', refusals: this.#refusals })
    this.#wire.close('refused')
  }

  get #isBeforeLogin(): boolean {
    return this.#session.state.name === 'authorization'
  }

  notify(): void {}

  push(): undefined {}

  /** RFC 1939 §3: no response, and no UPDATE state. */
  expired(): void {}

  /** Read as the answer to the next command, it says what is the case: not now, later (RFC 3206 §4). */
  stopping(): void {
    this.#wire.write('-ERR [SYS/TEMP] Server shutting down.\r\n')
  }

  leftovers(reason: CloseReason): readonly AnyCall[] {
    const { lockedAccount, counters, state } = this.#session
    const user = state.name === 'authorization' ? null : state.user
    this.#wire.event({ name: 'disconnect', reason, user, ...counters })
    if (lockedAccount === null) return []
    const unlock: CallOf<MaildropLock> = {
      call: 'unlockMaildrop',
      args: { account: lockedAccount, holder: this.#settings.session },
    }
    return [unlock]
  }
}

import {
  type AnyCall,
  type ChangeHint,
  type CloseReason,
  Conversation,
  type Engine,
  type Flow,
  type LineInput,
  type MailboxName,
  MailwrightError,
  type Millis,
  type Octets,
  type Protocol,
  type Wire,
} from '@mailwright/core'
import type { ImapCall } from './calls.js'
import { writeCapabilities } from './capabilities.js'
import type { ImapCommand, Parsed } from './command.js'
import { COMMANDS, type CommandRow } from './command-table.js'
import { ownChanges } from './notify/own-changes.js'
import { tellNotifications } from './notify/tell-notifications.js'
import { tellUnasked } from './notify/tell-unasked.js'
import { type ImapServerOptions, type ImapSettings, settings } from './options.js'
import { readCommand } from './reader.js'
import { MAILBOX_GONE } from './refusals.js'
import { bad, no, type Reply, refusedReply, writeReply } from './reply.js'
import { Session } from './session.js'
import { refusal, type Selected } from './states.js'
import { refresh, tell, tellSafeModSeq } from './sync.js'
import { withTiming } from './timing.js'
import { skipUnread, unreadOf } from './unread-rest.js'

/**
 * Makes the server side of one IMAP connection: IMAP4rev1 (RFC 3501) with the extensions that its capabilities name.
 *
 * Hints about mailboxes it asked to watch (`watchMailboxes`) come by `notify`.
 *
 * @throws {HostError} for options that cannot be.
 */
export function createImapServer(options: ImapServerOptions): Engine<ImapCall, ChangeHint> {
  const resolved = settings(options)
  return new Conversation<ImapCall, ChangeHint>((wire) => new ImapProtocol(wire, resolved))
}

const NOTHING_SUPPLIED: ReadonlyMap<MailboxName, string> = new Map()
const SERVER_BUG: Reply = no('Internal error occurred. Refer to server log for more information.', 'SERVERBUG')

class ImapProtocol implements Protocol<ChangeHint> {
  #session: Session

  constructor(wire: Wire, resolved: ImapSettings) {
    this.#session = new Session(wire, resolved)
  }

  get lineLimit(): Octets {
    return this.#session.limits.line
  }

  get patience(): Millis {
    const { limits } = this.#session.settings
    return this.#session.state.name === 'notAuthenticated' ? limits.patienceBeforeLogin : limits.patience
  }

  *open(): Flow<void> {
    const session = this.#session
    const { peer, banner } = session.settings
    session.wire.event({ name: 'connect', address: peer.address, port: peer.port, isSecure: session.isSecure })
    session.untagged(`OK [${writeCapabilities(session)}] ${banner}`)
  }

  /** Runs one command. The only place where tagged replies are written, so each command has exactly one. */
  *command(input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<void> {
    const session = this.#session
    const beganAt = session.wire.now
    // A login's own reply comes from the stage before, which in Dovecot is another program.
    const isTimed = session.settings.timings === 'told' && session.user !== null
    const parsed = yield* readCommand(session, input)
    session.running = { beganAt, toldAt: beganAt }
    let reply: Reply
    session.tag = parsed.tag
    session.supplied = (parsed.kind === 'command' ? parsed.supplied : undefined) ?? NOTHING_SUPPLIED
    if (parsed.kind === 'command') reply = yield* this.#answer(parsed.command)
    else reply = refusedReply(parsed)
    const words = session.words(reply.text)
    const text = isTimed ? withTiming(words, session.wire.now - beganAt) : words
    session.wire.write(`${writeReply(parsed.tag, reply, text)}\r\n`)
    if (reply.status === 'NO' && wasToSave(parsed)) session.emptyResult()
    if (session.hasLoggedOff) this.#session = session.successor()
    else this.#count(reply)
    if (reply.afterwards !== undefined) yield* reply.afterwards()
  }

  notify(hint: ChangeHint): void {
    this.#session.hinted(hint)
  }

  /**
   * Between commands nothing is said: many clients listen only while they wait for an answer (RFC 3501 §5.3). NOTIFY says that the client
   * always does (RFC 5465 §3.1).
   */
  push(): Flow<void> | undefined {
    const session = this.#session
    return session.notifications === null || session.isOver ? undefined : tellUnasked(session)
  }

  expired(): void {
    this.#session.untagged('BYE Disconnected for inactivity.')
  }

  stopping(): void {
    this.#session.untagged('BYE Server shutting down.')
  }

  leftovers(reason: CloseReason): readonly AnyCall[] {
    const session = this.#session
    session.wire.event({ name: 'disconnect', reason, user: session.user })
    const staged = [...session.staged]
    return staged.length === 0 ? [] : [{ call: 'discard', args: { staged } }]
  }

  *#answer(command: ImapCommand): Flow<Reply> {
    const row: CommandRow = COMMANDS[command.name]
    let reply: Reply
    this.#session.toldModSeq = 0
    const own = ownChanges(command)
    if (own !== null) this.#session.notifications?.acts(own)
    try {
      reply = yield* this.#run(row, command)
    } catch (error) {
      reply = this.#fault(command, error)
    }
    try {
      yield* this.#catchUp(row, command)
      if (!this.#session.isOver) yield* tellNotifications(this.#session)
    } catch (error) {
      // The command itself is done; the news is told another time.
      this.#fault(command, error)
    }
    return reply
  }

  *#run(row: CommandRow, command: ImapCommand): Flow<Reply> {
    const session = this.#session
    const { state } = session
    switch (row.admission) {
      case 'any':
        return yield* row.run(session, command)
      case 'notAuthenticated':
        if (state.name !== 'notAuthenticated') break
        return row.gate?.(session) ?? (yield* row.run(session, command))
      case 'authenticated':
        if (state.name !== 'authenticated' && state.name !== 'selected') break
        return yield* row.run(session, state.identity, command)
      case 'unselected':
        if (state.name !== 'authenticated') break
        return yield* row.run(session, state.identity, command)
      case 'selected':
        if (state.name !== 'selected') break
        yield* this.#refreshed(state.mailbox, command)
        return session.isOver ? MAILBOX_GONE : yield* row.run(session, state.mailbox, command)
      default:
        row satisfies never
    }
    return bad(refusal(state, row.admission))
  }

  /** Has the view catch up before the command runs. Where that fails, the command's message is not taken for commands. */
  *#refreshed(mailbox: Selected, command: ImapCommand): Flow<void> {
    const session = this.#session
    if (!session.isStale) return
    try {
      yield* refresh(session, mailbox)
    } catch (fault) {
      if ('text' in command) yield* skipUnread(session, unreadOf(command.text))
      throw fault
    }
  }

  /** Looks for news that a hint, or the command itself, announced, and tells what may be told now. */
  *#catchUp(row: CommandRow, command: ImapCommand): Flow<void> {
    const session = this.#session
    const { state } = session
    if (state.name !== 'selected') return
    // A mod-sequence from beyond the view: what lies between must be told, too, or the client would never ask for it.
    const isAhead = session.toldModSeq > state.mailbox.view.modSeq
    if (session.isStale || isAhead || session.contexts.isFollowed) yield* refresh(session, state.mailbox)
    if (session.isOver) return
    const numbering = 'numbering' in command ? command.numbering : 'seq'
    const expunges = row.expunges === 'allowed' || numbering === 'uid' ? 'allowed' : 'held'
    yield* tell(session, state.mailbox, { expunges, numbering })
    tellSafeModSeq(session, state.mailbox)
  }

  /** An adapter failed: said once to the peer, and to the log. Anything else is a bug of the engine and ends the connection. */
  #fault(command: ImapCommand, error: unknown): Reply {
    if (!(error instanceof MailwrightError)) throw error
    this.#session.wire.event({ name: 'commandFault', command: command.name, message: error.message })
    return SERVER_BUG
  }

  /** Sends away who only guesses: at passwords before login, at the protocol after it. */
  #count(reply: Reply): void {
    const session = this.#session
    if (session.isOver) return
    const { limits } = session.settings
    const isStranger = session.state.name === 'notAuthenticated'
    const isRefused = reply.status === 'BAD' || (isStranger && reply.status === 'NO')
    if (!isRefused) {
      if (!isStranger) session.refusals = 0
      return
    }
    session.refusals += 1
    if (session.refusals < (isStranger ? limits.refusedBeforeLogin : limits.badCommands)) return
    session.untagged(reply.status === 'BAD' ? 'BYE Too many invalid IMAP commands.' : 'BYE Too many failed logins.')
    session.loggedOut('refused')
  }
}

/** Whether the command was to set the search result variable. A refused one leaves it empty (RFC 5182 §2.1). */
function wasToSave(parsed: Parsed): boolean {
  if (parsed.kind === 'no') return parsed.emptiesResult === true
  return parsed.kind === 'command' && 'returns' in parsed.command && parsed.command.returns?.items.has('SAVE') === true
}

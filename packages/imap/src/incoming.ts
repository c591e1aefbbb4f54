import {
  type AccountId,
  type Arrival,
  type BodyPiece,
  type Flags,
  type Flow,
  MailwrightError,
  type MessageRef,
  type Octets,
  readOctets,
  type StagedId,
  type UnixMillis,
} from '@mailwright/core'
import { readAppendText } from './append-text.js'
import { assembler, store } from './calls.js'
import type { AppendPlace, AppendStep, AppendText, CommandOf, LiteralAnnouncement } from './command.js'
import { badUrl, urlPiece } from './extensions/catenate.js'
import { tooManyToSave } from './extensions/message-limit.js'
import { fitForStorage, type Staging } from './incoming-content.js'
import { LOST, OVER_QUOTA } from './refusals.js'
import { no, type Reply } from './reply.js'
import type { Session } from './session.js'
import { LINE_UNREAD, type Unread, unreadOf } from './unread-rest.js'

type MessageStep = Extract<AppendStep, { readonly step: 'message' }>

/** A command that brings messages. */
export type IncomingCommand = CommandOf<'APPEND' | 'REPLACE'>

/** A message that is being put together. */
interface Draft {
  readonly flags: Flags
  readonly internalDate: UnixMillis | null
  readonly pieces: BodyPiece[]
  octets: Octets
  /** A part came as a literal8. */
  isBinary: boolean
}

/** RFC 3502 §6.3.11: an empty literal is how a client takes an APPEND back. */
const EMPTY = no("Can't save a zero byte message.")
const TOO_LARGE = no('Message too large.', 'TOOBIG')
const TOO_MANY_PARTS = no('Too many message parts.', 'LIMIT')

/**
 * The messages of one APPEND or REPLACE on their way in: streamed into the store, outside every mailbox, so that a command
 * which is refused in its middle, or breaks off, leaves nothing.
 */
export class Incoming {
  /** Whole, in their order. */
  readonly messages: Arrival[] = []
  unread: Unread
  readonly #session: Session
  readonly #account: AccountId
  readonly #name: string
  readonly #replaces: MessageRef | null
  readonly #staged = new Set<StagedId>()
  #draft: Draft | null = null
  #place: AppendPlace = 'first'
  #parts = 0
  /** Octets of all messages so far, and of those of their parts that are held. */
  #octets: Octets = 0
  #held: Octets = 0

  /** @param replaces the message whose place is taken (RFC 8508). */
  constructor(session: Session, account: AccountId, command: IncomingCommand, replaces: MessageRef | null = null) {
    this.#session = session
    this.#account = account
    this.#name = command.name
    this.#replaces = replaces
    this.unread = unreadOf(command.text)
  }

  /** Receives all messages. Returns the refusal where one of them may not come in; the rest of the command is then `unread`. */
  *receive(first: AppendText): Flow<Reply | null> {
    for (let text = first; ; ) {
      for (const step of text.steps) {
        const refusal = yield* this.#take(step)
        if (refusal !== null) return refusal
      }
      if (text.literal === null) return null
      const refusal = yield* this.#literal(text.literal)
      if (refusal !== null) return refusal
      const { read, unread } = yield* readAppendText(this.#session, this.#name, this.#place, first.most)
      this.unread = unread
      if ('status' in read) return read
      text = read
    }
  }

  /** The messages are in their mailbox, or refused: a store that cannot forget what is left now will do so in its own time. */
  *discard(): Flow<void> {
    const staged = [...this.#staged]
    if (staged.length === 0) return
    for (const id of staged) this.#session.staged.delete(id)
    this.#staged.clear()
    try {
      yield* store.call('discard', { staged })
    } catch (error) {
      if (!(error instanceof MailwrightError)) throw error
      this.#session.wire.event({ name: 'discardFault', message: error.message })
    }
  }

  *#take(step: AppendStep): Flow<Reply | null> {
    switch (step.step) {
      case 'message':
        return this.#begin(step)
      case 'text':
      case 'utf8Text':
        this.#place = step.step === 'text' ? 'part' : 'utf8Part'
        return this.#countPart()
      case 'url':
        return this.#countPart() ?? (yield* this.#url(step.url))
      case 'close':
        return yield* this.#close()
      default:
        return step satisfies never
    }
  }

  #begin({ flags, internalDate, data }: MessageStep): Reply | null {
    const count = this.messages.length + 1
    if (count > this.#session.settings.limits.appendMessages) return no('Too many messages.', 'LIMIT')
    const tooMany = tooManyToSave(this.#session, count)
    if (tooMany !== null) return tooMany
    this.#draft = { flags, internalDate, pieces: [], octets: 0, isBinary: false }
    this.#place = data === 'utf8' ? 'utf8' : 'message'
    return null
  }

  #countPart(): Reply | null {
    this.#parts += 1
    return this.#parts > this.#session.settings.limits.catenateParts ? TOO_MANY_PARTS : null
  }

  /** Whether the message at hand may grow by so much. */
  #grow(octets: Octets): boolean {
    const draft = this.#draft
    const { appendOctets, appendFactor } = this.#session.settings.limits
    if (draft === null) return false
    draft.octets += octets
    this.#octets += octets
    return draft.octets <= appendOctets && this.#octets <= appendOctets * appendFactor
  }

  *#literal(announced: LiteralAnnouncement): Flow<Reply | null> {
    const draft = this.#draft
    if (draft === null || !this.#grow(announced.octets)) return TOO_LARGE
    if (!announced.isNonSync) this.#session.wire.write('+ OK\r\n')
    // From here on the literal is consumed, whatever becomes of it.
    this.unread = LINE_UNREAD
    draft.isBinary ||= announced.isBinary
    if (this.#place === 'part' || this.#place === 'utf8Part') return yield* this.#part(draft, announced.octets)
    if (announced.octets === 0) return EMPTY
    const staged = yield* this.#upload(announced.octets)
    return staged === null ? OVER_QUOTA : yield* this.#settle(draft, staged)
  }

  /** A part: held where it is small, else staged on its own. */
  *#part({ pieces }: Draft, octets: Octets): Flow<Reply | null> {
    const { literal, literalOctets } = this.#session.limits
    if (octets <= literal && this.#held + octets <= literalOctets) {
      this.#held += octets
      pieces.push({ kind: 'octets', octets: yield* readOctets(octets) })
      return null
    }
    const staged = yield* this.#upload(octets)
    if (staged === null) return OVER_QUOTA
    const answer = yield* store.call('staged', { staged })
    if (answer.kind !== 'staged') return LOST
    pieces.push({ kind: 'range', source: answer.body, start: 0, end: octets, form: 'asIs' })
    return null
  }

  *#url(url: string): Flow<Reply | null> {
    const draft = this.#draft
    const found = yield* urlPiece(this.#session, this.#account, url)
    if (found.kind === 'bad') return badUrl(url, found.reason)
    const { piece } = found
    const octets = piece.kind === 'octets' ? piece.octets.length : piece.end - piece.start
    if (piece.kind === 'octets') this.#held += octets
    if (draft === null || !this.#grow(octets) || this.#held > this.#session.limits.literalOctets) return TOO_LARGE
    draft.pieces.push(piece)
    return null
  }

  /** All parts have come: they become one message. */
  *#close(): Flow<Reply | null> {
    const draft = this.#draft
    this.#place = 'message'
    if (draft === null || draft.octets === 0) return EMPTY
    const answer = yield* assembler.call('stageAssembled', { ...this.#staging, pieces: draft.pieces })
    if (answer.kind !== 'staged') return OVER_QUOTA
    this.#keep(answer.staged)
    return yield* this.#settle(draft, answer.staged)
  }

  *#settle({ flags, internalDate, isBinary }: Draft, staged: StagedId): Flow<Reply | null> {
    const fit = yield* fitForStorage(this.#session, this.#staging, staged, isBinary ? 'literal8' : 'literal')
    if (fit.kind === 'refused') return fit.reply
    this.#keep(fit.staged)
    this.messages.push({ staged: fit.staged, flags, internalDate })
    this.#draft = null
    return null
  }

  *#upload(octets: Octets): Flow<StagedId | null> {
    const upload = yield* store.upload('stage', this.#staging, { mode: 'octets', octets })
    if (upload.kind !== 'answered' || upload.result.kind !== 'staged') return null
    this.#keep(upload.result.staged)
    return upload.result.staged
  }

  /** For whom messages are staged. */
  get #staging(): Staging {
    const account = this.#account
    return this.#replaces === null ? { account } : { account, replaces: this.#replaces }
  }

  #keep(staged: StagedId): void {
    this.#staged.add(staged)
    this.#session.staged.add(staged)
  }
}

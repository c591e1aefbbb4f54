import { type Flow, type Identity, MailwrightError, readLine, type StagedId } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { noSuchMailbox, openMailbox } from '../mailboxes.js'
import { skipAnnounced, skipLiterals } from '../reader.js'
import { denied, OVER_QUOTA } from '../refusals.js'
import { bad, no, ok, type Reply } from '../reply.js'
import { appendUidCode } from '../response/code.js'
import type { Session } from '../session.js'

type AppendCommand = CommandOf<'APPEND'>

/**
 * RFC 3501 §6.3.11, with APPENDUID (RFC 4315 §3). Size and mailbox are looked at before the message is asked for. The message
 * streams into the store, outside every mailbox, and is appended when the command has come to its end: a connection
 * that breaks before leaves nothing.
 */
export function* append(session: Session, identity: Identity, command: AppendCommand): Flow<Reply> {
  const { account } = identity
  const { literal, mailbox: name, flags } = command
  if (literal.octets > session.settings.limits.appendOctets) {
    yield* skipAnnounced(session, literal)
    return no('Message too large.', 'TOOBIG')
  }
  const target = yield* openTarget(session, identity, command)
  if (target.kind === 'refused') return target.reply
  const received = yield* receiveMessage(session, identity, command)
  if (received.kind === 'refused') return received.reply
  const { staged } = received
  const ref = { account, mailbox: target.id }
  const answer = yield* store.call('append', {
    ...ref,
    messages: [{ staged, flags, internalDate: command.internalDate }],
  })
  yield* discard(session, staged)
  switch (answer.kind) {
    case 'appended':
      session.changed(ref)
      return ok('Append completed.', session.offers('UIDPLUS') ? appendUidCode(answer) : null)
    case 'noSuchMailbox':
      return noSuchMailbox(session, name, 'TRYCREATE')
    case 'denied':
      return denied(answer)
    case 'overQuota':
      return OVER_QUOTA
    case 'noSuchStaged':
      return no('The message was lost on its way, try again.', 'SERVERBUG')
    default:
      return answer satisfies never
  }
}

/** The mailbox, or a refusal with the message consumed: the client that waits is told before it sends. */
function* openTarget(
  session: Session,
  identity: Identity,
  { mailbox, literal }: AppendCommand,
): ReturnType<typeof openMailbox> {
  try {
    const target = yield* openMailbox(session, identity.account, mailbox, 'TRYCREATE')
    if (target.kind === 'refused') yield* skipAnnounced(session, literal)
    return target
  } catch (fault) {
    yield* skipAnnounced(session, literal)
    throw fault
  }
}

type Received =
  | { readonly kind: 'staged'; readonly staged: StagedId }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** Streams the message into the store and reads the command to its end. */
function* receiveMessage(session: Session, identity: Identity, { literal }: AppendCommand): Flow<Received> {
  const { octets, isNonSync } = literal
  if (!isNonSync) session.wire.write('+ OK\r\n')
  let staged: StagedId | null = null
  try {
    const upload = yield* store.upload('stage', { account: identity.account }, { mode: 'octets', octets })
    if (upload.kind === 'answered' && upload.result.kind === 'staged') staged = upload.result.staged
  } catch (fault) {
    yield* endOfCommand(session)
    throw fault
  }
  if (staged !== null) session.staged.add(staged)
  const isWhole = yield* endOfCommand(session)
  if (staged === null) return { kind: 'refused', reply: OVER_QUOTA }
  // RFC 3502 §6.3.11: an empty literal is how a client takes an APPEND back.
  if (isWhole && octets > 0) return { kind: 'staged', staged }
  yield* discard(session, staged)
  return {
    kind: 'refused',
    reply: isWhole ? no("Can't save a zero byte message.") : bad('Unexpected text after the message.'),
  }
}

/** Whether nothing stands between the message and the end of its line. What does is consumed. */
function* endOfCommand(session: Session): Flow<boolean> {
  const line = yield* readLine(session.limits.line)
  if (line.kind === 'line' && line.text === '') return true
  yield* skipLiterals(session, line.kind === 'line' ? line.text : line.tail)
  return false
}

/** The message is in its mailbox, or refused: a store that cannot forget the rest now will do so in its own time. */
function* discard(session: Session, staged: StagedId): Flow<void> {
  session.staged.delete(staged)
  try {
    yield* store.call('discard', { staged: [staged] })
  } catch (error) {
    if (!(error instanceof MailwrightError)) throw error
    session.wire.event({ name: 'discardFault', message: error.message })
  }
}

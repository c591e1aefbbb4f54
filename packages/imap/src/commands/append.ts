import type { Flow, Identity, MailboxId } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { Incoming } from '../incoming.js'
import { noSuchMailbox, openMailbox } from '../mailboxes.js'
import { notSaved } from '../refusals.js'
import { ok, type Reply } from '../reply.js'
import { appendUidCode } from '../response/code.js'
import type { Session } from '../session.js'
import { skipUnread } from '../unread-rest.js'

type AppendCommand = CommandOf<'APPEND'>

/**
 * RFC 3501 §6.3.11, with several messages (RFC 3502), parts of stored ones (RFC 4469) and APPENDUID (RFC 4315 §3). The mailbox
 * is looked for before the first message is asked for, and each message's size before it is; all are appended in one step
 * when the command has come to its end.
 */
export function* append(session: Session, identity: Identity, command: AppendCommand): Flow<Reply> {
  const incoming = new Incoming(session, identity.account, command)
  return yield* withIncoming(session, incoming, appendMessages(session, identity, command, incoming))
}

/** Runs `flow`; what it leaves of the command is consumed, and what it leaves in the store discarded, however it ends. */
export function* withIncoming(session: Session, incoming: Incoming, flow: Flow<Reply>): Flow<Reply> {
  let reply: Reply
  try {
    reply = yield* flow
  } catch (fault) {
    yield* skipUnread(session, incoming.unread)
    yield* incoming.discard()
    throw fault
  }
  yield* skipUnread(session, incoming.unread)
  yield* incoming.discard()
  return reply
}

function* appendMessages(
  session: Session,
  identity: Identity,
  command: AppendCommand,
  incoming: Incoming,
): Flow<Reply> {
  const target = yield* openMailbox(session, identity.account, command.mailbox, 'TRYCREATE')
  if (target.kind === 'refused') return target.reply
  const refusal = yield* incoming.receive(command.text)
  return refusal ?? (yield* appendAll(session, identity, command, incoming, target.id))
}

function* appendAll(
  session: Session,
  { account }: Identity,
  { mailbox: name }: AppendCommand,
  { messages }: Incoming,
  mailbox: MailboxId,
): Flow<Reply> {
  const ref = { account, mailbox }
  const answer = yield* store.call('append', { ...ref, messages })
  switch (answer.kind) {
    case 'appended':
      session.changed(ref, answer.uids)
      return ok('Append completed.', session.offers('UIDPLUS') ? appendUidCode(answer) : null)
    case 'noSuchMailbox':
      return noSuchMailbox(session, name, 'TRYCREATE')
    default:
      return notSaved(answer)
  }
}

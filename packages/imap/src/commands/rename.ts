import {
  type AccountId,
  type Flow,
  type Identity,
  INBOX,
  type MailboxId,
  type MailboxName,
  type MailboxRef,
} from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { findMailbox, noSuchMailbox } from '../mailboxes.js'
import { tellNormalName } from '../normal-name.js'
import { denied, notManaged, OVER_QUOTA } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/** RFC 3501 §6.3.5. A selected mailbox stays selected under its new name: sessions know it by its id. */
export function* rename(session: Session, identity: Identity, command: CommandOf<'RENAME'>): Flow<Reply> {
  const { account } = identity
  const { from, to } = command
  if (!session.settings.supports.hierarchy && to.includes('/')) return no('Mailboxes have no children here.', 'CANNOT')
  if (from === INBOX) return yield* renameInbox(session, account, to)
  const answer = yield* store.call('renameMailbox', { account, from, to })
  switch (answer.kind) {
    case 'renamed':
      tellNormalName(session, from, { now: to })
      return RENAMED
    case 'noSuchMailbox':
      return noSuchMailbox(session, from)
    case 'exists':
      return EXISTS
    case 'denied':
      return notManaged(answer)
    default:
      return answer satisfies never
  }
}

const RENAMED = ok('Rename completed.')
const EXISTS = no('Target mailbox already exists.', 'ALREADYEXISTS')

/** Moves INBOX's messages to a new mailbox; INBOX stays, empty, and so do the mailboxes below it (RFC 3501 §6.3.5). */
function* renameInbox(session: Session, account: AccountId, to: MailboxName): Flow<Reply> {
  const created = yield* store.call('createMailbox', { account, name: to })
  if (created.kind === 'exists') return EXISTS
  if (created.kind === 'overQuota') return OVER_QUOTA
  if (created.kind === 'denied') return notManaged(created)
  const inbox = yield* findMailbox(account, INBOX)
  if (inbox === undefined) return noSuchMailbox(session, INBOX)
  const ref = { account, mailbox: inbox.id }
  const snapshot = yield* store.call('snapshot', ref)
  if (snapshot.kind === 'noSuchMailbox') return noSuchMailbox(session, INBOX)
  yield* copyAnnotations(session, ref, created.mailbox)
  const { uids } = snapshot.messages
  if (uids.length === 0) return RENAMED
  const answer = yield* store.call('move', { ...ref, uids, to: created.mailbox })
  session.changed(ref)
  switch (answer.kind) {
    case 'moved':
      return RENAMED
    case 'noSuchMailbox':
      return noSuchMailbox(session, INBOX)
    case 'noSuchTarget':
      return noSuchMailbox(session, to)
    case 'denied':
      return denied(answer)
    case 'overQuota':
      return OVER_QUOTA
    default:
      return answer satisfies never
  }
}

/** Annotations of INBOX go along with its messages, and stay as well (RFC 5464 §4.1). What the target cannot hold is left behind. */
function* copyAnnotations(session: Session, { account, mailbox }: MailboxRef, to: MailboxId): Flow<void> {
  if (session.settings.supports.metadata !== 'mailboxes') return
  const entries = ['/private', '/shared']
  const { found } = yield* store.call('metadata', { account, of: [mailbox], entries, depth: 'infinity' })
  const changes = found[0]?.annotations ?? []
  if (changes.length > 0) yield* store.call('setMetadata', { account, of: to, changes })
}

import type { AclChange, Flow, Identity, MailboxEntry, MailboxName } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { findMailbox, noSuchMailbox } from '../mailboxes.js'
import { denied, NO_PERMISSION } from '../refusals.js'
import { bad, ok, type Reply } from '../reply.js'
import { writeAcl, writeListRights, writeMyRights } from '../response/acl.js'
import { may, rightsTo } from '../rights.js'
import type { Session } from '../session.js'

/** RFC 4314 §3.1. */
export function* setAcl(session: Session, identity: Identity, command: CommandOf<'SETACL'>): Flow<Reply> {
  return yield* changeAcl(session, identity, command.mailbox, command.change, 'Setacl complete.')
}

/** RFC 4314 §3.2. */
export function* deleteAcl(session: Session, identity: Identity, command: CommandOf<'DELETEACL'>): Flow<Reply> {
  const change = { identifier: command.identifier, mode: 'delete', rights: '' } as const
  return yield* changeAcl(session, identity, command.mailbox, change, 'Deleteacl complete.')
}

/** RFC 4314 §3.3. */
export function* getAcl(session: Session, identity: Identity, { mailbox: name }: CommandOf<'GETACL'>): Flow<Reply> {
  const found = yield* administered(session, identity, name)
  if (found.kind === 'refused') return found.reply
  const answer = yield* store.call('acl', { account: identity.account, mailbox: found.entry.id })
  if (answer.kind === 'noSuchMailbox') return noSuchMailbox(session, name)
  if (answer.kind === 'denied') return denied(answer)
  session.untagged(writeAcl(name, answer.entries, session.nameForm))
  return ok('Getacl completed.')
}

/** RFC 4314 §3.4. */
export function* listRights(session: Session, identity: Identity, command: CommandOf<'LISTRIGHTS'>): Flow<Reply> {
  const { mailbox: name, identifier } = command
  const found = yield* administered(session, identity, name)
  if (found.kind === 'refused') return found.reply
  const { account } = identity
  const answer = yield* store.call('listRights', { account, mailbox: found.entry.id, identifier })
  if (answer.kind === 'noSuchMailbox') return noSuchMailbox(session, name)
  if (answer.kind === 'denied') return denied(answer)
  if (answer.kind === 'unknownIdentifier') return UNKNOWN_IDENTIFIER
  session.untagged(writeListRights(name, identifier, answer.always, answer.optional, session.nameForm))
  return ok('Listrights completed.')
}

/** RFC 4314 §3.5. Any of the rights `lrikxa` will do. */
export function* myRights(session: Session, identity: Identity, { mailbox: name }: CommandOf<'MYRIGHTS'>): Flow<Reply> {
  const entry = yield* findMailbox(identity.account, name)
  if (entry === undefined || !/[lrikxa]/.test(rightsTo(entry))) return noSuchMailbox(session, name)
  session.untagged(writeMyRights(name, rightsTo(entry), session.nameForm))
  return ok('Myrights completed.')
}

/** RFC 4314 §3: identifiers that cannot be are a `BAD`. */
const UNKNOWN_IDENTIFIER = bad('Unknown identifier.')

function* changeAcl(
  session: Session,
  identity: Identity,
  name: MailboxName,
  change: AclChange,
  done: string,
): Flow<Reply> {
  const found = yield* administered(session, identity, name)
  if (found.kind === 'refused') return found.reply
  const answer = yield* store.call('setAcl', { account: identity.account, mailbox: found.entry.id, change })
  switch (answer.kind) {
    case 'done':
      return ok(done)
    case 'noSuchMailbox':
      return noSuchMailbox(session, name)
    case 'denied':
      return denied(answer)
    case 'unknownIdentifier':
      return UNKNOWN_IDENTIFIER
    default:
      return answer satisfies never
  }
}

/** A mailbox whose list the account may see and change; where it may not even be seen, it is not there (RFC 4314 §6). */
function* administered(
  session: Session,
  { account }: Identity,
  name: MailboxName,
): Flow<
  { readonly kind: 'found'; readonly entry: MailboxEntry } | { readonly kind: 'refused'; readonly reply: Reply }
> {
  const entry = yield* findMailbox(account, name)
  if (entry !== undefined && may(entry, 'a')) return { kind: 'found', entry }
  const isSeen = entry !== undefined && may(entry, 'l')
  return { kind: 'refused', reply: isSeen ? NO_PERMISSION : noSuchMailbox(session, name) }
}

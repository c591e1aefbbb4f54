import type { AccountId, Flow, MailboxEntry, MailboxId, MailboxName } from '@mailwright/core'
import { store, watch } from './calls.js'
import { no, type Reply } from './reply.js'
import { writeMailbox } from './response/mailbox.js'
import type { Session } from './session.js'

/** A mailbox by its name; `undefined` when there is none, or only names below it. */
export function* findMailbox(account: AccountId, name: MailboxName): Flow<MailboxEntry | undefined> {
  const { mailboxes } = yield* store.call('mailboxes', { account })
  return mailboxes.find((entry) => entry.name === name)
}

/**
 * A mailbox that messages can be read from or put into, or the refusal to say.
 *
 * @param code NONEXISTENT (RFC 5530 §3), or TRYCREATE where the client may make it and try again (RFC 3501 §6.4.7).
 */
export function* openMailbox(
  session: Session,
  account: AccountId,
  name: MailboxName,
  code: 'NONEXISTENT' | 'TRYCREATE',
): Flow<
  | { readonly kind: 'found'; readonly id: MailboxId; readonly entry: MailboxEntry }
  | { readonly kind: 'refused'; readonly reply: Reply }
> {
  const entry = yield* findMailbox(account, name)
  if (entry === undefined) return { kind: 'refused', reply: noSuchMailbox(session, name, code) }
  if (!entry.isSelectable) {
    const reply = no(`Mailbox isn't selectable: ${writeMailbox(name, session.nameForm)}`, 'CANNOT')
    return { kind: 'refused', reply }
  }
  return { kind: 'found', id: entry.id, entry }
}

export function noSuchMailbox(
  session: Session,
  name: MailboxName,
  code: 'NONEXISTENT' | 'TRYCREATE' = 'NONEXISTENT',
): Reply {
  return no(`Mailbox doesn't exist: ${writeMailbox(name, session.nameForm)}`, code)
}

/** From now on hints come about these mailboxes and no others. */
export function* watchMailboxes(account: AccountId, mailboxes: readonly MailboxId[]): Flow<void> {
  yield* watch.call('watchMailboxes', { account, mailboxes })
}

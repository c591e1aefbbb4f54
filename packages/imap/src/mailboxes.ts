import type { AccountId, Flow, MailboxEntry, MailboxId, MailboxName, MailboxRef } from '@mailwright/core'
import { store, watch } from './calls.js'
import { NO_PERMISSION } from './refusals.js'
import { no, type Reply } from './reply.js'
import { writeMailbox } from './response/mailbox.js'
import { may } from './rights.js'
import { isSame, type Session } from './session.js'

/** A mailbox by its name; `undefined` when there is none, or only names below it. */
export function* findMailbox(account: AccountId, name: MailboxName): Flow<MailboxEntry | undefined> {
  const { mailboxes } = yield* store.call('mailboxes', { account })
  return mailboxes.find((entry) => entry.name === name)
}

/**
 * A mailbox that messages can be read from or put into, or the refusal to say.
 *
 * @param code NONEXISTENT (RFC 5530 §3), or TRYCREATE where messages are to be put in, and the client may make it and try again (RFC 3501 §6.4.7).
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
  const needs = code === 'TRYCREATE' ? 'i' : 'r'
  if (entry === undefined || !(may(entry, needs) || may(entry, 'l'))) {
    // Whoever may not see a mailbox is not told that it is there (RFC 4314 §6).
    return { kind: 'refused', reply: noSuchMailbox(session, name, code) }
  }
  if (!may(entry, needs)) return { kind: 'refused', reply: NO_PERMISSION }
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

/**
 * From now on hints come about the selected mailbox, or the one that is about to be, and those that NOTIFY is about, each named as its
 * owner names it; about no others.
 */
export function* watchMailboxes(session: Session, opening: MailboxRef | null = null): Flow<void> {
  const { state, notifications } = session
  const selected = state.name === 'selected' ? state.mailbox.home : opening
  const mailboxes = [...(notifications?.watched.values() ?? [])]
  if (selected !== null && !mailboxes.some((each) => isSame(each, selected))) mailboxes.push(selected)
  const hasList = notifications !== null && !notifications.groups.isEmpty
  const list = hasList && 'identity' in state ? { list: state.identity.account } : {}
  yield* watch.call('watchMailboxes', { mailboxes, ...list })
}

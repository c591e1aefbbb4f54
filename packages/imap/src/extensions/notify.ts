import type { Flow, Identity } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf, NotifyEvent, NotifySet } from '../command.js'
import { attributesOf } from '../commands/list.js'
import { watchMailboxes } from '../mailboxes.js'
import { EventGroups } from '../notify/event-groups.js'
import { readMailboxes } from '../notify/known-mailboxes.js'
import { Notifications } from '../notify/notifications.js'
import { firstStatus, STATUS_ITEMS } from '../notify/status-news.js'
import { readAnnotations, watch } from '../notify/tell-notifications.js'
import { MAILBOX_GONE } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import { writeListed, writeStatus } from '../response/mailbox-data.js'
import type { Session } from '../session.js'
import { refresh, tellEverything } from '../sync.js'

/**
 * RFC 5465 §3.1. From now on the session tells what was asked for as it happens, also between commands. What the client is to know at the
 * beginning is read after hints come, so that nothing falls between the two.
 */
export function* notify(session: Session, identity: Identity, command: CommandOf<'NOTIFY'>): Flow<Reply> {
  const { account } = identity
  const set: NotifySet = command.set ?? NOTHING
  const supported = supportedEvents(session)
  const isSupported = set.groups.every(({ events }) => [...events].every((event) => supported.includes(event)))
  if (set.unknown.length > 0 || !isSupported) {
    return no('Unsupported NOTIFY events.', `BADEVENT (${supported.join(' ')})`)
  }
  const { state } = session
  // "A successful NOTIFY SET command implies an implicit NOOP command."
  if (state.name === 'selected' && command.set !== null) {
    yield* refresh(session, state.mailbox)
    if (session.isOver) return MAILBOX_GONE
    yield* tellEverything(session, state.mailbox, { expunges: 'allowed', numbering: 'uid' })
  }
  const groups = new EventGroups(set.groups)
  const notifications = new Notifications(set.selected, groups, yield* readMailboxes(session, account))
  const { mailboxes } = notifications
  if (mailboxes.isOver(session.settings.limits.notifiedMailboxes, groups)) {
    return no('Too many mailboxes to notify of.', 'NOTIFICATIONOVERFLOW')
  }
  const before = session.notifications
  session.notify(notifications)
  try {
    yield* watchMailboxes(session)
    yield* watch(session, identity, notifications)
    yield* readAnnotations(session, identity, notifications)
    tellClosed(session, notifications)
    yield* tellFirst(session, identity, notifications, set.tellsStatus ? 'told' : 'learned')
  } catch (fault) {
    session.notify(before)
    yield* watchMailboxes(session)
    throw fault
  }
  return ok('NOTIFY completed.')
}

const NOTHING: NotifySet = { tellsStatus: false, selected: null, groups: [], unknown: [] }

/** Events of annotations are there where annotations are (RFC 5465 §5.6, §5.7); of messages there are none. */
function supportedEvents(session: Session): readonly NotifyEvent[] {
  return [
    'MessageNew',
    'MessageExpunge',
    'FlagChange',
    'MailboxName',
    'SubscriptionChange',
    ...(session.offers('METADATA') ? (['MailboxMetadataChange'] as const) : []),
    ...(session.offers('METADATA-SERVER') ? (['ServerMetadataChange'] as const) : []),
  ]
}

/** Which mailboxes will not be told of, since the client may list them but not look at them (RFC 5465 §3.1). */
function tellClosed(session: Session, { mailboxes, groups }: Notifications): void {
  for (const entry of mailboxes.closed(groups)) {
    const { name } = entry
    const facts = { isSubscribed: mailboxes.subscribed.has(name), hasChildren: mailboxes.parents.has(name) }
    const attributes = [...attributesOf(session, entry, facts), '\\NoAccess']
    session.untagged(writeListed('LIST', attributes, name, session.nameForm))
  }
}

/** Reads where the mailboxes stand, all but the selected one, and tells it where that was asked for. */
function* tellFirst(
  session: Session,
  { account }: Identity,
  { mailboxes, groups, watched, statuses }: Notifications,
  telling: 'told' | 'learned',
): Flow<void> {
  const { state } = session
  const selected = state.name === 'selected' ? state.mailbox.ref.mailbox : null
  if (watched.size === 0) return
  const answer = yield* store.call('status', { account, mailboxes: [...watched.keys()], items: STATUS_ITEMS })
  const byId = new Map(answer.statuses.map((status) => [status.mailbox, status]))
  for (const [id, { name }] of mailboxes.byId) {
    const status = byId.get(id)
    if (status === undefined) continue
    statuses.set(id, status)
    if (id === selected || telling === 'learned') continue
    const values = firstStatus(mailboxes.events(groups, name), status, session.offers('CONDSTORE'))
    session.untagged(writeStatus(name, values, session.nameForm))
  }
}

import {
  type Annotated,
  type Annotation,
  breathe,
  type Flow,
  type Identity,
  type MailboxId,
  type MailboxStatus,
} from '@mailwright/core'
import { store } from '../calls.js'
import { attributesOf } from '../commands/list.js'
import { watchMailboxes } from '../mailboxes.js'
import { writeListed, writeStatus } from '../response/mailbox-data.js'
import { writeMetadataNames } from '../response/metadata.js'
import type { Session } from '../session.js'
import { EventGroups } from './event-groups.js'
import { readMailboxes } from './known-mailboxes.js'
import { listNews } from './list-news.js'
import { type KnownAnnotations, Notifications } from './notifications.js'
import { annotationKey } from './own-changes.js'
import { STATUS_ITEMS, statusNews } from './status-news.js'

/** Tells what happened to mailboxes that are not selected, as far as NOTIFY asked for it (RFC 5465 §5). */
export function* tellNotifications(session: Session): Flow<void> {
  const { notifications, state } = session
  if (notifications === null || !notifications.hasNews) return
  if (state.name !== 'authenticated' && state.name !== 'selected') return
  const stale = notifications.takeStale()
  try {
    const added = stale.list ? yield* tellList(session, state.identity, notifications, stale) : []
    if (session.notifications !== notifications) return
    yield* tellStatuses(session, state.identity, notifications, [...stale.mailboxes, ...added])
  } catch (fault) {
    // What was not told is looked for again with the next hint, or command.
    notifications.doubt()
    throw fault
  }
}

/** Names that changed, and annotations. Returns the mailboxes that are looked after from now on. */
function* tellList(
  session: Session,
  identity: Identity,
  notifications: Notifications,
  { own, ownAnnotations }: ReturnType<Notifications['takeStale']>,
): Flow<MailboxId[]> {
  const before = notifications.mailboxes
  const now = yield* readMailboxes(session, identity.account)
  notifications.mailboxes = now
  for (const { name, oldName } of yield* listNews(before, now, notifications.groups, own)) {
    const entry = now.byName.get(name)
    const facts = { isSubscribed: now.subscribed.has(name), hasChildren: now.parents.has(name) }
    const attributes = attributesOf(session, entry, facts)
    if (now.isClosed(name)) attributes.push('\\NoAccess')
    session.untagged(writeListed('LIST', attributes, name, session.nameForm, oldName === null ? {} : { oldName }))
    if (session.wire.isFull) yield* breathe()
  }
  if (now.isOver(session.settings.limits.notifiedMailboxes, notifications.groups)) {
    session.untagged('OK [NOTIFICATIONOVERFLOW] Too many mailboxes, notifications are off.')
    session.notify(new Notifications(null, new EventGroups([]), now))
    yield* watchMailboxes(session)
    return []
  }
  yield* tellAnnotations(session, identity, notifications, ownAnnotations)
  return yield* watch(session, identity, notifications)
}

/** From now on the mailboxes are looked after of whose messages something is wanted. Returns those that were not before. */
export function* watch(session: Session, identity: Identity, notifications: Notifications): Flow<MailboxId[]> {
  const before = notifications.watched
  notifications.watched = new Map(
    notifications.mailboxes
      .with(notifications.groups, 'MessageNew')
      .map(({ id, home }) => [id, home ?? { account: identity.account, mailbox: id }]),
  )
  for (const id of before.keys()) if (!notifications.watched.has(id)) notifications.statuses.delete(id)
  const added = [...notifications.watched.keys()].filter((id) => !before.has(id))
  if (added.length > 0 || before.size !== notifications.watched.size) yield* watchMailboxes(session)
  // A mailbox the client was never told anything of: it takes it for empty.
  for (const id of added) notifications.statuses.set(id, { messages: 0, uidNext: 1 })
  return added
}

function* tellStatuses(
  session: Session,
  identity: Identity,
  notifications: Notifications,
  of: readonly MailboxId[],
): Flow<void> {
  const { state } = session
  const selected = state.name === 'selected' ? state.mailbox.ref.mailbox : null
  const mailboxes = of.filter((id) => id !== selected && notifications.watched.has(id))
  if (mailboxes.length === 0) return
  const { statuses } = yield* store.call('status', { account: identity.account, mailboxes, items: STATUS_ITEMS })
  for (const status of statuses) {
    tellStatus(session, notifications, status)
    if (session.wire.isFull) yield* breathe()
  }
}

function tellStatus(session: Session, notifications: Notifications, status: MailboxStatus): void {
  const entry = notifications.mailboxes.byId.get(status.mailbox)
  if (entry === undefined) return
  const events = notifications.mailboxes.events(notifications.groups, entry.name)
  const before = notifications.statuses.get(status.mailbox) ?? {}
  notifications.statuses.set(status.mailbox, status)
  const news = statusNews(events, before, status, session.enabled.has('CONDSTORE'))
  if (news.length > 0) session.untagged(writeStatus(entry.name, news, session.nameForm))
}

/**
 * Names of annotations that changed (RFC 5465 §5.6, §5.7, RFC 5464 §4.4.2). The store does not say which, so a number is kept for each value.
 */
function* tellAnnotations(
  session: Session,
  identity: Identity,
  notifications: Notifications,
  own: ReadonlySet<string>,
): Flow<void> {
  const before = new Map(notifications.annotations)
  yield* readAnnotations(session, identity, notifications)
  for (const [of, now] of notifications.annotations) {
    const name = of === null ? null : (notifications.mailboxes.byId.get(of)?.name ?? null)
    const known: KnownAnnotations = before.get(of) ?? new Map()
    const changed = [...new Set([...known.keys(), ...now.keys()])].filter(
      (entry) => known.get(entry) !== now.get(entry) && !own.has(annotationKey(name, entry)),
    )
    if (changed.length === 0) continue
    session.untagged(writeMetadataNames(name, changed.sort(), session.nameForm))
    if (session.wire.isFull) yield* breathe()
  }
}

/** Learns the annotations that notifications are about. */
export function* readAnnotations(session: Session, identity: Identity, notifications: Notifications): Flow<void> {
  const { groups, mailboxes, annotations } = notifications
  const of: Annotated[] = mailboxes.with(groups, 'MailboxMetadataChange').map(({ id }) => id)
  if (groups.has('ServerMetadataChange')) of.push(null)
  if (of.length === 0 || !session.offers('METADATA-SERVER')) {
    annotations.clear()
    return
  }
  const entries = ['/private', '/shared']
  const { found } = yield* store.call('metadata', { account: identity.account, of, entries, depth: 'infinity' })
  annotations.clear()
  for (const each of found) {
    yield* breathe()
    annotations.set(each.of, fingerprints(each.annotations))
  }
}

function fingerprints(annotations: readonly Annotation[]): KnownAnnotations {
  return new Map(annotations.flatMap(({ entry, value }) => (value === null ? [] : [[entry, fingerprint(value)]])))
}

/** FNV-1a with the length: two values one after the other differ in it but once in four thousand million times. */
function fingerprint(value: Uint8Array): number {
  let hash = 0x811c9dc5 ^ value.length
  for (const octet of value) hash = Math.imul(hash ^ octet, 0x01000193)
  return hash >>> 0
}

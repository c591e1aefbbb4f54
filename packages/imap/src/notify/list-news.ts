import { breathe, type Flow, INBOX } from '@mailwright/core'
import type { NotifyEvent } from '../command.js'
import { inOrder } from '../mailbox-names.js'
import type { EventGroups } from './event-groups.js'
import type { KnownMailboxes } from './known-mailboxes.js'

/** Names compared before others have their turn: a few milliseconds. */
const PER_TURN = 500

/** A name whose LIST response is due. */
export interface ListNews {
  readonly name: string
  /** What it was called before. */
  readonly oldName: string | null
}

/**
 * Which names changed between two moments: made, deleted or renamed, with their parents, and subscribed or no longer so
 * (RFC 5465 §5.4, §5.5), or became ones that the client may look at or no longer (§5.9). What is below a renamed mailbox is not told apart.
 *
 * @param own names that the client itself changed: it knows (RFC 5465 §5).
 */
export function* listNews(
  before: KnownMailboxes,
  now: KnownMailboxes,
  groups: EventGroups,
  own: ReadonlySet<string>,
): Flow<ListNews[]> {
  const told = new Map<string, string | null>()
  const wants = (name: string, event: NotifyEvent): boolean =>
    before.events(groups, name).has(event) || now.events(groups, name).has(event)
  const affected = (name: string): void => {
    if (!told.has(name) && !own.has(name) && wants(name, 'MailboxName')) told.set(name, null)
  }
  const withParent = (name: string): void => {
    // There is always an INBOX: renamed, another one is in its place.
    if (name === INBOX) return
    affected(name)
    const end = name.lastIndexOf('/')
    if (end > 0 && !own.has(name)) affected(name.slice(0, end))
  }
  let at = 0
  for (const [from, to] of renames(before, now)) {
    if (at++ % PER_TURN === 0) yield* breathe()
    if (!own.has(to) && (wants(from, 'MailboxName') || wants(to, 'MailboxName'))) told.set(to, from)
  }
  for (const [id, { name, isSelectable }] of before.byId) {
    if (at++ % PER_TURN === 0) yield* breathe()
    const after = now.byId.get(id)
    if (after === undefined) withParent(name)
    else {
      const isClosed = now.isClosed(after.name)
      if (after.isSelectable !== isSelectable || before.isClosed(name) !== isClosed) affected(after.name)
    }
  }
  for (const [id, { name }] of now.byId) {
    if (at++ % PER_TURN === 0) yield* breathe()
    if (!before.byId.has(id)) withParent(name)
  }
  for (const name of new Set([...before.subscribed, ...now.subscribed])) {
    if (at++ % PER_TURN === 0) yield* breathe()
    const isSame = before.subscribed.has(name) === now.subscribed.has(name)
    if (!isSame && !told.has(name) && !own.has(name) && wants(name, 'SubscriptionChange')) told.set(name, null)
  }
  return inOrder([...told.keys()]).map((name) => ({ name, oldName: told.get(name) ?? null }))
}

/** Old and new names of what was renamed by itself, and not with a mailbox above it. */
function renames(before: KnownMailboxes, now: KnownMailboxes): ReadonlyMap<string, string> {
  const all = new Map<string, string>()
  for (const [id, { name }] of before.byId) {
    const after = now.byId.get(id)
    if (after !== undefined && after.name !== name) all.set(name, after.name)
  }
  const wentAlong = ([from, to]: readonly [string, string]): boolean => {
    for (let end = from.lastIndexOf('/'); end > 0; end = from.lastIndexOf('/', end - 1)) {
      const above = all.get(from.slice(0, end))
      if (above !== undefined && to === above + from.slice(end)) return true
    }
    return false
  }
  return new Map([...all].filter((pair) => !wentAlong(pair)))
}

import type { AccountId, Flow, MailboxEntry, MailboxId, MailboxList, MailboxName, Namespaces } from '@mailwright/core'
import { store } from '../calls.js'
import type { NotifyEvent } from '../command.js'
import { isPersonal, levelsAbove } from '../mailbox-names.js'
import { listable, may } from '../rights.js'
import type { Session } from '../session.js'
import type { EventGroups } from './event-groups.js'

/** An account's mailboxes at one moment, as the client was told of them: those it may list. */
export class KnownMailboxes {
  readonly byId: ReadonlyMap<MailboxId, MailboxEntry>
  readonly byName: ReadonlyMap<string, MailboxEntry>
  readonly subscribed: ReadonlySet<string>
  readonly parents: ReadonlySet<string>
  /** Mailboxes that are there and may not be listed. */
  readonly #hidden: ReadonlySet<string>
  readonly #foreign: readonly string[]

  /** @param namespaces those that are not personal. */
  constructor(list: MailboxList, namespaces: Namespaces = { others: [], shared: [] }) {
    const { mailboxes, subscribedOnly } = listable(list)
    this.byId = new Map(mailboxes.map((entry) => [entry.id, entry]))
    this.byName = new Map(mailboxes.map((entry) => [entry.name, entry]))
    const subscribed = list.mailboxes.flatMap(({ name, isSubscribed }) => (isSubscribed ? [name] : []))
    this.subscribed = new Set<MailboxName>([...subscribed, ...subscribedOnly])
    this.parents = levelsAbove(this.byName.keys())
    this.#hidden = new Set(list.mailboxes.flatMap(({ name }) => (this.byName.has(name) ? [] : [name])))
    this.#foreign = [...namespaces.others, ...namespaces.shared]
  }

  /** Whether something is there that the client may not look at (RFC 5465 §3.1, §5.9). */
  isClosed(name: string): boolean {
    const entry = this.byName.get(name)
    return entry === undefined ? this.#hidden.has(name) : !may(entry, 'r')
  }

  /** Events that some group wants of a name (RFC 5465 §6). */
  events(groups: EventGroups, name: string): ReadonlySet<NotifyEvent> {
    return groups.of(name, { isPersonal: isPersonal(name, this.#foreign), isSubscribed: this.subscribed.has(name) })
  }

  /** The mailboxes of which one of `events` is wanted, and that can be selected (RFC 5465 §5: it takes the rights `l` and `r`). */
  with(groups: EventGroups, ...events: readonly NotifyEvent[]): MailboxEntry[] {
    return [...this.byId.values()].filter((entry) => {
      if (!entry.isSelectable || !may(entry, 'r')) return false
      const wanted = this.events(groups, entry.name)
      return events.some((event) => wanted.has(event))
    })
  }

  /** Whether something is to be kept of more mailboxes than that: of the others only names are. */
  isOver(limit: number, groups: EventGroups): boolean {
    return this.with(groups, 'MessageNew', 'MailboxMetadataChange').length > limit
  }

  /** The mailboxes of which something is wanted, and that the client may list and not look at. */
  closed(groups: EventGroups): MailboxEntry[] {
    return [...this.byId.values()].filter(({ name }) => this.isClosed(name) && this.events(groups, name).size > 0)
  }
}

/** As they are now. */
export function* readMailboxes(session: Session, account: AccountId): Flow<KnownMailboxes> {
  return new KnownMailboxes(yield* store.call('mailboxes', { account }), session.settings.supports.sharing)
}

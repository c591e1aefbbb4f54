import type { MailboxFilter, NotifyEvent, NotifyGroup } from '../command.js'

type Events = ReadonlySet<NotifyEvent>

const NONE: Events = new Set()

/**
 * The event groups of a NOTIFY that are not about the selected mailbox, put so that finding the events of a name takes a time that the
 * levels of the name bound, whatever the groups (RFC 5465 §6).
 */
export class EventGroups {
  readonly #groups: readonly NotifyGroup[]
  readonly #personal: Events
  readonly #subscribed: Events
  readonly #mailboxes: ReadonlyMap<string, Events>
  readonly #subtrees: ReadonlyMap<string, Events>

  constructor(groups: readonly NotifyGroup[]) {
    this.#groups = groups
    const eventsOf = (kind: MailboxFilter['kind']): Events =>
      union(groups.flatMap(({ filter, events }) => (filter.kind === kind ? [events] : [])))
    this.#personal = eventsOf('personal')
    this.#subscribed = eventsOf('subscribed')
    this.#mailboxes = byName(groups, 'mailboxes')
    this.#subtrees = byName(groups, 'subtree')
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0
  }

  /** Whether an event is wanted, of whatever. */
  has(event: NotifyEvent): boolean {
    return this.#groups.some(({ events }) => events.has(event))
  }

  /** Events that some group wants of a name. */
  of(name: string, { isPersonal, isSubscribed }: { isPersonal: boolean; isSubscribed: boolean }): Events {
    const found: Events[] = []
    if (isPersonal && this.#personal.size > 0) found.push(this.#personal)
    if (isSubscribed && this.#subscribed.size > 0) found.push(this.#subscribed)
    const named = this.#mailboxes.get(name)
    if (named !== undefined) found.push(named)
    if (this.#subtrees.size > 0) {
      for (let end = name.length; end > 0; end = name.lastIndexOf('/', end - 1)) {
        const below = this.#subtrees.get(name.slice(0, end))
        if (below !== undefined) found.push(below)
      }
    }
    return union(found)
  }
}

function union(all: readonly Events[]): Events {
  const [first = NONE, ...others] = all
  return others.length === 0 ? first : new Set(all.flatMap((events) => [...events]))
}

function byName(groups: readonly NotifyGroup[], kind: 'mailboxes' | 'subtree'): ReadonlyMap<string, Events> {
  const found = new Map<string, Set<NotifyEvent>>()
  for (const { filter, events } of groups) {
    if (filter.kind !== kind) continue
    for (const name of filter.names) {
      const known = found.get(name)
      if (known === undefined) found.set(name, new Set(events))
      else for (const event of events) known.add(event)
    }
  }
  return found
}

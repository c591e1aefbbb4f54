import type { Annotated, MailboxId, MailboxRef, UidList } from '@mailwright/core'
import type { NotifySelected } from '../command.js'
import { isSame } from '../session.js'
import type { EventGroups } from './event-groups.js'
import type { KnownMailboxes } from './known-mailboxes.js'
import type { OwnChanges } from './own-changes.js'
import type { KnownStatus } from './status-news.js'

/** Annotations that the client was told of: what stands for each value, by entry. */
export type KnownAnnotations = ReadonlyMap<string, number>

/**
 * What NOTIFY asked for, what the client knows of mailboxes it has not selected, and of which of them there is news to look for
 * (RFC 5465). Hints only mark; so however many come, what is kept is bounded by the mailboxes.
 */
export class Notifications {
  /** `null`: nothing is told unasked of the selected mailbox. */
  readonly selected: NotifySelected | null
  readonly groups: EventGroups
  mailboxes: KnownMailboxes
  readonly statuses = new Map<MailboxId, KnownStatus>()
  readonly annotations = new Map<Annotated, KnownAnnotations>()
  /** Mailboxes about which hints come, beside the selected one, and how their hints name them. */
  watched: ReadonlyMap<MailboxId, MailboxRef> = new Map()
  #isListStale = false
  readonly #stale = new Set<MailboxId>()
  /** UIDs of messages that this session brought into the selected mailbox, not told yet. */
  readonly #brought = new Set<number>()
  #ownNames = new Set<string>()
  #ownAnnotations = new Set<string>()

  constructor(selected: NotifySelected | null, groups: EventGroups, mailboxes: KnownMailboxes) {
    this.selected = selected
    this.groups = groups
    this.mailboxes = mailboxes
  }

  /** Whether there is something to look for, beside the selected mailbox. */
  get hasNews(): boolean {
    return this.#isListStale || this.#stale.size > 0
  }

  /** Something happened to a mailbox, or to the list of them (`null`). */
  hinted(about: MailboxRef | null): void {
    if (about === null) this.#isListStale = !this.groups.isEmpty
    else for (const [id, home] of this.watched) if (isSame(about, home)) this.#stale.add(id)
  }

  /** A hint may have been lost: everything is to be looked at. */
  doubt(): void {
    this.hinted(null)
    for (const mailbox of this.watched.keys()) this.#stale.add(mailbox)
  }

  /** The client does something itself. */
  acts({ names, annotations }: OwnChanges): void {
    for (const name of names) this.#ownNames.add(name)
    for (const annotation of annotations) this.#ownAnnotations.add(annotation)
    this.hinted(null)
  }

  /** The client brings messages into the selected mailbox. */
  brings(uids: UidList): void {
    for (const uid of uids) this.#brought.add(uid)
  }

  /** Those of the messages told now that others brought. */
  takeOthers(uids: UidList): UidList {
    const others = uids.filter((uid) => !this.#brought.has(uid))
    this.#brought.clear()
    return others
  }

  /** The selected mailbox is one of the others now; what the client knows of it is what it was told. */
  left(mailbox: MailboxId, known: KnownStatus): void {
    this.#brought.clear()
    if (!this.watched.has(mailbox)) return
    this.statuses.set(mailbox, known)
    this.#stale.add(mailbox)
  }

  /** What is to be looked for; from now on it is what comes. */
  takeStale(): {
    readonly list: boolean
    readonly mailboxes: ReadonlySet<MailboxId>
    readonly own: ReadonlySet<string>
    readonly ownAnnotations: ReadonlySet<string>
  } {
    const taken = {
      list: this.#isListStale,
      mailboxes: new Set(this.#stale),
      own: this.#ownNames,
      ownAnnotations: this.#ownAnnotations,
    }
    this.#isListStale = false
    this.#stale.clear()
    if (taken.list) {
      this.#ownNames = new Set()
      this.#ownAnnotations = new Set()
    }
    return taken
  }
}

import {
  INBOX,
  type MailboxId,
  type MailboxName,
  type MailStore,
  mailboxName,
  type NoSuchMailbox,
  type Octets,
  type SpecialUse,
} from '@mailwright/core'
import type { Acl } from './acl.js'
import type { Mailbox } from './mailbox.js'
import { Threads } from './threads.js'

/** What an account holds, or may hold. */
export interface Amount {
  readonly octets: Octets
  readonly messages: number
  readonly mailboxes: number
}

/** Makes a mailbox with an id and a UIDVALIDITY of its own, and the rights of the one above it. */
type MakeMailbox = (specialUse: readonly SpecialUse[], parent: Acl | undefined) => Mailbox

type Answer<K extends 'createMailbox' | 'renameMailbox' | 'deleteMailbox'> = Awaited<ReturnType<MailStore[K]>>

/**
 * One account: its mailboxes by name and by id, and its subscriptions. A level without a mailbox of its own exists
 * only through the mailboxes below it.
 */
export class Account {
  readonly #make: MakeMailbox
  readonly threads = new Threads()
  readonly #byName = new Map<MailboxName, Mailbox>()
  readonly #byId = new Map<MailboxId, Mailbox>()
  readonly #subscribed = new Set<MailboxName>()

  constructor(make: MakeMailbox) {
    this.#make = make
    this.create(INBOX)
  }

  mailbox(id: MailboxId): Mailbox | undefined {
    return this.#byId.get(id)
  }

  /** The mailboxes by their names. */
  get named(): ReadonlyMap<MailboxName, Mailbox> {
    return this.#byName
  }

  isSubscribed(name: MailboxName): boolean {
    return this.#subscribed.has(name)
  }

  /** Every name that is subscribed, whether there is such a mailbox or not. */
  get subscriptions(): ReadonlySet<MailboxName> {
    return this.#subscribed
  }

  /** The nearest mailbox above a name. */
  parentOf(name: string): Mailbox | undefined {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
      const above = mailboxName(name.slice(0, end))
      const mailbox = 'name' in above ? this.#byName.get(above.name) : undefined
      if (mailbox !== undefined) return mailbox
    }
    return undefined
  }

  /** @param hasRoom whether one mailbox more may be. */
  create(name: MailboxName, specialUse?: SpecialUse, hasRoom: () => boolean = () => true): Answer<'createMailbox'> {
    if (this.#byName.has(name)) return { kind: 'exists' }
    if (!hasRoom()) return { kind: 'overQuota' }
    const mailbox = this.#make(specialUse === undefined ? [] : [specialUse], this.parentOf(name)?.acl)
    this.#byName.set(name, mailbox)
    this.#byId.set(mailbox.id, mailbox)
    return { kind: 'created', mailbox: mailbox.id }
  }

  rename(from: MailboxName, to: MailboxName): Answer<'renameMailbox'> {
    if (from === INBOX) return { kind: 'denied', reason: 'INBOX is not renamed' }
    const moving = [...this.#byName].filter(([name]) => name === from || isBelow(name, from))
    if (moving.length === 0) return { kind: 'noSuchMailbox' }
    if (isBelow(to, from)) return { kind: 'denied', reason: 'A mailbox cannot move below itself' }
    if (this.#byName.has(to) || this.#hasChildren(to)) return { kind: 'exists' }
    const renamed = new Map<MailboxName, Mailbox>()
    for (const [name, mailbox] of moving) {
      const result = mailboxName(to + name.slice(from.length))
      if ('bad' in result) return { kind: 'denied', reason: 'A name below it would become too long' }
      renamed.set(result.name, mailbox)
    }
    for (const [name] of moving) this.#byName.delete(name)
    for (const [name, mailbox] of renamed) this.#byName.set(name, mailbox)
    return { kind: 'renamed' }
  }

  /** Answers the mailbox that is gone, when one is. */
  delete(
    name: MailboxName,
  ): Exclude<Answer<'deleteMailbox'>, { kind: 'deleted' }> | { kind: 'deleted'; mailbox: Mailbox } {
    if (name === INBOX) return { kind: 'denied', reason: 'INBOX is not deleted' }
    const mailbox = this.#byName.get(name)
    if (mailbox === undefined) return this.#hasChildren(name) ? { kind: 'hasChildren' } : NO_SUCH_MAILBOX
    this.#byName.delete(name)
    this.#byId.delete(mailbox.id)
    return { kind: 'deleted', mailbox }
  }

  subscribe(name: MailboxName, subscribed: boolean): void {
    if (subscribed) this.#subscribed.add(name)
    else this.#subscribed.delete(name)
  }

  usage(): Amount {
    let octets = 0
    let messages = 0
    for (const { counts } of this.#byId.values()) {
      octets += counts.octets
      messages += counts.messages
    }
    return { octets, messages, mailboxes: this.#byId.size }
  }

  #hasChildren(name: MailboxName): boolean {
    for (const other of this.#byName.keys()) if (isBelow(other, name)) return true
    return false
  }
}

export const NO_SUCH_MAILBOX: NoSuchMailbox = { kind: 'noSuchMailbox' }

function isBelow(name: MailboxName, above: MailboxName): boolean {
  return name.startsWith(`${above}/`)
}

import {
  type AccountId,
  ALL_RIGHTS,
  accountId,
  type Denied,
  INBOX,
  type MailboxEntry,
  type MailboxId,
  type MailboxList,
  type MailboxName,
  type MailboxRef,
  mailboxName,
  type Namespaces,
  type NoSuchMailbox,
  type Right,
  type Rights,
} from '@mailwright/core'
import { type Account, NO_SUCH_MAILBOX } from './account.js'
import type { Mailbox } from './mailbox.js'
import type { SharingOptions } from './options.js'
import type { Viewer } from './viewer.js'

/** A mailbox as one account finds it. */
export interface Opened {
  readonly kind: 'opened'
  readonly mailbox: Mailbox
  readonly owner: AccountId
  readonly rights: Rights
  /** `null`: the account is the owner. */
  readonly viewer: Viewer | null
}

/** Where a name leads: to whose mailboxes, and to which among them. */
export interface Place {
  readonly owner: AccountId
  readonly account: Account
  readonly name: MailboxName
}

export const NO_RIGHT: Denied = { kind: 'denied', reason: 'Permission denied', lacksRight: true }

/** Finds mailboxes, one's own and those that others share, by name and by id. */
export class Directory {
  readonly #sharing: SharingOptions | null
  readonly #make: (id: AccountId) => Account
  readonly #accounts = new Map<AccountId, Account>()
  readonly #homes = new Map<MailboxId, AccountId>()

  constructor(sharing: SharingOptions | null, make: (id: AccountId) => Account) {
    this.#sharing = sharing
    this.#make = make
  }

  /** Whether it is the account whose mailboxes are nobody's in particular. */
  isShared(id: AccountId): boolean {
    return this.#sharing?.shared?.account === id
  }

  get namespaces(): Namespaces {
    const { others, shared } = this.#sharing ?? {}
    return {
      others: others === undefined ? [] : [`${others}/`],
      shared: shared === undefined ? [] : [`${shared.name}/`],
    }
  }

  /** An account appears when it is first used. */
  account(id: AccountId): Account {
    let account = this.#accounts.get(id)
    if (account === undefined) {
      account = this.#make(id)
      this.#accounts.set(id, account)
    }
    return account
  }

  known(id: AccountId): Account | undefined {
    return this.#accounts.get(id)
  }

  /** Whose lists have mailboxes of this owner: the owner's, and those of whoever has a right to one. */
  readers(owner: AccountId): AccountId[] {
    if (this.#sharing === null) return [owner]
    const mailboxes = [...(this.#accounts.get(owner)?.named.values() ?? [])]
    const reads = (id: AccountId): boolean => id === owner || mailboxes.some(({ acl }) => acl.of(id) !== '')
    return [...this.#accounts.keys()].filter(reads)
  }

  /** Accounts there are. */
  everybody(): AccountId[] {
    return [...this.#accounts.keys()]
  }

  /** A mailbox was made. */
  settle(mailbox: MailboxId, owner: AccountId): void {
    this.#homes.set(mailbox, owner)
  }

  /** A mailbox is gone. */
  forget(mailbox: MailboxId): void {
    this.#homes.delete(mailbox)
  }

  clear(): void {
    this.#accounts.clear()
    this.#homes.clear()
  }

  list(id: AccountId): MailboxList {
    const own = this.account(id)
    const mailboxes: MailboxEntry[] = []
    for (const [name, mailbox] of own.named) {
      const rights = this.#sharing === null ? {} : { rights: mailbox.acl.of(id) }
      mailboxes.push({ ...this.#entry(own, name, mailbox), specialUse: mailbox.specialUse, ...rights })
    }
    for (const [owner, account] of this.#sharing === null ? [] : this.#accounts) {
      if (owner === id) continue
      for (const [inner, mailbox] of account.named) {
        const rights = mailbox.acl.of(id)
        const name = rights === '' ? undefined : this.#nameOf(owner, inner)
        if (name === undefined) continue
        // What it is for is the owner's own arrangement (RFC 6154 §2).
        const home = { account: owner, mailbox: mailbox.id }
        mailboxes.push({ ...this.#entry(own, name, mailbox), specialUse: [], rights, home })
      }
    }
    const names = new Set(mailboxes.map(({ name }) => name))
    return { mailboxes, subscribedOnly: [...own.subscriptions].filter((name) => !names.has(name)) }
  }

  /**
   * A mailbox for something that needs a right. Without it, it is denied to whoever sees or reads the mailbox, and to others there is none
   * (RFC 4314 §6).
   */
  open({ account, mailbox: id }: MailboxRef, needs: Right): Opened | NoSuchMailbox | Denied {
    const owner = this.#homes.get(id)
    const mailbox = owner === undefined ? undefined : this.#accounts.get(owner)?.mailbox(id)
    if (owner === undefined || mailbox === undefined) return NO_SUCH_MAILBOX
    const rights = this.rights(mailbox, owner, account)
    if (!rights.includes(needs)) return /[lr]/.test(rights) ? NO_RIGHT : NO_SUCH_MAILBOX
    return { kind: 'opened', mailbox, owner, rights, viewer: owner === account ? null : mailbox.viewer(account) }
  }

  rights(mailbox: Mailbox, owner: AccountId, account: AccountId): Rights {
    if (this.#sharing !== null) return mailbox.acl.of(account)
    return owner === account ? ALL_RIGHTS : ''
  }

  /** Where a name leads; `null` for one that belongs to a namespace and to nobody in it. */
  place(id: AccountId, name: MailboxName): Place | null {
    const { others, shared } = this.#sharing ?? {}
    if (others !== undefined && isWithin(name, others)) {
      const [owner, inner] = split(name.slice(others.length + 1))
      return owner === id ? null : this.#placeOf(accountId(owner), inner)
    }
    if (shared !== undefined && isWithin(name, shared.name)) {
      this.account(shared.account)
      return this.#placeOf(shared.account, name.slice(shared.name.length + 1))
    }
    return { owner: id, account: this.account(id), name }
  }

  #placeOf(owner: AccountId, inner: string): Place | null {
    const account = this.#accounts.get(owner)
    const name = mailboxName(inner)
    return account === undefined || 'bad' in name ? null : { owner, account, name: name.name }
  }

  /** How others name an owner's mailbox; `undefined`: they cannot. */
  #nameOf(owner: AccountId, name: MailboxName): MailboxName | undefined {
    const { others, shared } = this.#sharing ?? {}
    const isShared = shared?.account === owner
    if (isShared && name === INBOX) return undefined
    if (!isShared && (others === undefined || owner.includes('/'))) return undefined
    const result = mailboxName(isShared ? `${shared.name}/${name}` : `${others}/${owner}/${name}`)
    return 'name' in result ? result.name : undefined
  }

  #entry(own: Account, name: MailboxName, { id }: Mailbox): Omit<MailboxEntry, 'specialUse'> {
    return { id, name, isSelectable: true, isSubscribed: own.isSubscribed(name) }
  }
}

function isWithin(name: string, level: string): boolean {
  return name === level || name.startsWith(`${level}/`)
}

/** The first level, and what is below it. */
function split(name: string): [string, string] {
  const at = name.indexOf('/')
  return at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)]
}

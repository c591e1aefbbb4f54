import { type AccountId, INBOX, type MailboxId, type MailStore, StoreFault } from '@mailwright/core'

/** Accounts whose INBOX is remembered. Default 10,000: a few megabytes; the rest are asked for again. */
const REMEMBERED = 10_000

/** Knows the id of each account's INBOX: it never changes, and delivery needs it for every message. */
export class InboxDirectory {
  readonly #store: MailStore
  readonly #ids = new Map<AccountId, MailboxId>()

  constructor(store: MailStore) {
    this.#store = store
  }

  async inboxOf(account: AccountId, signal: AbortSignal): Promise<MailboxId> {
    const known = this.#ids.get(account)
    if (known !== undefined) return known
    const { mailboxes } = await this.#store.mailboxes({ account }, signal)
    const inbox = mailboxes.find(({ name }) => name === INBOX)
    if (inbox === undefined) throw new StoreFault(`the store lists no INBOX for ${account}`)
    if (this.#ids.size >= REMEMBERED) {
      const [oldest] = this.#ids.keys()
      if (oldest !== undefined) this.#ids.delete(oldest)
    }
    this.#ids.set(account, inbox.id)
    return inbox.id
  }

  /** The store no longer knows it: ask again next time. */
  forget(account: AccountId): void {
    this.#ids.delete(account)
  }
}

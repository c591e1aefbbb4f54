import type { AccountId, MailboxId } from '@mailwright/core'
import type { StoreContext } from './context.js'
import { Mailbox } from './mailbox.js'

/** The mailboxes in memory. The longest unused ones leave it; those in use stay. */
export class LoadedMailboxes {
  readonly #context: StoreContext
  /** In the order of their last use. */
  readonly #loaded = new Map<string, Mailbox>()

  constructor(context: StoreContext) {
    this.#context = context
  }

  get(account: AccountId, id: MailboxId): Mailbox | undefined {
    const key = keyOf(account, id)
    const mailbox = this.#loaded.get(key)
    if (mailbox !== undefined) {
      this.#loaded.delete(key)
      this.#loaded.set(key, mailbox)
    }
    return mailbox
  }

  /** A mailbox that is in memory already, marked as used; the caller releases it. */
  acquire(account: AccountId, id: MailboxId): Mailbox | undefined {
    const mailbox = this.get(account, id)
    if (mailbox !== undefined) mailbox.users++
    return mailbox
  }

  /** Reads a mailbox in, marked as used; the caller releases it. Runs in the account's serial, so that no two do, and no rename moves the folder meanwhile. */
  async load(account: AccountId, path: string): Promise<Mailbox> {
    const mailbox = await Mailbox.open(this.#context, account, path)
    mailbox.users++
    this.#loaded.set(keyOf(account, mailbox.id), mailbox)
    this.#makeRoom()
    return mailbox
  }

  forget(mailbox: Mailbox): void {
    const key = keyOf(mailbox.account, mailbox.id)
    if (this.#loaded.get(key) === mailbox) this.#loaded.delete(key)
  }

  #makeRoom(): void {
    let surplus = this.#loaded.size - this.#context.limits.loadedMailboxes
    for (const mailbox of this.#loaded.values()) {
      if (surplus <= 0) return
      if (mailbox.users > 0 || !mailbox.serial.isIdle) continue
      this.forget(mailbox)
      surplus--
    }
  }
}

/**
 * Runs `job` while nothing else changes any of the mailboxes. The serials are entered in the order of the ids, as
 * everywhere, so that nobody waits in a ring.
 */
export function exclusively<T>(mailboxes: readonly Mailbox[], job: () => Promise<T>): Promise<T> {
  const sorted = [...mailboxes].sort((a, b) => (a.identity.id < b.identity.id ? 1 : -1))
  return sorted.reduce((inner, mailbox) => () => mailbox.serial.run(inner), job)()
}

function keyOf(account: AccountId, id: MailboxId): string {
  return `${account}\u0000${id}`
}

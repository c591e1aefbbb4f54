import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type AccountId, HostError, type SettledDefault } from '@mailwright/core'
import { Account } from './account.js'
import type { StoreContext } from './context.js'
import { FOLDER_MODE } from './disk.js'
import { badAccount } from './layout.js'
import type { LoadedMailboxes } from './loaded-mailboxes.js'
import { defaultsOf, type MaildirStoreOptions } from './options.js'
import { OwnerLock } from './owner-lock.js'

/** The accounts of a store, opened as they are asked for, and the locks that make them ours. */
export class Accounts {
  readonly #context: StoreContext
  readonly #options: MaildirStoreOptions
  readonly #defaults: readonly SettledDefault[]
  readonly #loaded: LoadedMailboxes
  readonly #accounts = new Map<AccountId, Promise<Account>>()
  readonly #locks: OwnerLock[] = []

  private constructor(context: StoreContext, options: MaildirStoreOptions, loaded: LoadedMailboxes) {
    this.#context = context
    this.#options = options
    this.#defaults = defaultsOf(options)
    this.#loaded = loaded
  }

  /** @throws {HostError} when another process owns the root. */
  static async open(context: StoreContext, options: MaildirStoreOptions, loaded: LoadedMailboxes): Promise<Accounts> {
    const accounts = new Accounts(context, options, loaded)
    if (typeof options.root === 'string') {
      await mkdir(options.root, { recursive: true, mode: FOLDER_MODE })
      // No account's folder begins with a dot.
      accounts.#locks.push(await OwnerLock.acquire(options.root, '.mailwright-lock'))
    }
    return accounts
  }

  /** @throws {HostError} for an id that cannot name a folder. */
  async get(id: AccountId): Promise<Account> {
    const known = this.#accounts.get(id)
    if (known !== undefined) return known
    const opening = this.#open(id)
    this.#accounts.set(id, opening)
    // What failed is tried anew the next time.
    opening.catch(() => this.#accounts.delete(id))
    return opening
  }

  async #open(id: AccountId): Promise<Account> {
    const { root } = this.#options
    if (typeof root === 'string') {
      const bad = badAccount(id)
      if (bad !== undefined) throw new HostError(`the account id ${JSON.stringify(id)} cannot be a folder: ${bad}`)
      return Account.open(this.#context, this.#loaded, id, join(root, id), this.#defaults)
    }
    const folder = root(id)
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
    const lock = await OwnerLock.acquire(folder, 'mailwright-lock')
    this.#locks.push(lock)
    try {
      return await Account.open(this.#context, this.#loaded, id, folder, this.#defaults)
    } catch (reason) {
      this.#locks.splice(this.#locks.indexOf(lock), 1)
      await lock.release()
      throw reason
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#accounts.values())
    await Promise.all(this.#locks.map((lock) => lock.release()))
  }
}

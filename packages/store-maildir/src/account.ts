import { mkdir, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type AccountId,
  INBOX,
  type MailboxId,
  type MailboxList,
  type MailboxName,
  type MailStore,
  modSeq,
  type SettledDefault,
  type SpecialUse,
} from '@mailwright/core'
import { AccountFolders, type Folder, type FolderMove } from './account-folders.js'
import type { StoreContext } from './context.js'
import { FILE_MODE, FOLDER_MODE, isCode, unlessMissing } from './disk.js'
import { folderOf, NEW_FILE } from './layout.js'
import { exclusively, type LoadedMailboxes } from './loaded-mailboxes.js'
import type { Mailbox } from './mailbox.js'
import { ensureParts, sweep } from './scratch.js'
import { Serial } from './serial.js'
import { Subscriptions } from './subscriptions.js'

type Answer<Call extends 'createMailbox' | 'renameMailbox' | 'deleteMailbox'> = Awaited<ReturnType<MailStore[Call]>>

/** Told of a mailbox that is gone: nothing later will ever be. */
const GONE = modSeq(Number.MAX_SAFE_INTEGER)

/** One account: its folders, its subscriptions, and which of its mailboxes are in memory. */
export class Account {
  readonly id: AccountId
  readonly root: string
  readonly #context: StoreContext
  readonly #loaded: LoadedMailboxes
  readonly #folders: AccountFolders
  readonly #subscriptions: Subscriptions
  readonly #serial = new Serial()

  private constructor(
    context: StoreContext,
    loaded: LoadedMailboxes,
    id: AccountId,
    root: string,
    defaults: readonly SettledDefault[],
  ) {
    this.id = id
    this.root = root
    this.#context = context
    this.#loaded = loaded
    const uses = new Map<MailboxName, SpecialUse>()
    for (const { name, specialUse } of defaults) if (specialUse !== null) uses.set(name, specialUse)
    this.#folders = new AccountFolders(context, root, uses)
    this.#subscriptions = new Subscriptions(context, root)
  }

  /** Opens an account's Maildir; makes it, with `defaults`, where there is none. */
  static async open(
    context: StoreContext,
    loaded: LoadedMailboxes,
    id: AccountId,
    root: string,
    defaults: readonly SettledDefault[],
  ): Promise<Account> {
    await mkdir(root, { recursive: true, mode: FOLDER_MODE })
    const account = new Account(context, loaded, id, root, defaults)
    // Marks an account whose making a crash may interrupt; what is missing is then made the next time.
    const marker = join(root, NEW_FILE)
    const isNew = (await stat(join(root, 'cur')).catch(unlessMissing)) === undefined
    if (isNew) await writeFile(marker, '', { mode: FILE_MODE })
    await ensureParts(root)
    await sweep(root, context.limits)
    await account.#folders.recover()
    if (isNew || (await stat(marker).catch(unlessMissing)) !== undefined) {
      await account.#makeDefaults(defaults)
      await unlink(marker).catch(unlessMissing)
    }
    return account
  }

  async #makeDefaults(defaults: readonly SettledDefault[]): Promise<void> {
    for (const { name, specialUse, isSubscribed } of defaults) {
      await this.create(name, specialUse, NEVER)
      if (isSubscribed) await this.#subscriptions.set(name, true)
    }
    await this.#context.disk.syncFolder(this.root)
  }

  /** The mailboxes as they are now. */
  list(signal: AbortSignal): Promise<MailboxList> {
    return this.#serial.run(async () => {
      signal.throwIfAborted()
      const folders = await this.#folders.list()
      const subscribed = await this.#subscriptions.read()
      const mailboxes = folders.map(({ id, name, specialUse }) => ({
        id,
        name,
        isSelectable: true,
        specialUse: specialUse === null ? [] : [specialUse],
        isSubscribed: subscribed.has(name),
      }))
      for (const { name } of folders) subscribed.delete(name)
      return { mailboxes, subscribedOnly: [...subscribed] }
    })
  }

  /** The mailbox with this id, in memory and marked as used; `undefined` where there is none. The caller releases it. */
  async acquire(id: MailboxId): Promise<Mailbox | undefined> {
    return this.#loaded.acquire(this.id, id) ?? (await this.#serial.run(() => this.#load(id)))
  }

  async #load(id: MailboxId): Promise<Mailbox | undefined> {
    const loaded = this.#loaded.acquire(this.id, id)
    if (loaded !== undefined) return loaded
    const folder = (await this.#folders.list()).find((one) => one.id === id)
    if (folder === undefined) return undefined
    const path = this.#folders.pathOf(folder.folder)
    await ensureParts(path)
    // The account's own `tmp` was swept when it was opened; by now staged messages are in it.
    if (folder.folder !== '') await sweep(path, this.#context.limits)
    return this.#loaded.load(this.id, path)
  }

  create(name: MailboxName, specialUse: SpecialUse | null, signal: AbortSignal): Promise<Answer<'createMailbox'>> {
    return this.#serial.run(async () => {
      const target = folderOf(name)
      if ('denied' in target) return { kind: 'denied', reason: target.denied }
      const isThere = (await this.#folders.list()).some((folder) => folder.name === name)
      if (isThere) return { kind: 'exists' }
      signal.throwIfAborted()
      try {
        const mailbox = await this.#folders.create(target.folder, specialUse)
        this.#listChanged()
        return { kind: 'created', mailbox }
      } catch (reason) {
        // Another program was faster, or the file system does not tell the two names apart.
        if (isCode(reason, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return { kind: 'exists' }
        throw reason
      }
    })
  }

  rename(from: MailboxName, to: MailboxName, signal: AbortSignal): Promise<Answer<'renameMailbox'>> {
    return this.#serial.run(async () => {
      if (from === INBOX) return { kind: 'denied', reason: 'INBOX cannot be renamed' }
      const folders = await this.#folders.list()
      const affected = folders.filter(({ name }) => name === from || name.startsWith(`${from}/`))
      if (affected.length === 0) return { kind: 'noSuchMailbox' }
      if (from === to || folders.some(({ name }) => name === to)) return { kind: 'exists' }
      if (to.startsWith(`${from}/`)) return { kind: 'denied', reason: 'A mailbox cannot be moved below itself' }
      const moves: FolderMove[] = []
      for (const { name, folder } of affected) {
        // The rest of a name that was valid stays valid below another one; only its length may be too much.
        const target = folderOf(`${to}${name.slice(from.length)}` as MailboxName)
        if ('denied' in target) return { kind: 'denied', reason: target.denied }
        if (folders.some((other) => other.folder === target.folder)) return { kind: 'exists' }
        moves.push([folder, target.folder])
      }
      const loaded = this.#inMemory(affected)
      await exclusively(loaded, async () => {
        signal.throwIfAborted()
        await this.#folders.move(moves)
        for (const mailbox of loaded) {
          const move = moves.find(([folder]) => this.#folders.pathOf(folder) === mailbox.location.folder)
          if (move !== undefined) mailbox.location.folder = this.#folders.pathOf(move[1])
        }
      })
      this.#listChanged()
      return { kind: 'renamed' }
    })
  }

  async delete(name: MailboxName, signal: AbortSignal): Promise<Answer<'deleteMailbox'>> {
    const outcome = await this.#serial.run(async () => {
      if (name === INBOX) return { kind: 'denied', reason: 'INBOX cannot be deleted' } as const
      const folders = await this.#folders.list()
      const found = folders.find((folder) => folder.name === name)
      if (found === undefined) {
        const isLevel = folders.some((folder) => folder.name.startsWith(`${name}/`))
        return { kind: isLevel ? 'hasChildren' : 'noSuchMailbox' } as const
      }
      const loaded = this.#inMemory([found])
      const removed = await exclusively(loaded, async () => {
        signal.throwIfAborted()
        const path = await this.#folders.takeOut(found.folder)
        for (const mailbox of loaded) {
          mailbox.isGone = true
          this.#loaded.forget(mailbox)
        }
        return path
      })
      this.#context.publish({ account: this.id, mailbox: found.id, modSeq: GONE })
      this.#listChanged()
      return { kind: 'deleted', removed } as const
    })
    if (outcome.kind !== 'deleted') return outcome
    // It is out of everybody's sight; what a crash leaves of it is swept when the account is opened again.
    await rm(outcome.removed, { recursive: true, force: true })
    return { kind: 'deleted' }
  }

  subscribe(name: MailboxName, subscribed: boolean, signal: AbortSignal): Promise<void> {
    return this.#serial.run(async () => {
      signal.throwIfAborted()
      await this.#subscriptions.set(name, subscribed)
      this.#listChanged()
    })
  }

  #listChanged(): void {
    this.#context.publish({ account: this.id, mailbox: null })
  }

  #inMemory(folders: readonly Folder[]): Mailbox[] {
    const found: Mailbox[] = []
    for (const { id } of folders) {
      const mailbox = this.#loaded.get(this.id, id)
      if (mailbox !== undefined) found.push(mailbox)
    }
    return found
  }
}

const NEVER = new AbortController().signal

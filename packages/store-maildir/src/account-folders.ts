import { randomBytes } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { INBOX, type MailboxId, type MailboxName, mailboxId, type SpecialUse, StoreFault } from '@mailwright/core'
import type { StoreContext } from './context.js'
import { FILE_MODE, FOLDER_MODE, isSameStamp, readText, stampOf, unlessMissing } from './disk.js'
import { type Identity, readIdentity, writeIdentity } from './journal.js'
import { ACCOUNT_FILE, nameOfFolder, PARTS, RENAME_FILE } from './layout.js'
import { ensureParts, scratchName } from './scratch.js'

/** A mailbox as it stands below its account. */
export interface Folder {
  readonly id: MailboxId
  readonly name: MailboxName
  /** Empty for INBOX. */
  readonly folder: string
  readonly specialUse: SpecialUse | null
}

/** From which folder to which, both below the account. */
export type FolderMove = readonly [from: string, to: string]

/**
 * The Maildir++ folders of one account and who they are. Every folder gets an identity, kept in the first line of its
 * journal, before it is told of. All of it runs in the account's serial.
 */
export class AccountFolders {
  readonly #context: StoreContext
  readonly #root: string
  /** Special uses for folders that other programs made. */
  readonly #specialUses: ReadonlyMap<MailboxName, SpecialUse>
  readonly #reported = new Set<string>()
  #known: readonly Folder[] = []
  #stamp: BigIntStats | undefined

  constructor(context: StoreContext, root: string, specialUses: ReadonlyMap<MailboxName, SpecialUse>) {
    this.#context = context
    this.#root = root
    this.#specialUses = specialUses
  }

  pathOf(folder: string): string {
    return join(this.#root, folder)
  }

  /** All of them, as they are now; one `stat` where no folder came or went. */
  async list(): Promise<readonly Folder[]> {
    const stamp = await stampOf(this.#root)
    if (stamp !== undefined && isSameStamp(stamp, this.#stamp)) return this.#known
    const found: Folder[] = []
    const taken = new Set<string>()
    for (const [folder, name] of await this.#read()) {
      const identity = await this.#identify(folder, name, taken)
      taken.add(identity.id)
      found.push({ id: mailboxId(identity.id), name, folder, specialUse: identity.specialUse })
    }
    this.#known = found
    // In the tick of the file system's clock that we read in, more may come: then the next call reads again.
    const isSettled = stamp !== undefined && Date.now() - Number(stamp.mtimeMs) > this.#context.limits.lookAgain
    this.#stamp = isSettled ? stamp : undefined
    return found
  }

  /** Folders with the mailbox they stand for; those that were here before come first, so that a copy never takes over an id. */
  async #read(): Promise<(readonly [folder: string, name: MailboxName])[]> {
    const before = new Set(this.#known.map(({ folder }) => folder))
    const found: (readonly [string, MailboxName])[] = []
    for (const entry of await readdir(this.#root, { withFileTypes: true })) {
      if (!entry.isDirectory() || !entry.name.startsWith('.')) continue
      const name = nameOfFolder(entry.name)
      if (name !== undefined) found.push([entry.name, name])
      else if (!this.#reported.has(entry.name)) {
        this.#reported.add(entry.name)
        const path = this.pathOf(entry.name)
        this.#context.report({ kind: 'unusableName', path, message: 'the folder stands for no mailbox name' })
      }
    }
    const rank = ([folder]: readonly [string, MailboxName]): number => (before.has(folder) ? 0 : 1)
    found.sort((a, b) => rank(a) - rank(b) || (a[0] < b[0] ? -1 : 1))
    return [['', INBOX], ...found]
  }

  async #identify(folder: string, name: MailboxName, taken: ReadonlySet<string>): Promise<Identity> {
    const path = this.pathOf(folder)
    const identity = await readIdentity(path)
    if (identity !== undefined && !taken.has(identity.id)) return identity
    // A folder other programs made, or a copy of one of ours: it is a mailbox of its own.
    await ensureParts(path)
    const fresh = await this.freshIdentity(this.#specialUses.get(name) ?? null)
    await writeIdentity(this.#context.disk, path, fresh)
    return fresh
  }

  /** Who a new mailbox is. Its UIDVALIDITY exceeds every one the account ever had (RFC 9051 §2.3.1.1). */
  async freshIdentity(specialUse: SpecialUse | null): Promise<Identity> {
    const path = this.pathOf(ACCOUNT_FILE)
    const last = Number(/^(\d{1,10})\n$/.exec((await readText(path)) ?? '')?.[1] ?? 0)
    const uidValidity = Math.max(Math.floor(this.#context.clock.date() / 1_000), last + 1, 1)
    if (uidValidity > 0xffff_ffff) throw new StoreFault(`the UIDVALIDITYs of ${this.#root} are used up`)
    await this.#context.disk.replace(path, `${uidValidity}\n`)
    await this.#context.disk.syncFolder(this.#root)
    return { kind: 'mailbox', id: randomBytes(16).toString('hex'), uidValidity, specialUse }
  }

  /** Makes a folder whole in `tmp` and then puts it into its place. Durable before it resolves. */
  async create(folder: string, specialUse: SpecialUse | null): Promise<MailboxId> {
    const identity = await this.freshIdentity(specialUse)
    const draft = scratchName(this.#root, 'new')
    await mkdir(draft, { mode: FOLDER_MODE })
    for (const part of PARTS) await mkdir(join(draft, part), { mode: FOLDER_MODE })
    await writeFile(join(draft, 'maildirfolder'), '', { mode: FILE_MODE })
    await writeIdentity(this.#context.disk, draft, identity)
    await rename(draft, this.pathOf(folder))
    await this.#context.disk.syncFolder(this.#root)
    return mailboxId(identity.id)
  }

  /** Takes a folder out of its place; what it answers is for the caller to remove. Durable before it resolves. */
  async takeOut(folder: string): Promise<string> {
    const scratch = scratchName(this.#root, 'deleted')
    await rename(this.pathOf(folder), scratch)
    await this.#context.disk.syncFolder(this.#root)
    return scratch
  }

  /**
   * Renames folders, all of them also after a crash: several are written down first, and finished when the account is
   * opened again.
   */
  async move(moves: readonly FolderMove[]): Promise<void> {
    const note = this.pathOf(RENAME_FILE)
    if (moves.length > 1) {
      await this.#context.disk.replace(note, JSON.stringify(moves))
      await this.#context.disk.syncFolder(this.#root)
    }
    for (const [from, to] of moves) await rename(this.pathOf(from), this.pathOf(to))
    await this.#context.disk.syncFolder(this.#root)
    if (moves.length > 1) await unlink(note)
  }

  /** Finishes what a crash interrupted. */
  async recover(): Promise<void> {
    const text = await readText(this.pathOf(RENAME_FILE))
    if (text === undefined) return
    const moves = movesOf(text)
    if (moves === undefined) {
      const path = this.pathOf(RENAME_FILE)
      this.#context.report({ kind: 'unreadableFile', path, message: 'a note of renames could not be read' })
    }
    for (const [from, to] of moves ?? []) {
      const isMoved = (await stat(this.pathOf(to)).catch(unlessMissing)) !== undefined
      if (!isMoved) await rename(this.pathOf(from), this.pathOf(to)).catch(unlessMissing)
    }
    await this.#context.disk.syncFolder(this.#root)
    await unlink(this.pathOf(RENAME_FILE))
  }
}

/**
 * What a note of moves says, as far as it speaks of folders that stand for mailboxes: the file is data. `undefined` where
 * it says nothing at all.
 */
function movesOf(text: string): FolderMove[] | undefined {
  const moves: FolderMove[] = []
  for (const move of listOf(text) ?? []) {
    const [from, to]: unknown[] = Array.isArray(move) ? move : []
    if (typeof from !== 'string' || typeof to !== 'string') continue
    if (nameOfFolder(from) !== undefined && nameOfFolder(to) !== undefined) moves.push([from, to])
  }
  return listOf(text) === undefined ? undefined : moves
}

function listOf(text: string): unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  HostError,
  type MailQueue,
  newRecipient,
  type OutstandingLease,
  QueueBook,
  type QueuedMessage,
  type QueueId,
} from '@mailwright/core'
import { Disk, FOLDER_MODE, unlessMissing } from '../disk.js'
import { inParallel } from '../serial.js'
import { checkId, findMessage, type MessageHead, messageBody, writeMessage } from './message-file.js'
import { type FileQueueOptions, OPENED_AT_ONCE } from './options.js'
import { SharedSync } from './shared-sync.js'
import { appendState, isSame, readState } from './state-file.js'

type Args<K extends keyof MailQueue> = MailQueue[K] extends (args: infer A, signal: AbortSignal) => unknown ? A : never
type Result<K extends keyof MailQueue> = MailQueue[K] extends (...args: never) => infer R ? R : never

/** What the state file of a message is called. */
const STATE = '.state'

interface Place {
  readonly headOctets: number
  readonly octets: number
  hasState: boolean
  /** Changes of one message are written one after the other. */
  last: Promise<unknown>
}

/** The folders of a queue. */
export function queueFolders(root: string): { readonly tmp: string; readonly messages: string } {
  return { tmp: join(root, 'tmp'), messages: join(root, 'messages') }
}

/**
 * A queue whose folder this process alone owns: the book is in memory, each message in a file, what became of its recipients in another beside it. A
 * message that is done is removed, and that is durable before anybody hears of it.
 */
export class OwnedQueue implements MailQueue {
  readonly #options: FileQueueOptions
  readonly #disk: Disk
  readonly #folders: ReturnType<typeof queueFolders>
  readonly #entries: SharedSync
  readonly #book = new QueueBook(randomBytes(8).toString('hex'))
  readonly #places = new Map<QueueId, Place>()
  /** Messages of our own whose file has its name, and that are not in the book yet. */
  readonly #arriving = new Set<QueueId>()
  /** Messages that are being taken in. */
  readonly #adopting = new Map<QueueId, Promise<void>>()
  /** Messages that have left the book, and whose files have not left the folder. */
  readonly #leaving = new Set<QueueId>()
  /** Of these, the ones whose files could not be removed. */
  readonly #stuck = new Set<QueueId>()
  readonly #listeners = new Set<() => void>()
  readonly #most: number
  #isClosed = false

  private constructor(options: FileQueueOptions) {
    this.#options = options
    this.#disk = new Disk(options.durability ?? 'full')
    this.#folders = queueFolders(options.folder)
    this.#entries = new SharedSync(this.#disk, this.#folders.messages)
    this.#most = options.messages ?? 1_000_000
  }

  /** Reads what is in the folder. What a crash left half written is removed. */
  static async open(options: FileQueueOptions): Promise<OwnedQueue> {
    const queue = new OwnedQueue(options)
    await makeFolders(options.folder)
    for (const name of await readdir(queue.#folders.tmp))
      await unlink(join(queue.#folders.tmp, name)).catch(unlessMissing)
    const names = await readdir(queue.#folders.messages)
    const ids = names.filter((name) => !name.endsWith(STATE))
    await inParallel(ids, OPENED_AT_ONCE, (name) => queue.adopt(name as QueueId))
    const known = new Set(ids)
    const orphans = names.filter((name) => name.endsWith(STATE) && !known.has(name.slice(0, -STATE.length)))
    for (const name of orphans) await unlink(join(queue.#folders.messages, name)).catch(unlessMissing)
    return queue
  }

  /** Takes in a message whose file is there: from before, or from another process. What we are done with is not taken in again. */
  async adopt(id: QueueId): Promise<void> {
    if (this.#places.has(id) || this.#arriving.has(id) || this.#leaving.has(id)) return
    let adoption = this.#adopting.get(id)
    if (adoption === undefined) {
      adoption = this.#adopt(id).finally(() => this.#adopting.delete(id))
      this.#adopting.set(id, adoption)
    }
    await adoption
  }

  async #adopt(id: QueueId): Promise<void> {
    const path = this.#path(id)
    const found = await findMessage(path)
    if (found === undefined) return
    if (found === null) {
      this.#options.onProblem?.({ kind: 'unreadableFile', path, message: 'it is no queued message' })
      return
    }
    const { head, headOctets, octets } = found
    const { envelope, arrived, notBefore } = head
    const fresh = { recipients: head.recipients.map(newRecipient), isHeld: head.isHeld }
    const { recipients, isHeld } = await readState(path + STATE, fresh)
    this.#places.set(id, { headOctets, octets, hasState: true, last: Promise.resolve() })
    this.#book.add({ id, envelope, recipients, arrived, octets, isHeld, notBefore })
    const isOpen = recipients.some(({ state }) => state.kind === 'pending' || state.kind === 'deferred')
    if (isOpen) this.#tell()
    // The crash came between its last recipient and its removal.
    else await this.#remove([id])
  }

  async enqueue(args: Args<'enqueue'>, signal: AbortSignal): Result<'enqueue'> {
    this.#check(signal)
    if (this.#book.size >= this.#most) return { kind: 'full' }
    if (this.#places.has(args.id) || this.#arriving.has(args.id)) {
      throw new HostError(`there is a message ${args.id} already`)
    }
    this.#arriving.add(args.id)
    try {
      const { headOctets, octets, head } = await putMessage(this.#disk, this.#folders, args, rename, signal)
      await this.#entries.sync().catch(async (reason: unknown) => {
        await unlink(this.#path(args.id)).catch(unlessMissing)
        throw reason
      })
      const { envelope, arrived, notBefore, isHeld } = head
      const recipients = head.recipients.map(newRecipient)
      this.#places.set(args.id, { headOctets, octets, hasState: false, last: Promise.resolve() })
      this.#book.add({ id: args.id, envelope, recipients, arrived, octets, isHeld, notBefore })
      this.#tell()
      return { kind: 'queued', octets }
    } finally {
      this.#arriving.delete(args.id)
    }
  }

  async claim(args: Args<'claim'>, signal: AbortSignal): Result<'claim'> {
    this.#check(signal)
    const claimed = this.#book.claim(args).map((claim) => ({ ...claim, body: this.#body(claim.message.id) }))
    return { claimed, nextDue: this.#book.nextDue(args.now) }
  }

  /** Takes up leases that an owner before us gave. */
  resume(leases: readonly OutstandingLease[]): void {
    this.#book.resume(leases)
  }

  async settle({ lease, outcomes }: Args<'settle'>, signal: AbortSignal): Result<'settle'> {
    this.#check(signal)
    const before = this.#book.claimedBy(lease)
    const result = this.#book.settle(lease, outcomes)
    if (result.kind === 'leaseLost' || before === undefined) return { kind: 'leaseLost' }
    if (result.isDone) await this.#forget([result.id])
    else await this.#write(result.id, before)
    return { kind: 'settled', isDone: result.isDone }
  }

  async extend({ lease, now, duration }: Args<'extend'>, signal: AbortSignal): Result<'extend'> {
    this.#check(signal)
    return { kind: this.#book.extend(lease, now + duration) ? 'extended' : 'leaseLost' }
  }

  async release({ leases }: Args<'release'>, signal: AbortSignal): Result<'release'> {
    this.#check(signal)
    for (const lease of leases) this.#book.release(lease)
    this.#tell()
    return {}
  }

  async hold({ ids, change }: Args<'hold'>, signal: AbortSignal): Result<'hold'> {
    this.#check(signal)
    return this.#change(ids, () => this.#book.hold(ids, change))
  }

  async requeue(args: Args<'requeue'>, signal: AbortSignal): Result<'requeue'> {
    this.#check(signal)
    return this.#change(args.ids ?? this.#book.ids(), () => this.#book.requeue(args))
  }

  async remove({ ids }: Args<'remove'>, signal: AbortSignal): Result<'remove'> {
    this.#check(signal)
    return { count: await this.#remove(ids) }
  }

  async list({ after, limit }: Args<'list'>, signal: AbortSignal): Result<'list'> {
    this.#check(signal)
    return this.#book.list(after, limit)
  }

  async open({ id }: Args<'open'>, signal: AbortSignal): Result<'open'> {
    this.#check(signal)
    const message = this.#book.get(id)
    return message === undefined ? { kind: 'noSuchMessage' } : { kind: 'found', message, body: this.#body(id) }
  }

  watch(listener: () => void): () => void {
    // Of its own: the same function may be given twice.
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Looks for messages that other processes put there without a word, and for files that could not be removed before. */
  async rescan(): Promise<void> {
    for (const name of await readdir(this.#folders.messages)) {
      if (!name.endsWith(STATE) && !this.#places.has(name as QueueId)) await this.adopt(name as QueueId)
    }
    const stuck = [...this.#stuck]
    this.#stuck.clear()
    await this.#forget(stuck)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
    await Promise.all([...this.#places.values()].map(({ last }) => last.catch(() => undefined)))
  }

  /** Where a message's head ends, for whoever reads its file himself. */
  headOctets(id: QueueId): number {
    return this.#places.get(id)?.headOctets ?? 0
  }

  #body(id: QueueId): ReturnType<typeof messageBody> {
    const { headOctets, octets } = this.#places.get(id) ?? { headOctets: 0, octets: 0 }
    return messageBody(this.#path(id), headOctets, octets)
  }

  /** Changes many messages, and writes down each that changed. */
  async #change(ids: readonly QueueId[], act: () => readonly QueueId[]): Promise<{ readonly count: number }> {
    const before = new Map(
      ids.flatMap((id) => {
        const message = this.#book.get(id)
        return message === undefined ? [] : [[id, message]]
      }),
    )
    const changed = act()
    await inParallel(changed, OPENED_AT_ONCE, async (id) => {
      const old = before.get(id)
      if (old !== undefined) await this.#write(id, old)
    })
    if (changed.length > 0) this.#tell()
    return { count: changed.length }
  }

  /** Writes down how a message differs from what it was. */
  async #write(id: QueueId, before: QueuedMessage): Promise<void> {
    const place = this.#places.get(id)
    const after = this.#book.get(id)
    if (place === undefined || after === undefined || isSame(before, after)) return
    const write = place.last
      .catch(() => undefined)
      .then(async () => {
        if (!this.#places.has(id)) return
        const isNew = await appendState(this.#disk, this.#path(id) + STATE, before, after)
        place.hasState = true
        if (isNew) await this.#entries.sync()
      })
    place.last = write
    await write
  }

  async #remove(ids: readonly QueueId[]): Promise<number> {
    const removed = this.#book.remove(ids)
    await this.#forget(removed)
    return removed.length
  }

  /** Removes files of messages that have left the book. Where that fails they stay, and are not taken for new. */
  async #forget(ids: readonly QueueId[]): Promise<void> {
    if (ids.length === 0) return
    for (const id of ids) this.#leaving.add(id)
    const left = new Set(ids)
    try {
      await inParallel(ids, OPENED_AT_ONCE, async (id) => {
        const place = this.#places.get(id)
        this.#places.delete(id)
        await place?.last.catch(() => undefined)
        await unlink(this.#path(id)).catch(unlessMissing)
        if (place?.hasState !== false) await unlink(this.#path(id) + STATE).catch(unlessMissing)
        left.delete(id)
      })
      await this.#entries.sync()
    } finally {
      for (const id of ids) {
        if (left.has(id)) this.#stuck.add(id)
        else this.#leaving.delete(id)
      }
    }
  }

  #path(id: QueueId): string {
    return join(this.#folders.messages, id)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (this.#isClosed) throw new HostError('the queue is closed')
  }
}

export async function makeFolders(root: string): Promise<void> {
  for (const folder of Object.values(queueFolders(root))) await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
}

/**
 * Writes a message and gives it its name; the folder's entry is the caller's to sync. When it rejects nothing remains.
 *
 * @param give moves a file to its name; fails where the name is taken, unless the caller knows that it is not.
 */
export async function putMessage(
  disk: Disk,
  { tmp, messages }: ReturnType<typeof queueFolders>,
  args: Args<'enqueue'>,
  give: (from: string, to: string) => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly head: MessageHead; readonly headOctets: number; readonly octets: number }> {
  const { id, envelope, recipients, arrived, notBefore = arrived, hold, body } = args
  checkId(id)
  if (recipients.length === 0) throw new HostError('a message without recipients')
  const head: MessageHead = { version: 1, envelope, recipients, arrived, notBefore, isHeld: hold === 'held' }
  const scratch = join(tmp, id)
  try {
    const written = await writeMessage(disk, scratch, head, body, signal)
    signal.throwIfAborted()
    await give(scratch, join(messages, id))
    return { head, ...written }
  } catch (reason) {
    await unlink(scratch).catch(unlessMissing)
    throw reason
  }
}

import { randomBytes } from 'node:crypto'
import { readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Body,
  type BodyHandle,
  HostError,
  type MailQueue,
  newRecipient,
  type OutstandingLease,
  QueueBook,
  type QueuedMessage,
  type QueueId,
} from '@mailwright/core'
import { untilAborted } from '../abortable.js'
import { Disk, unlessMissing } from '../disk.js'
import { inParallel } from '../serial.js'
import { LOGGED_OCTETS, MOVED_AT_CLOSE, OPENED_AT_ONCE } from './limits.js'
import { beginningOf, type FoundMessage, findMessage, messageBody, parseMessage, writeHead } from './message-file.js'
import { MessageLog, type Source } from './message-log.js'
import type { FileQueueOptions } from './options.js'
import { headOf, makeFolders, putFile, type QueueFolders, queueFolders } from './put-message.js'
import { SharedSync } from './shared-sync.js'
import { appendState, isSame, type MessageState, readState } from './state-file.js'

type Args<K extends keyof MailQueue> = MailQueue[K] extends (args: infer A, signal: AbortSignal) => unknown ? A : never
type Result<K extends keyof MailQueue> = MailQueue[K] extends (...args: never) => infer R ? R : never

/** What the state file of a message is called. */
const STATE = '.state'

interface Place {
  readonly headOctets: number
  readonly octets: number
  /** Only what has a file of its own has a state. */
  where: 'log' | 'file'
  hasState: boolean
  /** Changes of one message are written one after the other. */
  last: Promise<unknown>
}

/** For moves that nobody may cut short. */
const NEVER = new AbortController().signal

/**
 * A queue whose folder this process alone owns: the book is in memory. What may be delivered at once is in the log, as long as it is small; what
 * is large or has to wait has a file of its own, and what became of its recipients another beside it. A message that is done is removed, and that is
 * durable before anybody hears of it.
 */
export class OwnedQueue implements MailQueue {
  readonly #options: FileQueueOptions
  readonly #disk: Disk
  readonly #folders: QueueFolders
  #log: MessageLog | null = null
  readonly #entries: SharedSync
  readonly #book = new QueueBook(randomBytes(8).toString('hex'))
  readonly #places = new Map<QueueId, Place>()
  /** Messages of our own whose file has its name, and that are not in the book yet. */
  readonly #arriving = new Set<QueueId>()
  /** Messages that are being taken in. */
  readonly #adopting = new Map<QueueId, Promise<void>>()
  /** Messages that have left the book, and whose files have not left the folder. */
  readonly #leaving = new Set<QueueId>()
  /** What removes them. */
  readonly #ending = new Set<Promise<void>>()
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
    await makeFolders(queue.#disk, options.folder)
    for (const name of await readdir(queue.#folders.tmp))
      await unlink(join(queue.#folders.tmp, name)).catch(unlessMissing)
    const names = await readdir(queue.#folders.messages)
    const ids = names.filter((name) => !name.endsWith(STATE))
    await inParallel(ids, OPENED_AT_ONCE, (name) => queue.adopt(name as QueueId))
    const known = new Set(ids)
    const orphans = names.filter((name) => name.endsWith(STATE) && !known.has(name.slice(0, -STATE.length)))
    for (const name of orphans) await unlink(join(queue.#folders.messages, name)).catch(unlessMissing)
    await queue.#openLog()
    return queue
  }

  /** What has a file by now is taken from there: the crash came before the log knew. */
  async #openLog(): Promise<void> {
    const { onProblem } = this.#options
    const { log, found } = await MessageLog.open({
      disk: this.#disk,
      folder: this.#folders.log,
      retire: (ids) => this.#moveAllOut(ids),
      ...(onProblem === undefined ? {} : { onProblem }),
    })
    this.#log = log
    const moved = found.filter(({ id }) => this.#places.has(id)).map(({ id }) => id)
    if (moved.length > 0) await log.done(moved)
    for (const { id, content } of found) {
      if (this.#places.has(id)) continue
      const message = parseMessage(content)
      if (message === null)
        onProblem?.({ kind: 'unreadableFile', path: log.pathOf(id), message: `${id} is no message` })
      else this.#take(id, message, 'log')
    }
    log.relieve()
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
    const { head } = found
    const fresh = { recipients: head.recipients.map(newRecipient), isHeld: head.isHeld }
    const state = await readState(path + STATE, fresh)
    this.#take(id, found, 'file', state)
    const isOpen = state.recipients.some(({ state: { kind } }) => kind === 'pending' || kind === 'deferred')
    // The crash came between its last recipient and its removal.
    if (!isOpen) await this.#remove([id])
  }

  /** Enters a message into the book. */
  #take(id: QueueId, { head, headOctets, octets }: FoundMessage, where: Place['where'], state?: MessageState): void {
    const { envelope, arrived, notBefore } = head
    const { recipients, isHeld } = state ?? { recipients: head.recipients.map(newRecipient), isHeld: head.isHeld }
    this.#places.set(id, { headOctets, octets, where, hasState: state !== undefined, last: Promise.resolve() })
    this.#book.add({ id, envelope, recipients, arrived, octets, isHeld, notBefore })
    this.#tell()
  }

  async enqueue(args: Args<'enqueue'>, signal: AbortSignal): Result<'enqueue'> {
    this.#check(signal)
    if (this.#book.size >= this.#most) return { kind: 'full' }
    if (this.#places.has(args.id) || this.#arriving.has(args.id)) {
      throw new HostError(`there is a message ${args.id} already`)
    }
    this.#arriving.add(args.id)
    try {
      const head = headOf(args)
      const first = writeHead(head)
      const { where, octets } = await this.#store(args, first, signal)
      this.#take(args.id, { head, headOctets: first.length, octets }, where)
      return { kind: 'queued', octets }
    } finally {
      this.#arriving.delete(args.id)
    }
  }

  /** Writes a message where it belongs, and makes it durable. */
  async #store(
    { id, body, arrived, notBefore = arrived, hold }: Args<'enqueue'>,
    first: Buffer,
    signal: AbortSignal,
  ): Promise<{ readonly where: Place['where']; readonly octets: number }> {
    const { chunks, octets, rest } = await beginningOf(untilAborted(body, signal), LOGGED_OCTETS - first.length)
    signal.throwIfAborted()
    const isSmall = rest === null && first.length + octets <= LOGGED_OCTETS
    if (isSmall && hold === undefined && notBefore <= arrived) {
      await this.#logged.put(id, [first, ...chunks])
      return { where: 'log', octets }
    }
    try {
      const whole = putFile(this.#disk, this.#folders, id, first, joined(chunks, rest), rename, signal)
      return { where: 'file', octets: await this.#named(id, whole) }
    } finally {
      await rest?.[Symbol.asyncIterator]().return?.()
    }
  }

  /** Makes a file's name durable, once it has it; it goes where that fails. */
  async #named<T>(id: QueueId, file: Promise<T>): Promise<T> {
    const result = await file
    await this.#entries.sync().catch(async (reason: unknown) => {
      await unlink(this.#path(id)).catch(unlessMissing)
      throw reason
    })
    return result
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
    await Promise.allSettled(this.#ending)
    const { ids } = this.#logged
    // A queue at rest is files that a person can look at.
    if (ids.length <= MOVED_AT_CLOSE) {
      await this.#moveAllOut(ids).catch((reason: unknown) => {
        const { folder, onProblem } = this.#options
        onProblem?.({ kind: 'background', path: folder, message: String(reason) })
      })
    }
    await this.#logged.close()
  }

  /** Gives a message a file of its own, for whoever reads it himself, or because it has to wait. @returns octets of its head. */
  async moveOut(id: QueueId): Promise<number> {
    const place = this.#places.get(id)
    if (place === undefined) return 0
    await this.#queued(place, () => this.#moveOut(id, place))
    return place.headOctets
  }

  #moveAllOut(ids: readonly QueueId[]): Promise<void> {
    return inParallel(ids, OPENED_AT_ONCE, async (id) => void (await this.moveOut(id)))
  }

  async #moveOut(id: QueueId, place: Place): Promise<void> {
    if (place.where === 'file' || !this.#places.has(id)) return
    const content = await this.#logged.fileOf(id)
    await this.#named(id, putFile(this.#disk, this.#folders, id, content, joined([], null), rename, NEVER))
    try {
      await this.#logged.done([id])
    } catch (reason) {
      // What the log still has must not come again when the file is gone.
      await unlink(this.#path(id)).catch(unlessMissing)
      throw reason
    }
    place.where = 'file'
  }

  /** Where a message's octets are at the moment. */
  #source(id: QueueId): Source | undefined {
    const place = this.#places.get(id)
    if (place === undefined) return undefined
    // One that moves has left the log a moment before its place says so.
    const logged = place.where === 'log' ? this.#logged.source(id) : undefined
    return logged ?? { kind: 'disk', path: this.#path(id), start: 0 }
  }

  #body(id: QueueId): BodyHandle {
    const { headOctets, octets } = this.#places.get(id) ?? { headOctets: 0, octets: 0 }
    return messageBody(headOctets, octets, () => this.#source(id))
  }

  get #logged(): MessageLog {
    if (this.#log === null) throw new HostError('the queue is not open')
    return this.#log
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
    await this.#queued(place, async () => {
      if (!this.#places.has(id)) return
      await this.#moveOut(id, place)
      const isNew = await appendState(this.#disk, this.#path(id) + STATE, before, after)
      place.hasState = true
      if (isNew) await this.#entries.sync()
    })
  }

  /** Does something to a message's files, behind all that was asked before. */
  #queued(place: Place, job: () => Promise<void>): Promise<void> {
    const done = place.last.catch(() => undefined).then(job)
    place.last = done
    return done
  }

  async #remove(ids: readonly QueueId[]): Promise<number> {
    const removed = this.#book.remove(ids)
    await this.#forget(removed)
    return removed.length
  }

  /** Removes what there is of messages that have left the book. Where that fails it stays, and is not taken for new. */
  async #forget(ids: readonly QueueId[]): Promise<void> {
    if (ids.length === 0) return
    const ending = this.#end(ids)
    this.#ending.add(ending)
    await ending.finally(() => this.#ending.delete(ending))
  }

  async #end(ids: readonly QueueId[]): Promise<void> {
    for (const id of ids) this.#leaving.add(id)
    const left = new Set(ids)
    try {
      await inParallel(ids, OPENED_AT_ONCE, async (id) => {
        const place = this.#places.get(id)
        this.#places.delete(id)
        await place?.last.catch(() => undefined)
        if (this.#logged.has(id)) await this.#logged.done([id])
        if (place?.where !== 'log') await this.#unlink(id, place)
        left.delete(id)
      })
    } finally {
      for (const id of ids) {
        if (left.has(id)) this.#stuck.add(id)
        else this.#leaving.delete(id)
      }
    }
  }

  async #unlink(id: QueueId, place: Place | undefined): Promise<void> {
    await unlink(this.#path(id)).catch(unlessMissing)
    if (place?.hasState !== false) await unlink(this.#path(id) + STATE).catch(unlessMissing)
    await this.#entries.sync()
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

/** A body whose beginning was read already. */
async function* joined(chunks: readonly Buffer[], rest: Body | null): Body {
  yield* chunks
  if (rest !== null) yield* rest
}

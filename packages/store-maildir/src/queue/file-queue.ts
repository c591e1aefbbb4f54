import { link, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BodyHandle, HostError, type MailQueue, type Millis, type QueueId, StoreFault } from '@mailwright/core'
import { Disk } from '../disk.js'
import { OwnerLock } from '../owner-lock.js'
import { LeaseTable } from './lease-table.js'
import { RESCAN, SEEK } from './limits.js'
import { checkId, messageBody } from './message-file.js'
import type { FileQueueOptions } from './options.js'
import { OwnedQueue } from './owned-queue.js'
import { makeFolders, putMessage, type QueueFolders, queueFolders } from './put-message.js'
import {
  type InFile,
  OwnerGone,
  QueueConnection,
  type RemoteCall,
  type RemoteClaims,
  serveQueue,
} from './queue-socket.js'
import { SharedSync } from './shared-sync.js'

type Args<K extends keyof MailQueue> = MailQueue[K] extends (args: infer A, signal: AbortSignal) => unknown ? A : never
type Result<K extends keyof MailQueue> = MailQueue[K] extends (...args: never) => infer R ? R : never

type Answer<K extends keyof MailQueue> = Awaited<ReturnType<Extract<MailQueue[K], (...args: never) => unknown>>>

/** What this process is to the queue: its owner, or connected to the owner. */
type Standing =
  | { readonly role: 'owner'; readonly queue: OwnedQueue; close(): Promise<void> }
  | { readonly role: 'guest'; readonly connection: QueueConnection }

type RemoteMessage =
  | { readonly kind: 'noSuchMessage' }
  | (Omit<Extract<Awaited<Result<'open'>>, { readonly kind: 'found' }>, 'body'> & InFile)

const RETRY: Millis = 50

/**
 * A durable queue in a folder: what is small and may be delivered at once is in a log; what waits is one file a message, and beside it one for what
 * became of its recipients, once there is something to say.
 *
 * Any number of processes may have it open. The first owns it and keeps its book; the others ask the owner over a Unix socket, and only write
 * messages themselves. When the owner ends, however it ends, another takes its place.
 *
 * @throws {HostError} when the folder cannot be a queue.
 */
export async function createFileQueue(options: FileQueueOptions): Promise<MailQueue> {
  await makeFolders(new Disk(options.durability ?? 'full'), options.folder)
  const queue = new FileQueue(options)
  await queue.settleStanding()
  return queue
}

class FileQueue implements MailQueue {
  readonly #options: FileQueueOptions
  readonly #disk: Disk
  readonly #folders: QueueFolders
  readonly #entries: SharedSync
  readonly #listeners = new Set<() => void>()
  readonly #leases = new LeaseTable()
  #standing: Promise<Standing> | null = null
  /** Of a guest, while it stands. */
  #connection: QueueConnection | null = null
  #isClosed = false
  #releaseRescan: () => void = () => {}

  constructor(options: FileQueueOptions) {
    this.#options = options
    this.#disk = new Disk(options.durability ?? 'full')
    this.#folders = queueFolders(options.folder)
    this.#entries = new SharedSync(this.#disk, this.#folders.messages)
  }

  /** Finds out who owns the queue, or becomes its owner. */
  settleStanding(): Promise<Standing> {
    this.#standing ??= this.#seek().catch((reason: unknown) => {
      this.#standing = null
      throw reason
    })
    return this.#standing
  }

  async enqueue(args: Args<'enqueue'>, signal: AbortSignal): Result<'enqueue'> {
    this.#check(signal)
    const standing = await this.settleStanding()
    if (standing.role === 'owner') return standing.queue.enqueue(args, signal)
    const { octets } = await putMessage(this.#disk, this.#folders, args, moveNew, signal)
    await this.#entries.sync()
    // It is safe whatever becomes of the owner; the next one finds it. Nor is it the caller's any more, who may give up now.
    await this.#either(
      new AbortController().signal,
      (queue) => queue.adopt(args.id),
      async (connection) => void (await connection.call('adopt', args.id)),
    ).catch(() => undefined)
    return { kind: 'queued', octets }
  }

  async claim(args: Args<'claim'>, signal: AbortSignal): Result<'claim'> {
    return this.#either(
      signal,
      (queue) => queue.claim(args, signal),
      async (connection) => {
        const { claimed, nextDue } = (await connection.call('claim', args)) as RemoteClaims
        this.#leases.claimed(args, claimed)
        return {
          claimed: claimed.map(({ headOctets, octets, ...claim }) => ({
            ...claim,
            body: this.#body(claim.message.id, headOctets, octets),
          })),
          nextDue,
        }
      },
    )
  }

  async settle(args: Args<'settle'>, signal: AbortSignal): Result<'settle'> {
    const result = await this.#forward('settle', args, signal)
    this.#leases.settled(args, result)
    return result
  }

  async extend(args: Args<'extend'>, signal: AbortSignal): Result<'extend'> {
    const result = await this.#forward('extend', args, signal)
    this.#leases.extended(args, result)
    return result
  }

  async release(args: Args<'release'>, signal: AbortSignal): Result<'release'> {
    const result = await this.#forward('release', args, signal)
    this.#leases.released(args)
    return result
  }

  hold(args: Args<'hold'>, signal: AbortSignal): Result<'hold'> {
    return this.#forward('hold', args, signal)
  }

  requeue(args: Args<'requeue'>, signal: AbortSignal): Result<'requeue'> {
    return this.#forward('requeue', args, signal)
  }

  remove(args: Args<'remove'>, signal: AbortSignal): Result<'remove'> {
    return this.#forward('remove', args, signal)
  }

  list(args: Args<'list'>, signal: AbortSignal): Result<'list'> {
    return this.#forward('list', args, signal)
  }

  async open({ id }: Args<'open'>, signal: AbortSignal): Result<'open'> {
    checkId(id)
    return this.#either(
      signal,
      (queue) => queue.open({ id }, signal),
      async (connection) => {
        const found = (await connection.call('open', { id })) as RemoteMessage
        if (found.kind === 'noSuchMessage') return found
        const { headOctets, octets, ...rest } = found
        return { ...rest, body: this.#body(id, headOctets, octets) }
      },
    )
  }

  watch(listener: () => void): () => void {
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#listeners.clear()
    this.#releaseRescan()
    const standing = await this.#standing?.catch(() => undefined)
    if (standing?.role === 'owner') await standing.close()
    else standing?.connection.close()
  }

  /** Calls whose arguments and answers are plain data. */
  async #forward<K extends Exclude<RemoteCall, 'adopt' | 'claim' | 'open' | 'resume'>>(
    call: K,
    args: Args<K>,
    signal: AbortSignal,
  ): Promise<Answer<K>> {
    const answer = await this.#either<unknown>(
      signal,
      (queue) => queue[call](args as never, signal),
      (connection) => connection.call(call, args),
    )
    // The name tells the signature, here and at the owner.
    return answer as Answer<K>
  }

  /** Does it here, or asks the owner, whoever that is by now. What is asked twice because an owner died does no harm: its leases died with it. */
  async #either<T>(
    signal: AbortSignal,
    here: (queue: OwnedQueue) => Promise<T>,
    there: (connection: QueueConnection) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const standing = await this.#enter(signal)
      if (standing.role === 'owner') return here(standing.queue)
      try {
        return await there(standing.connection)
      } catch (reason) {
        if (!(reason instanceof OwnerGone)) throw reason
        this.#lost(standing.connection)
      }
    }
  }

  #body(id: QueueId, headOctets: number, octets: number): BodyHandle {
    const path = join(this.#folders.messages, id)
    return messageBody(headOctets, octets, () => ({ kind: 'disk', path, start: 0 }))
  }

  async #enter(signal: AbortSignal): Promise<Standing> {
    this.#check(signal)
    const standing = await this.settleStanding()
    if (standing.role === 'owner' || !standing.connection.isClosed) return standing
    this.#lost(standing.connection)
    return this.settleStanding()
  }

  async #seek(): Promise<Standing> {
    const { folder } = this.#options
    const until = Date.now() + SEEK
    for (;;) {
      const lock = await OwnerLock.acquire(folder, 'owner').catch((reason: unknown) => {
        if (reason instanceof HostError) return reason
        throw reason
      })
      if (lock instanceof OwnerLock) return this.#own(lock)
      const connection = await this.#connect()
      if (connection !== null) {
        this.#tell()
        return { role: 'guest', connection }
      }
      if (Date.now() > until) throw new StoreFault(lock.message)
      await sleep(RETRY)
    }
  }

  /** Joins the owner, and tells him what we are at work at. `null` when there is none, or he is gone already. */
  async #connect(): Promise<QueueConnection | null> {
    const connection = await QueueConnection.connect(this.#options.folder, {
      news: () => this.#tell(),
      gone: (gone) => this.#succeed(gone),
    })
    if (connection === undefined) return null
    try {
      const leases = this.#leases.outstanding()
      if (leases.length > 0) await connection.call('resume', leases)
    } catch (reason) {
      if (reason instanceof OwnerGone) return null
      throw reason
    }
    this.#connection = connection
    return connection
  }

  /** Forgets an owner that is gone; who asks next finds out who is it now. */
  #lost(connection: QueueConnection): void {
    if (this.#connection !== connection) return
    this.#connection = null
    this.#standing = null
  }

  /** The owner is gone. Mail is not to wait until somebody asks. */
  #succeed(connection: QueueConnection): void {
    if (this.#isClosed || this.#connection !== connection) return
    this.#lost(connection)
    // Where it fails, the next call finds out.
    this.settleStanding().catch(() => undefined)
  }

  async #own(lock: OwnerLock): Promise<Standing> {
    try {
      const queue = await OwnedQueue.open(this.#options)
      queue.resume(this.#leases.outstanding())
      queue.watch(() => this.#tell())
      const server = await serveQueue(queue, this.#options.folder)
      this.#rescan(queue)
      this.#tell()
      return {
        role: 'owner',
        queue,
        async close() {
          await server.close()
          await queue.close()
          await lock.release()
        },
      }
    } catch (reason) {
      await lock.release()
      throw reason
    }
  }

  #rescan(queue: OwnedQueue): void {
    if (this.#isClosed) return
    this.#releaseRescan = this.#options.clock.after(RESCAN, () => {
      queue
        .rescan()
        .catch((reason: unknown) => {
          const { folder, onProblem } = this.#options
          onProblem?.({ kind: 'background', path: folder, message: String(reason) })
        })
        .finally(() => this.#rescan(queue))
    })
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (this.#isClosed) throw new HostError('the queue is closed')
  }
}

/** Only the owner knows which ids there are. */
async function moveNew(from: string, to: string): Promise<void> {
  await link(from, to)
  await unlink(from)
}

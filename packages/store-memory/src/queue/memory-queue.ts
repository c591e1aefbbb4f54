import { HostError, type MailQueue, newRecipient, QueueBook, type QueueId, StoreFault } from '@mailwright/core'
import { type Blocks, blocksHandle, receiveBlocks } from '../blocks.js'

type Method<K extends keyof MailQueue> = MailQueue[K]
type Args<K extends keyof MailQueue> = Method<K> extends (args: infer A, signal: AbortSignal) => unknown ? A : never
type Result<K extends keyof MailQueue> = Method<K> extends (...args: never) => infer R ? R : never

export interface MemoryQueueOptions {
  /** Messages at most. Default 100,000: with small mail some 500 MB. Past it `enqueue` answers `full`. */
  readonly messages?: number
}

/** A queue in the memory of one process, gone when it ends: for tests, and for hosts that keep mail themselves. */
export function createMemoryQueue(options: MemoryQueueOptions = {}): MailQueue {
  return new MemoryQueue(options)
}

class MemoryQueue implements MailQueue {
  readonly #book = new QueueBook('memory')
  readonly #contents = new Map<QueueId, Blocks>()
  readonly #listeners = new Set<() => void>()
  readonly #most: number
  #isClosed = false

  constructor({ messages = 100_000 }: MemoryQueueOptions) {
    this.#most = messages
  }

  async enqueue(args: Args<'enqueue'>, signal: AbortSignal): Result<'enqueue'> {
    this.#check(signal)
    const { id, envelope, recipients, arrived, body, notBefore = arrived, hold } = args
    if (recipients.length === 0) throw new HostError('a message without recipients')
    if (this.#book.size >= this.#most) return { kind: 'full' }
    const content = await receiveBlocks(body, Number.POSITIVE_INFINITY, signal)
    if (content === null || this.#book.size >= this.#most) return { kind: 'full' }
    if (this.#contents.has(id)) throw new HostError(`there is a message ${id} already`)
    this.#contents.set(id, content)
    const { octets } = content
    const isHeld = hold === 'held'
    this.#book.add({ id, envelope, recipients: recipients.map(newRecipient), arrived, octets, isHeld, notBefore })
    this.#tell()
    return { kind: 'queued', octets }
  }

  async claim(args: Args<'claim'>, signal: AbortSignal): Result<'claim'> {
    this.#check(signal)
    const claimed = this.#book.claim(args).map((claim) => ({ ...claim, body: this.#body(claim.message.id) }))
    return { claimed, nextDue: this.#book.nextDue(args.now) }
  }

  async settle({ lease, outcomes }: Args<'settle'>, signal: AbortSignal): Result<'settle'> {
    this.#check(signal)
    const result = this.#book.settle(lease, outcomes)
    if (result.kind === 'leaseLost') return result
    if (result.isDone) this.#contents.delete(result.id)
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
    return this.#changed(this.#book.hold(ids, change))
  }

  async requeue(args: Args<'requeue'>, signal: AbortSignal): Result<'requeue'> {
    this.#check(signal)
    return this.#changed(this.#book.requeue(args))
  }

  async remove({ ids }: Args<'remove'>, signal: AbortSignal): Result<'remove'> {
    this.#check(signal)
    const removed = this.#book.remove(ids)
    for (const id of removed) this.#contents.delete(id)
    return { count: removed.length }
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

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
  }

  #body(id: QueueId): ReturnType<typeof blocksHandle> {
    const content = this.#contents.get(id)
    if (content === undefined) throw new StoreFault(`the message ${id} has no octets`)
    return blocksHandle(content, () => {
      if (!this.#contents.has(id)) throw new StoreFault(`the message ${id} has left the queue`)
    })
  }

  #changed(ids: readonly QueueId[]): { readonly count: number } {
    if (ids.length > 0) this.#tell()
    return { count: ids.length }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (this.#isClosed) throw new HostError('the queue is closed')
  }
}

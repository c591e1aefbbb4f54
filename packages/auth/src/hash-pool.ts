import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { HostError } from '@mailwright/core'
import { HashFault, HashQueueFull } from './errors.js'
import type { DeriveJob, DeriveReply } from './hash-worker/derive-job.js'
import { HASH_WORKER_CODE } from './hash-worker-code.js'
import { HASH_QUEUE, HASH_THREADS } from './limits.js'

/** Computes password hashes off the event loop. */
export interface HashPool {
  /**
   * Computes one digest.
   *
   * A job that waits is dropped when `signal` aborts; one that runs is finished and its digest thrown away.
   *
   * @throws {HashQueueFull} when too many jobs wait. @throws {HashFault} when the pool is closed or its thread died.
   */
  derive(job: DeriveJob, signal?: AbortSignal): Promise<Uint8Array>
  /** Ends the threads; what waits or runs is rejected. Closing twice is harmless. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface HashPoolOptions {
  /** Threads at most; each starts when it is first needed. Default: the lesser of 2 and the number of processors. */
  readonly threads?: number
  /** Jobs that may wait for a thread. Default 256; one more is refused with {@link HashQueueFull}. */
  readonly queue?: number
}

interface Task {
  readonly job: DeriveJob
  readonly settle: (outcome: { readonly digest: Uint8Array } | { readonly fault: unknown }) => void
}

interface Thread {
  readonly worker: Worker
  task: Task | null
}

/**
 * Makes a pool of hash threads. Nothing starts before the first job, and idle threads do not keep the process alive.
 *
 * @throws {HostError} unless `threads` is at least 1 and `queue` at least 0, both whole numbers.
 */
export function createHashPool(options: HashPoolOptions = {}): HashPool {
  const threads = options.threads ?? Math.min(HASH_THREADS, availableParallelism())
  const queue = options.queue ?? HASH_QUEUE
  if (!Number.isInteger(threads) || threads < 1) throw new HostError(`not a number of threads: ${threads}`)
  if (!Number.isInteger(queue) || queue < 0) throw new HostError(`not a length of a queue: ${queue}`)
  return new WorkerHashPool(threads, queue)
}

let shared: HashPool | undefined

/** The pool of everybody who brings none: one for the process, so that its threads are bounded too. */
export function sharedHashPool(): HashPool {
  shared ??= createHashPool()
  return shared
}

class WorkerHashPool implements HashPool {
  readonly #maximum: number
  readonly #queueLength: number
  readonly #threads = new Set<Thread>()
  /** In order of arrival; a Set, so that an aborted task leaves without a search. */
  readonly #waiting = new Set<Task>()
  #isClosed = false

  constructor(maximum: number, queueLength: number) {
    this.#maximum = maximum
    this.#queueLength = queueLength
  }

  derive(job: DeriveJob, signal?: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new HashFault('the hash pool is closed')
      signal?.throwIfAborted()
      const thread = this.#freeThread()
      if (thread === null && this.#waiting.size >= this.#queueLength) {
        throw new HashQueueFull(`${this.#waiting.size} hashes wait already`)
      }
      const abort = (): void => {
        this.#waiting.delete(task)
        reject(signal?.reason)
      }
      const task: Task = {
        job,
        settle: (outcome) => {
          signal?.removeEventListener('abort', abort)
          if ('digest' in outcome) resolve(outcome.digest)
          else reject(outcome.fault)
        },
      }
      signal?.addEventListener('abort', abort, { once: true })
      if (thread === null) this.#waiting.add(task)
      else this.#run(thread, task)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const task of this.#waiting) task.settle({ fault: new HashFault('the hash pool was closed') })
    this.#waiting.clear()
    await Promise.all(Array.from(this.#threads, ({ worker }) => worker.terminate()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #freeThread(): Thread | null {
    for (const thread of this.#threads) if (thread.task === null) return thread
    return this.#threads.size < this.#maximum ? this.#start() : null
  }

  #start(): Thread {
    // Flags and environment of the host are not ours: `--input-type`, loaders or NODE_OPTIONS would change what runs.
    const worker = new Worker(HASH_WORKER_CODE, { eval: true, execArgv: [], env: {}, name: 'mailwright-hash' })
    const thread: Thread = { worker, task: null }
    let cause: unknown
    worker.on('message', (reply: DeriveReply) => {
      this.#finish(thread, 'digest' in reply ? reply : { fault: new HashFault(reply.fault) })
    })
    worker.on('error', (error) => {
      cause = error
    })
    // The last event of a thread in every case; a task it held is lost, the next one gets a new thread.
    worker.on('exit', () => {
      this.#threads.delete(thread)
      this.#finish(thread, { fault: new HashFault('the hash thread ended', { cause }) })
    })
    worker.unref()
    this.#threads.add(thread)
    return thread
  }

  #run(thread: Thread, task: Task): void {
    thread.task = task
    // While somebody waits for a digest the process must stay; `finish` releases it again.
    thread.worker.ref()
    thread.worker.postMessage(task.job)
  }

  #finish(thread: Thread, outcome: Parameters<Task['settle']>[0]): void {
    const { task } = thread
    thread.task = null
    thread.worker.unref()
    task?.settle(outcome)
    const [next] = this.#waiting
    if (next === undefined || this.#isClosed) return
    const free = this.#freeThread()
    if (free === null) return
    this.#waiting.delete(next)
    this.#run(free, next)
  }
}

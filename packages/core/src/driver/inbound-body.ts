import type { Octets } from '../brands.js'
import { BodyIncomplete } from '../errors.js'

type Waiting = {
  readonly resolve: (result: IteratorResult<Uint8Array, undefined>) => void
  readonly reject: (error: unknown) => void
}

const DONE: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined }

/**
 * A body on its way from the peer to an adapter. A chunk counts as consumed when the next one is asked for; only
 * then does the engine's window open again.
 */
export class InboundBody implements AsyncIterableIterator<Uint8Array> {
  readonly #consumed: (octets: Octets) => void
  #chunks: Uint8Array[] = []
  #waiting: Waiting | null = null
  /** Handed to the adapter, which has not come back for more. */
  #held = 0
  #end: 'complete' | 'incomplete' | null = null
  #isAbandoned = false

  /** @param consumed told how many octets the adapter took. */
  constructor(consumed: (octets: Octets) => void) {
    this.#consumed = consumed
  }

  /** It ended incomplete: a fault of its reader is no news. */
  get isBroken(): boolean {
    return this.#end === 'incomplete'
  }

  push(chunk: Uint8Array): void {
    if (this.#isAbandoned) {
      this.#consumed(chunk.length)
    } else if (this.#waiting === null) {
      this.#chunks.push(chunk)
    } else {
      this.#held = chunk.length
      this.#settle({ done: false, value: chunk })
    }
  }

  /** No more comes. An incomplete body throws {@link BodyIncomplete} in its reader. */
  end(isComplete: boolean): void {
    this.#end = isComplete ? 'complete' : 'incomplete'
    if (!isComplete) this.#chunks = []
    if (this.#waiting === null) return
    if (isComplete) {
      this.#settle(DONE)
    } else {
      const { reject } = this.#waiting
      this.#waiting = null
      reject(new BodyIncomplete('the message was not received whole'))
    }
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#release()
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#held = chunk.length
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#end === 'complete' || this.#isAbandoned) return Promise.resolve(DONE)
    if (this.#end === 'incomplete') return Promise.reject(new BodyIncomplete('the message was not received whole'))
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  /** The adapter wants no more: what still comes is dropped. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#isAbandoned = true
    this.#release()
    for (const chunk of this.#chunks) this.#consumed(chunk.length)
    this.#chunks = []
    return Promise.resolve(DONE)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #settle(result: IteratorResult<Uint8Array, undefined>): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(result)
  }

  #release(): void {
    const held = this.#held
    this.#held = 0
    if (held > 0) this.#consumed(held)
  }
}

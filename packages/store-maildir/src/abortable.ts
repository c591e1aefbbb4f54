/**
 * The chunks of a body, until `signal` aborts: also while the body keeps us waiting, which may be for ever. The body is
 * then told to end, and not waited for.
 */
export function untilAborted(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => new AbortableChunks(body[Symbol.asyncIterator](), signal) }
}

/** No generator: each chunk would wait for three promises more. */
class AbortableChunks implements AsyncIterator<Uint8Array, undefined> {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #signal: AbortSignal
  readonly #onAbort = (): void => {
    const refuse = this.#refuse
    this.#leave()
    refuse?.(this.#signal.reason)
  }
  /** Of who waits for a chunk. */
  #refuse: ((reason: unknown) => void) | null = null
  #state: 'new' | 'open' | 'over' = 'new'

  constructor(chunks: AsyncIterator<Uint8Array>, signal: AbortSignal) {
    this.#chunks = chunks
    this.#signal = signal
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#signal.aborted) {
        if (this.#state !== 'over') this.#leave()
        return reject(this.#signal.reason)
      }
      if (this.#state === 'over') return resolve({ done: true, value: undefined })
      if (this.#state === 'new') this.#signal.addEventListener('abort', this.#onAbort, { once: true })
      this.#state = 'open'
      this.#refuse = reject
      this.#chunks.next().then(
        (result) => {
          this.#refuse = null
          if (result.done === true) this.#end()
          resolve(result)
        },
        (reason: unknown) => {
          this.#refuse = null
          this.#end()
          reject(reason)
        },
      )
    })
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#state !== 'over') this.#leave()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Nobody wants more of the body. */
  #leave(): void {
    this.#refuse = null
    this.#end()
    this.#chunks.return?.().catch(() => undefined)
  }

  #end(): void {
    this.#state = 'over'
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}

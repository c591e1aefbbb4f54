import type { Body } from '@mailwright/core'

/** A body that may be read again from its beginning; what was never asked for is asked of its maker only then. */
export class RepeatableBody {
  readonly #chunks: Uint8Array[] = []
  readonly #source: AsyncIterator<Uint8Array>
  #pending: Promise<void> | null = null
  #isOver = false
  /** What its maker threw, who does so once only. */
  #fault: { readonly reason: unknown } | null = null

  constructor(body: Body) {
    this.#source = body[Symbol.asyncIterator]()
  }

  async *read(): Body {
    for (let at = 0; ; at++) {
      if (at === this.#chunks.length && !this.#isOver) await this.#pull()
      if (at === this.#chunks.length && this.#fault !== null) throw this.#fault.reason
      const chunk = this.#chunks[at]
      if (chunk === undefined) return
      yield chunk
    }
  }

  /** One chunk more, whoever asks, however many at once. */
  #pull(): Promise<void> {
    this.#pending ??= this.#source
      .next()
      .then(({ done, value }) => {
        // A copy: the chunk is its maker's again when the next is asked for.
        if (done === true) this.#isOver = true
        else this.#chunks.push(value.slice())
      })
      .catch((reason: unknown) => {
        this.#isOver = true
        this.#fault = { reason }
      })
      .finally(() => {
        this.#pending = null
      })
    return this.#pending
  }
}

import type { Clock, Millis, StagedId } from '@mailwright/core'
import type { Content } from './content.js'
import type { MemoryStoreLimits } from './limits.js'

interface Staged {
  readonly content: Content
  readonly at: Millis
}

/** Messages received whole and in no mailbox yet, the oldest first. */
export class Staging {
  readonly #clock: Clock
  readonly #limits: MemoryStoreLimits
  readonly #makeId: () => StagedId
  readonly #staged = new Map<StagedId, Staged>()

  constructor(clock: Clock, limits: MemoryStoreLimits, makeId: () => StagedId) {
    this.#clock = clock
    this.#limits = limits
    this.#makeId = makeId
  }

  put(content: Content): StagedId {
    const id = this.#makeId()
    this.#staged.set(id, { content, at: this.#clock.now() })
    this.#forget()
    return id
  }

  find(id: StagedId): Content | undefined {
    this.#forget()
    return this.#staged.get(id)?.content
  }

  discard(ids: readonly StagedId[]): void {
    for (const id of ids) this.#staged.delete(id)
  }

  clear(): void {
    this.#staged.clear()
  }

  #forget(): void {
    const oldest = this.#clock.now() - this.#limits.stagedAge
    for (const [id, { at }] of this.#staged) {
      if (at >= oldest && this.#staged.size <= this.#limits.stagedMessages) return
      this.#staged.delete(id)
    }
  }
}

import { type ModSeq, modSeq, type Uid } from '@mailwright/core'

/** Remembers which UIDs were expunged when, up to a limit. */
export class Expunged {
  readonly #limit: number
  #uids: Uid[] = []
  /** Parallel to the UIDs, never falling. */
  #modSeqs: ModSeq[] = []
  #forgotten: ModSeq = modSeq(0)

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Mod-sequences come in the order of time. */
  add(uids: Iterable<Uid>, at: ModSeq): void {
    for (const uid of uids) {
      this.#uids.push(uid)
      this.#modSeqs.push(at)
    }
    if (this.#uids.length <= this.#limit) return
    // Half at a time, so that forgetting costs little for each.
    const dropped = this.#uids.length - Math.floor(this.#limit / 2)
    this.#forgotten = this.#modSeqs[dropped - 1] ?? this.#forgotten
    this.#uids = this.#uids.slice(dropped)
    this.#modSeqs = this.#modSeqs.slice(dropped)
  }

  /** UIDs expunged after `since`; `null` when some of them are forgotten. */
  since(since: ModSeq): Uid[] | null {
    if (since < this.#forgotten) return null
    let low = 0
    let high = this.#modSeqs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#modSeqs[middle] ?? 0) > since) high = middle
      else low = middle + 1
    }
    return this.#uids.slice(low)
  }
}

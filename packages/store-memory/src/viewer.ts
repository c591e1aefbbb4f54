import { type ModSeq, modSeq, SEEN, type SystemFlags } from '@mailwright/core'
import type { Message } from './change-order.js'

/** What somebody who is not the owner has for himself in a mailbox. */
export const PRIVATE_FLAGS: SystemFlags = SEEN

/** A message as one account sees it. */
export type Shown = Omit<Message, 'older' | 'newer'>

/** One account's private flags in somebody else's mailbox: what it has seen, whatever others have. */
export class Viewer {
  readonly #seen = new Set<number>()
  /** When it changed its mind last, by UID; in the order of the changes, since an entry is put at the end each time. */
  readonly #changed = new Map<number, ModSeq>()

  /** How many messages it has seen. */
  get seen(): number {
    return this.#seen.size
  }

  show(message: Message): Shown {
    const { uid, content, internalDate, saveDate, threadId, keywords } = message
    const changed = this.#changed.get(uid) ?? message.modSeq
    const system = (message.system & ~PRIVATE_FLAGS) | (this.#seen.has(uid) ? SEEN : 0)
    return {
      uid,
      content,
      internalDate,
      saveDate,
      threadId,
      keywords,
      system,
      modSeq: modSeq(Math.max(changed, message.modSeq)),
    }
  }

  /** UIDs whose private flags changed after `since`. */
  changedSince(since: ModSeq): number[] {
    return [...this.#changed].filter(([, at]) => at > since).map(([uid]) => uid)
  }

  /** @returns whether that changed anything. */
  isChange(uid: number, isSeen: boolean): boolean {
    return this.#seen.has(uid) !== isSeen
  }

  set(uid: number, isSeen: boolean, at: ModSeq): void {
    if (isSeen) this.#seen.add(uid)
    else this.#seen.delete(uid)
    this.#changed.delete(uid)
    this.#changed.set(uid, at)
  }

  forget(uid: number): void {
    this.#seen.delete(uid)
    this.#changed.delete(uid)
  }
}

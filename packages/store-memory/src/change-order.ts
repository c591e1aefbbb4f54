import type { ModSeq, Uid, UnixMillis } from '@mailwright/core'
import type { Content } from './content.js'

/** One message in one mailbox. `keywords` are spelled as the mailbox spells them. */
export interface Message {
  readonly uid: Uid
  readonly content: Content
  readonly internalDate: UnixMillis
  /** When it came into this mailbox. */
  readonly saveDate: UnixMillis
  readonly threadId: string
  system: number
  keywords: readonly string[]
  modSeq: ModSeq
  /** Neighbours in the order of change; {@link ChangeOrder}'s alone. */
  older: Message | null
  newer: Message | null
}

/**
 * A mailbox's messages in the order of their last change. Linked, so that a change costs nothing but itself, and
 * asking for the newest costs only what is answered.
 */
export class ChangeOrder {
  #newest: Message | null = null

  /** Puts `message` at the end; it must not be in the order, and its mod-sequence not below any other. */
  add(message: Message): void {
    message.older = this.#newest
    message.newer = null
    if (this.#newest !== null) this.#newest.newer = message
    this.#newest = message
  }

  remove(message: Message): void {
    if (message.newer === null) this.#newest = message.older
    else message.newer.older = message.older
    if (message.older !== null) message.older.newer = message.newer
    message.older = null
    message.newer = null
  }

  /** Messages that changed after `modSeq`, the latest first. */
  since(modSeq: ModSeq): Message[] {
    const found: Message[] = []
    for (let at = this.#newest; at !== null && at.modSeq > modSeq; at = at.older) found.push(at)
    return found
  }
}

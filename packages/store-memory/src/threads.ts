import type { ThreadKeys } from '@mailwright/core'

/**
 * Which of an account's messages are related: a message joins the thread of the first message id it names, or is named
 * by. Once given, a thread never changes (RFC 8474 §5.2), so two that turn out to be one stay two.
 */
export class Threads {
  /** Thread by message id, the message's own and those it refers to: who replies may come before what was replied to. */
  readonly #byMessageId = new Map<string, string>()

  /** @param make names a new thread. */
  of(keys: ThreadKeys, make: () => string): string {
    const ids = [...(keys.messageId === null ? [] : [keys.messageId]), ...keys.inReplyTo, ...keys.references]
    const known = ids.find((id) => this.#byMessageId.has(id))
    const thread = (known === undefined ? undefined : this.#byMessageId.get(known)) ?? make()
    for (const id of ids) if (!this.#byMessageId.has(id)) this.#byMessageId.set(id, thread)
    return thread
  }
}

import type { Clock, MailboxRef, Millis } from '@mailwright/core'

/** Looks at some mailboxes again and again, as long as anybody wants to know. */
export class Attendance {
  readonly #clock: Clock
  readonly #every: Millis
  readonly #look: (mailbox: MailboxRef) => Promise<unknown>
  readonly #attended = new Map<string, { count: number; stop: () => void }>()

  /** @param look brings a mailbox up to date; its failures are its own. */
  constructor(clock: Clock, every: Millis, look: (mailbox: MailboxRef) => Promise<unknown>) {
    this.#clock = clock
    this.#every = every
    this.#look = look
  }

  /** Attends a mailbox until the returned release is called, which may be done twice. */
  attend(mailbox: MailboxRef): () => void {
    const key = `${mailbox.account}\u0000${mailbox.mailbox}`
    const attended = this.#attended.get(key) ?? { count: 0, stop: this.#begin(mailbox) }
    this.#attended.set(key, attended)
    attended.count++
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      attended.count--
      if (attended.count > 0) return
      attended.stop()
      if (this.#attended.get(key) === attended) this.#attended.delete(key)
    }
  }

  close(): void {
    for (const { stop } of this.#attended.values()) stop()
    this.#attended.clear()
  }

  #begin(mailbox: MailboxRef): () => void {
    let isOver = false
    let cancel = (): void => undefined
    const wait = (): void => {
      cancel = this.#clock.after(this.#every, () => {
        // One look at a time: the next wait begins when this one is over.
        void this.#look(mailbox).finally(() => {
          if (!isOver) wait()
        })
      })
    }
    wait()
    return () => {
      isOver = true
      cancel()
    }
  }
}

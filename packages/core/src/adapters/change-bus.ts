import type { ModSeq } from '../brands.js'
import type { MailboxRef } from './mail-store.js'

/** "This mailbox reached that mod-sequence." A hint: the truth is read from the store, so a lost one costs time only. */
export interface MailboxHint extends MailboxRef {
  readonly modSeq: ModSeq
}

/** Carries hints from whoever changed a mailbox to the sessions that look at it, within a process or between nodes. */
export interface ChangeBus {
  /** Never throws, never waits: what cannot be told now is lost. */
  publish(hint: MailboxHint): void
  /** Calls `listener` for each hint about `mailbox` until the returned release is called. */
  subscribe(mailbox: MailboxRef, listener: (hint: MailboxHint) => void): () => void
}

/** The ChangeBus of one process. Listeners are called synchronously, in the order they subscribed. */
export class LocalChangeBus implements ChangeBus {
  readonly #listeners = new Map<string, Set<(hint: MailboxHint) => void>>()
  readonly #onFault: (fault: unknown) => void

  /** @param onFault told what a listener threw; the others are called all the same, and the publisher never hears of it. */
  constructor(onFault: (fault: unknown) => void = () => {}) {
    this.#onFault = onFault
  }

  publish(hint: MailboxHint): void {
    const listeners = this.#listeners.get(key(hint))
    if (listeners === undefined) return
    for (const listener of [...listeners]) {
      try {
        listener(hint)
      } catch (fault) {
        this.#onFault(fault)
      }
    }
  }

  subscribe(mailbox: MailboxRef, listener: (hint: MailboxHint) => void): () => void {
    const at = key(mailbox)
    let listeners = this.#listeners.get(at)
    if (listeners === undefined) this.#listeners.set(at, (listeners = new Set()))
    // A wrapper of its own, so that one function subscribed twice is released twice.
    const entry = (hint: MailboxHint): void => listener(hint)
    listeners.add(entry)
    return () => {
      const current = this.#listeners.get(at)
      current?.delete(entry)
      if (current?.size === 0) this.#listeners.delete(at)
    }
  }
}

function key(mailbox: MailboxRef): string {
  return `${mailbox.account}\u0000${mailbox.mailbox}`
}

import type { AccountId, ModSeq } from '../brands.js'
import type { MailboxRef } from './mail-store.js'

/** "This mailbox reached that mod-sequence." A hint: the truth is read from the store, so a lost one costs time only. */
export interface MailboxHint extends MailboxRef {
  readonly modSeq: ModSeq
}

/**
 * "This account's list of mailboxes changed": a name came, went or became another one, a subscription changed, or an annotation of a
 * mailbox or of the server. As much a hint as the other.
 */
export interface ListHint {
  readonly account: AccountId
  readonly mailbox: null
}

export type ChangeHint = MailboxHint | ListHint

/** Carries hints from whoever changed a mailbox to the sessions that look at it, within a process or between nodes. */
export interface ChangeBus {
  /** Never throws, never waits: what cannot be told now is lost. */
  publish(hint: ChangeHint): void
  /** Calls `listener` for each hint about `mailbox` until the returned release is called. */
  subscribe(mailbox: MailboxRef, listener: (hint: MailboxHint) => void): () => void
  /** The same for hints about the account's list of mailboxes. */
  subscribeList(account: AccountId, listener: (hint: ListHint) => void): () => void
}

/** The ChangeBus of one process. Listeners are called synchronously, in the order they subscribed. */
export class LocalChangeBus implements ChangeBus {
  readonly #mailboxes = new Listeners<MailboxHint>()
  readonly #lists = new Listeners<ListHint>()
  readonly #onFault: (fault: unknown) => void

  /** @param onFault told what a listener threw; the others are called all the same, and the publisher never hears of it. */
  constructor(onFault: (fault: unknown) => void = () => {}) {
    this.#onFault = onFault
  }

  publish(hint: ChangeHint): void {
    if (hint.mailbox === null) this.#lists.tell(hint.account, hint, this.#onFault)
    else this.#mailboxes.tell(key(hint), hint, this.#onFault)
  }

  subscribe(mailbox: MailboxRef, listener: (hint: MailboxHint) => void): () => void {
    return this.#mailboxes.add(key(mailbox), listener)
  }

  subscribeList(account: AccountId, listener: (hint: ListHint) => void): () => void {
    return this.#lists.add(account, listener)
  }
}

/** Listeners by what they listen for. */
class Listeners<Hint> {
  readonly #byKey = new Map<string, Set<(hint: Hint) => void>>()

  tell(at: string, hint: Hint, onFault: (fault: unknown) => void): void {
    for (const listener of [...(this.#byKey.get(at) ?? [])]) {
      try {
        listener(hint)
      } catch (fault) {
        onFault(fault)
      }
    }
  }

  add(at: string, listener: (hint: Hint) => void): () => void {
    let listeners = this.#byKey.get(at)
    if (listeners === undefined) this.#byKey.set(at, (listeners = new Set()))
    // A wrapper of its own, so that one function subscribed twice is released twice.
    const entry = (hint: Hint): void => listener(hint)
    listeners.add(entry)
    return () => {
      const current = this.#byKey.get(at)
      current?.delete(entry)
      if (current?.size === 0) this.#byKey.delete(at)
    }
  }
}

function key(mailbox: MailboxRef): string {
  return `${mailbox.account}\u0000${mailbox.mailbox}`
}

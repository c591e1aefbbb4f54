import type { AccountId } from '@mailwright/core'

/**
 * Keeps two POP3 sessions out of one maildrop (RFC 1939 §4). Sessions of other protocols are not concerned: what they
 * remove meanwhile is found missing, what they add is seen at the next login.
 */
export interface MaildropLock {
  /** Takes the lock for `holder`, at once or not at all. A call whose `signal` aborts leaves nothing locked. */
  lockMaildrop(
    args: { readonly account: AccountId; readonly holder: string },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'locked' } | { readonly kind: 'inUse' }>

  /**
   * Gives the lock back. Does nothing when `holder` does not hold it: a broken connection may not know whether it
   * does.
   */
  unlockMaildrop(
    args: { readonly account: AccountId; readonly holder: string },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'done' }>
}

/** The lock of one process: every engine of the process must be given the same one. */
export class LocalMaildropLock implements MaildropLock {
  readonly #holders = new Map<AccountId, string>()

  lockMaildrop(args: {
    readonly account: AccountId
    readonly holder: string
  }): Promise<{ readonly kind: 'locked' } | { readonly kind: 'inUse' }> {
    if (this.#holders.has(args.account)) return Promise.resolve({ kind: 'inUse' })
    this.#holders.set(args.account, args.holder)
    return Promise.resolve({ kind: 'locked' })
  }

  unlockMaildrop(args: { readonly account: AccountId; readonly holder: string }): Promise<{ readonly kind: 'done' }> {
    if (this.#holders.get(args.account) === args.holder) this.#holders.delete(args.account)
    return Promise.resolve({ kind: 'done' })
  }
}

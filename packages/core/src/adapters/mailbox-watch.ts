import type { AccountId, MailboxId } from '../brands.js'

/** Lets an engine say which mailboxes it wants hints about. Answered by the driver, over the host's ChangeBus. */
export interface MailboxWatch {
  /** From now on `notify` brings hints about these mailboxes, and about no others. */
  watchMailboxes(
    args: { readonly account: AccountId; readonly mailboxes: readonly MailboxId[] },
    signal: AbortSignal,
  ): Promise<Record<string, never>>
}

import type { AccountId } from '../brands.js'
import type { MailboxRef } from './mail-store.js'

/** Lets an engine say which mailboxes it wants hints about. Answered by the driver, over the host's ChangeBus. */
export interface MailboxWatch {
  /**
   * From now on `notify` brings hints about these mailboxes, as their hints name them, and, with `list`, about that account's list of
   * mailboxes; about nothing else.
   */
  watchMailboxes(
    args: { readonly mailboxes: readonly MailboxRef[]; readonly list?: AccountId },
    signal: AbortSignal,
  ): Promise<Record<string, never>>
}

import type { MailboxRef } from './mail-store.js'

/** Lets an engine say which mailboxes it wants hints about. Answered by the driver, over the host's ChangeBus. */
export interface MailboxWatch {
  /** From now on `notify` brings hints about these mailboxes, as their hints name them, and about no others. */
  watchMailboxes(
    args: { readonly mailboxes: readonly MailboxRef[] },
    signal: AbortSignal,
  ): Promise<Record<string, never>>
}

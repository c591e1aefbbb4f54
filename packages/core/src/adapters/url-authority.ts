import type { AccountId, MailboxId } from '../brands.js'
import type { MailboxRef } from './mail-store.js'

/**
 * Keeps the keys by which users authorise URLs of their messages: one a mailbox, in a table of each account (RFC 4467 §2.2). A key is
 * there from the beginning, never leaves this adapter, and is not to be guessed: 128 bits of randomness at least (RFC 4467 §10).
 */
export interface UrlAuthority {
  /**
   * The token of the INTERNAL mechanism (RFC 4467 §2.4.1) for a URL, by the key of its mailbox: 32 hexadecimal digits or more.
   *
   * @param args `rump`: the URL up to its access identifier, US-ASCII.
   */
  signUrl(
    args: { readonly ref: MailboxRef; readonly rump: string },
    signal: AbortSignal,
  ): Promise<{ readonly token: string }>

  /**
   * Whether a token is the one of this URL. Takes as long for a wrong token as for the right one, and as long where there is no such mailbox: then
   * `ref` is `null`, a key that nobody has is used, and the answer is no (RFC 4467 §6).
   */
  verifyUrl(
    args: { readonly ref: MailboxRef | null; readonly rump: string; readonly token: string },
    signal: AbortSignal,
  ): Promise<{ readonly isValid: boolean }>

  /**
   * Replaces the key of a mailbox, or with `null` every key of the account: what was authorised by them is no more, for good, once this
   * resolves (RFC 4467 §7, RESETKEY).
   */
  resetUrlKeys(
    args: { readonly account: AccountId; readonly mailbox: MailboxId | null },
    signal: AbortSignal,
  ): Promise<Record<string, never>>
}

import type { AccountId, ChangeBus, Clock, DefaultMailbox, Random } from '@mailwright/core'
import type { Amount } from './account.js'
import type { MemoryStoreLimits } from './limits.js'

/** Where accounts find what is not their own; each a first level that then names nothing else. */
export interface SharingOptions {
  /** Above the accounts of others, as in `Other Users`: `Other Users/alice/Work`. Absent: users share nothing with each other. */
  readonly others?: string
  /** Above mailboxes that belong to nobody, kept by an account of their own; its top level is made by administrators. Absent: none. */
  readonly shared?: { readonly name: string; readonly account: AccountId }
}

export interface MemoryStoreOptions {
  /** Decides UIDVALIDITY and how old staged messages are. */
  readonly clock: Clock
  /** Makes ids that differ from those of any other store. Without it they differ by the date this store was made. */
  readonly random?: Random
  /** Told of every change. Without it sessions only learn what they ask for. */
  readonly bus?: ChangeBus
  /**
   * What one account may hold, all its mailboxes together; staged messages do not count. Default: no bound. An administrator may set other
   * limits (RFC 9208 §4.1.3).
   */
  readonly quota?: Partial<Amount>
  /** UIDVALIDITY of new mailboxes, raised where it would not exceed an earlier one of the account. Default: the date in seconds. */
  readonly uidValidity?: () => number
  /** Mailboxes of a new account besides INBOX, in this order. Default none. */
  readonly defaults?: readonly DefaultMailbox[]
  /** Accounts that may set the server's shared annotations, and everybody's quota. Default none: what concerns others is the host's. */
  readonly admins?: readonly AccountId[]
  /** A URI to reach the administrator by, told as the server's annotation `/shared/admin` (RFC 5464 §3.2.1.1). Default none. */
  readonly adminContact?: string
  /** Access control lists, and where accounts find the mailboxes that others share. Default: each account sees its own alone. */
  readonly sharing?: SharingOptions
  readonly limits?: Partial<MemoryStoreLimits>
}

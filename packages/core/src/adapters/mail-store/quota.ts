import type { AccountId, MailboxName } from '../../brands.js'
import type { Denied } from '../mail-store.js'

/**
 * What a quota bounds (RFC 9208 §5): octets of mail (the wire's units of 1,024 are the engine's business), messages, mailboxes, and
 * octets of annotations of messages.
 */
export type QuotaResource = 'storage' | 'message' | 'mailbox' | 'annotationStorage'

/** How much of a resource may be used. */
export interface QuotaLimit {
  readonly resource: QuotaResource
  /** 0: nothing at all. */
  readonly limit: number
}

/** A resource that is bounded, and how much of it is used. */
export interface QuotaUse extends QuotaLimit {
  readonly usage: number
}

/** The bounds that all mailboxes under one root share (RFC 9208 §3.2). */
export interface QuotaRoot {
  /** Opaque, in Unicode; may be empty. */
  readonly root: string
  /** Resources that are bounded; one that is not named is not. */
  readonly uses: readonly QuotaUse[]
}

/** What a store with quotas bounds, and whether clients may set the bounds. */
export interface QuotaAbility {
  /** Those that a root may bound; at least one. With `storage` the store also counts the status item `deletedStorage`. */
  readonly resources: readonly QuotaResource[]
  /** Some accounts may set limits: then it has `setQuota`, and without it has not. */
  readonly isSettable: boolean
}

/** Tells quotas; present exactly where the manifest says `quota`, `setQuota` where that says `isSettable`. */
export interface QuotaCalls {
  /**
   * The roots that bound a mailbox, with their uses. The mailbox need not exist: the answer is then that for a mailbox made
   * under the name (RFC 9208 §4.1.2). `denied` where the account may not read it.
   */
  quotaRoots(
    args: { readonly account: AccountId; readonly mailbox: MailboxName },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'roots'; readonly roots: readonly QuotaRoot[] } | Denied>

  /** One root by its name (RFC 9208 §4.1.1). `denied` where what it tells is not the account's business. */
  quota(
    args: { readonly account: AccountId; readonly root: string },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'quota'; readonly quota: QuotaRoot } | { readonly kind: 'noSuchRoot' } | Denied>

  /**
   * Sets the limits of a root; resources not named are bounded no more (RFC 9208 §4.1.3). Limits may be rounded, and may lie below what is
   * used already: then nothing is added until something goes. Answers how it is afterwards.
   */
  setQuota?(
    args: { readonly account: AccountId; readonly root: string; readonly limits: readonly QuotaLimit[] },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'quota'; readonly quota: QuotaRoot } | { readonly kind: 'noSuchRoot' } | Denied>
}

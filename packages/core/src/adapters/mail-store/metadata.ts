import type { AccountId, MailboxId, Octets } from '../../brands.js'
import type { Denied, NoSuchMailbox } from '../mail-store.js'

/** What annotations belong to: a mailbox, or, `null`, the server (RFC 5464 §3.1). */
export type Annotated = MailboxId | null

/** One annotation (RFC 5464 §3.2). */
export interface Annotation {
  /**
   * As in `/private/comment`: lower-case, since entry names compare without case; it begins with `/private/` or `/shared/`, and has no
   * empty level.
   */
  readonly entry: string
  /** Any octets, or none; what has no value is not there. */
  readonly value: Uint8Array
}

/** One wish of SETMETADATA; `null` removes the annotation. */
export interface AnnotationChange {
  readonly entry: string
  readonly value: Uint8Array | null
}

/** The annotations found of one mailbox, or of the server. */
export interface Annotations {
  readonly of: Annotated
  /** In no particular order. */
  readonly annotations: readonly Annotation[]
}

/**
 * Keeps annotations; present exactly where the manifest says `metadata`. A store that keeps those of the server alone answers `denied`
 * for a mailbox.
 *
 * `/private/…` is seen by the account that set it alone, `/shared/…` by everybody who sees the mailbox, or the server. Annotations follow a
 * mailbox that is renamed and go with one that is deleted (RFC 5464 §4.1).
 */
export interface MetadataCalls {
  /**
   * Reads annotations of several mailboxes, or of the server, in one call.
   *
   * @param args.entries For each: the annotation itself, and those below it down to `depth`. Found through two of them, it is told once.
   * @returns one row for each of `of`, also without annotations; mailboxes that are gone, or whose annotations the account may not
   *   read, are left out.
   * @see RFC 5464 §4.2
   */
  metadata(
    args: {
      readonly account: AccountId
      readonly of: readonly Annotated[]
      readonly entries: readonly string[]
      readonly depth: 0 | 1 | 'infinity'
    },
    signal: AbortSignal,
  ): Promise<{ readonly found: readonly Annotations[] }>

  /**
   * Sets and removes annotations of one mailbox or of the server, all or none (RFC 5464 §4.3). Removing what is not there is no error.
   * Durable like any change.
   *
   * A store takes at least 1,024 octets in one value and ten annotations of one mailbox (RFC 5464 §4.1).
   */
  setMetadata(
    args: { readonly account: AccountId; readonly of: Annotated; readonly changes: readonly AnnotationChange[] },
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'done' }
    | NoSuchMailbox
    | Denied
    /** A value is longer than the `limit` in octets. */
    | { readonly kind: 'valueTooLong'; readonly limit: Octets }
    | { readonly kind: 'tooManyAnnotations' }
    /** `/private/…` cannot be kept here. */
    | { readonly kind: 'noPrivate' }
    | { readonly kind: 'overQuota' }
  >
}

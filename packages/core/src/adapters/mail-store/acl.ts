import type { AccountId, MailboxId } from '../../brands.js'
import type { Denied, NoSuchMailbox } from '../mail-store.js'

/**
 * Rights as the letters of RFC 4314 §2.1, in the order of {@link ALL_RIGHTS}, none twice. The virtual rights `c` and `d` (§2.1.1) are the
 * wire's business.
 */
export type Rights = string

/** A right. */
export type Right = 'l' | 'r' | 's' | 'w' | 'i' | 'p' | 'k' | 'x' | 't' | 'e' | 'a'

export const ALL_RIGHTS: Rights = 'lrswipkxtea'

/** Rights of these letters, in order and each once. */
export function rightsOf(letters: Iterable<string>): Rights {
  const set = new Set(letters)
  return Array.from(ALL_RIGHTS)
    .filter((right) => set.has(right))
    .join('')
}

/** One line of an access control list. */
export interface AclEntry {
  /** An account, as others call it; `anyone`; or either with a `-` before it, whose rights are taken away (RFC 4314 §2). */
  readonly identifier: string
  readonly rights: Rights
}

/** One change of an access control list. */
export interface AclChange {
  readonly identifier: string
  /** `delete` takes the line away (RFC 4314 §3.2); the others work on the rights it has. */
  readonly mode: 'replace' | 'add' | 'remove' | 'delete'
  readonly rights: Rights
}

/**
 * Reads and changes who may do what with a mailbox; present exactly where the manifest says `acl`. Every call needs the right `a`: without
 * it, it is `denied` to whoever sees the mailbox (`l`), and to others there is no such mailbox (RFC 4314 §6). The owner never loses `a`.
 */
export interface AclCalls {
  /** The whole list, the owner's line among it (RFC 4314 §3.3). */
  acl(
    args: { readonly account: AccountId; readonly mailbox: MailboxId },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'acl'; readonly entries: readonly AclEntry[] } | NoSuchMailbox | Denied>

  /** Changes one line (RFC 4314 §3.1, §3.2). Of use at once: the next call of anybody is judged by it. */
  setAcl(
    args: { readonly account: AccountId; readonly mailbox: MailboxId; readonly change: AclChange },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'done' } | NoSuchMailbox | Denied | { readonly kind: 'unknownIdentifier' }>

  /** What somebody has in any case, and what can be granted; rights of one string only together (RFC 4314 §3.7). */
  listRights(
    args: { readonly account: AccountId; readonly mailbox: MailboxId; readonly identifier: string },
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'rights'; readonly always: Rights; readonly optional: readonly Rights[] }
    | NoSuchMailbox
    | Denied
    | { readonly kind: 'unknownIdentifier' }
  >
}

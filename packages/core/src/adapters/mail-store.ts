import type { Body, BodyHandle } from '../body.js'
import type { AccountId, MailboxId, MailboxName, ModSeq, Octets, StagedId, Uid, UnixMillis } from '../brands.js'
import type { MessageDigest } from './digest.js'
import type { AclCalls, Rights } from './mail-store/acl.js'
import type { MetadataCalls } from './mail-store/metadata.js'
import type { QuotaAbility, QuotaCalls } from './mail-store/quota.js'

/** System flags as bits (RFC 9051 §2.3.2). `\Recent` belongs to a session, not to a message, and is not here. */
export const SEEN = 1
export const ANSWERED = 2
export const FLAGGED = 4
export const DELETED = 8
export const DRAFT = 16

/** Any union of {@link SEEN}, {@link ANSWERED}, {@link FLAGGED}, {@link DELETED}, {@link DRAFT}. */
export type SystemFlags = number

/** Flags of one message. Keywords keep the spelling of their first use; they compare without case (RFC 9051 §2.3.2). */
export interface Flags {
  readonly system: SystemFlags
  readonly keywords: readonly string[]
}

/** Ascending and without repetition. */
export type UidList = Uint32Array

/**
 * The flags of many messages as columns: message `i` is `uids[i]`. Its keywords are bits of the `words` numbers from
 * `keywordBits[i * words]`; bit `b` of word `w` stands for `keywordNames[w * 32 + b]`.
 */
export interface FlagColumns {
  readonly uids: UidList
  readonly system: Uint8Array
  readonly keywordNames: readonly string[]
  readonly words: number
  readonly keywordBits: Uint32Array
}

/** RFC 6154 §2 (`\All` … `\Trash`) and RFC 8457 (`\Important`), without the backslash. */
export type SpecialUse = 'All' | 'Archive' | 'Drafts' | 'Flagged' | 'Important' | 'Junk' | 'Sent' | 'Trash'

export interface MailboxEntry {
  readonly id: MailboxId
  readonly name: MailboxName
  /** False: only a level of the hierarchy, shown as `\Noselect`; `id` names nothing that holds messages. */
  readonly isSelectable: boolean
  readonly specialUse: readonly SpecialUse[]
  readonly isSubscribed: boolean
  /** What the asking account may do with it (RFC 4314 §2.1). Absent: everything. */
  readonly rights?: Rights
  /**
   * Somebody else's mailbox, as its owner names it: hints about it are published under this name. To every call the asking account
   * gives its own id and the entry's. Absent: the mailbox is the account's own.
   */
  readonly home?: MailboxRef
  /** Nothing can be made below it, now or ever (`\\NoInferiors`): an mbox file, say. Absent: it may have children. */
  readonly hasNoInferiors?: boolean
  /**
   * Whether messages came since it was selected last (`\\Marked`, `\\UnMarked`; RFC 9051 §7.3.1). Absent: the store does not say, or
   * could not without a look into the mailbox.
   */
  readonly isMarked?: boolean
}

export interface MailboxList {
  /** In no particular order; INBOX is always among them. Levels that only exist because of a child are not listed. */
  readonly mailboxes: readonly MailboxEntry[]
  /** Names that are subscribed but do not exist (RFC 9051 §6.3.7: a deleted mailbox stays subscribed). */
  readonly subscribedOnly: readonly MailboxName[]
}

/** One message of an account. */
export interface MessageRef {
  readonly mailbox: MailboxId
  readonly uid: Uid
}

export interface MailboxRef {
  readonly account: AccountId
  readonly mailbox: MailboxId
}

export type StatusItem =
  | 'messages'
  | 'uidNext'
  | 'uidValidity'
  | 'unseen'
  | 'deleted'
  | 'size'
  | 'recent'
  | 'highestModSeq'
  /** Octets that an expunge would free (RFC 9208 §4.1.4). Only of a store that bounds `storage`. */
  | 'deletedStorage'

/** Only the asked-for items are present. */
export type MailboxStatus = { readonly mailbox: MailboxId } & { readonly [Item in StatusItem]?: number }

export interface Snapshot {
  readonly kind: 'snapshot'
  readonly uidValidity: number
  /** Greater than every UID ever assigned here. */
  readonly uidNext: Uid
  readonly highestModSeq: ModSeq
  readonly messages: FlagColumns
}

export type NoSuchMailbox = { readonly kind: 'noSuchMailbox' }

/** The account may not do this to the mailbox (RFC 4314 §4), or nobody may; `reason` is for people. */
export type Denied = {
  readonly kind: 'denied'
  readonly reason: string
  /** This account lacks a right that others may have. Absent: nobody may, or the call has no other reason to deny. */
  readonly lacksRight?: true
}

export interface Changes {
  readonly kind: 'changes'
  readonly uidNext: Uid
  readonly highestModSeq: ModSeq
  /** Messages that came, or whose flags changed, after `modSeq`; a message is new to a session that did not know its UID. */
  readonly messages: FlagColumns
  /** Parallel to `messages.uids`. */
  readonly modSeqs: Float64Array
  /** UIDs expunged after `modSeq`. May name more than the asker knew; never less. */
  readonly vanished: UidList
}

export type FetchField =
  | 'flags'
  | 'octets'
  | 'internalDate'
  | 'modSeq'
  | 'digest'
  /** Only of a store with {@link StoreAbilities.saveDates}. */
  | 'saveDate'
  /** Only of a store with {@link StoreAbilities.objectIds}, as is the next. */
  | 'emailId'
  | 'threadId'

/** One page of columns; `uids` are those that still exist. Only the asked-for columns are present. */
export interface FetchPage {
  readonly kind: 'page'
  readonly uids: UidList
  readonly flags?: FlagColumns
  readonly octets?: Float64Array
  readonly internalDates?: Float64Array
  readonly modSeqs?: Float64Array
  readonly digests?: readonly MessageDigest[]
  /** When each message came into this mailbox (RFC 8514 §3); a copy is saved when it is made. */
  readonly saveDates?: Float64Array
  /** The same for messages of the same content, in any mailbox of the account (RFC 8474 §5.1). */
  readonly emailIds?: readonly string[]
  /** The same for related messages; never changes (RFC 8474 §5.2). `null`: the store relates none to this one. */
  readonly threadIds?: readonly (string | null)[]
  /** Give this back to get the next page; `null` after the last. */
  readonly cursor: number | null
}

/** A staged message on its way into a mailbox. */
export interface Arrival {
  readonly staged: StagedId
  readonly flags: Flags
  /** `null`: the store's time of the append. */
  readonly internalDate: UnixMillis | null
}

export interface FlagChange {
  readonly mode: 'add' | 'remove' | 'replace'
  readonly flags: Flags
}

/** From which UID to which: `from[i]` became `to[i]`; both have the same length. */
export interface UidMap {
  readonly uidValidity: number
  readonly from: UidList
  readonly to: UidList
}

/** Below which names an account finds what is not its own (RFC 2342 §5); each ends in `/`. */
export interface Namespaces {
  /** Of other users: `Other Users/`, below which each has a level of his own. */
  readonly others: readonly string[]
  /** Of nobody in particular: `Shared/`. */
  readonly shared: readonly string[]
}

/** What a store can do beyond the required calls. What it lacks, the engine emulates or does not advertise. */
export interface StoreAbilities {
  /** Mailboxes may have children. */
  readonly hierarchy: boolean
  /** Keywords beyond the system flags may be made (`\*` in PERMANENTFLAGS). */
  readonly keywords: boolean
  /** What it keeps outlives the process: laws about reopening apply. */
  readonly durable: boolean
  /** It knows when each message was saved (RFC 8514). Absent: no. */
  readonly saveDates?: boolean
  /**
   * Messages have ids of the form RFC 8474 §4 allows, 1 to 255 of `A-Z a-z 0-9 _ -`, and so have mailboxes. Absent: no, and
   * a mailbox's id may be any string.
   */
  readonly objectIds?: boolean
  /**
   * It keeps annotations (RFC 5464): of mailboxes and of the server, or of the server alone; then it has the calls of
   * {@link MetadataCalls}. Absent: none.
   */
  readonly metadata?: 'mailboxes' | 'server'
  /** It bounds what accounts may hold, and tells so (RFC 9208): then it has the calls of {@link QuotaCalls}. Absent: it tells of no bounds. */
  readonly quota?: QuotaAbility
  /** Mailboxes have access control lists (RFC 4314), which the store enforces: then it has the calls of {@link AclCalls}. Absent: none. */
  readonly acl?: boolean
  /** Accounts see mailboxes of others. Absent: no. */
  readonly sharing?: Namespaces
  /** Flags that everybody who sees a mailbox of somebody else has for himself there. Absent: none. */
  readonly privateFlags?: SystemFlags
}

/** The calls that a store has where its manifest declares the ability, and does not have where it does not. */
export type OptionalCalls = MetadataCalls & QuotaCalls & AclCalls

/**
 * Keeps mail: accounts, mailboxes, messages.
 *
 * Every call is flat and carries ids; nothing has to be opened or closed, so any node may answer any call. Expected
 * refusals are values; a rejection is a fault, answered `NO [SERVERBUG]`, `451 4.3.0` or `-ERR [SYS/TEMP]`. A call whose `signal`
 * aborts rejects and leaves nothing behind. Calls on one mailbox take effect one after the other.
 */
export interface MailStore extends Partial<OptionalCalls> {
  readonly supports: StoreAbilities

  /** Lists an account's mailboxes. Makes INBOX when the account is new. */
  mailboxes(args: { readonly account: AccountId }, signal: AbortSignal): Promise<MailboxList>

  /** Makes a mailbox, and the levels above it as needed (RFC 9051 §6.3.4). The new mailbox never reuses an old UIDVALIDITY. */
  createMailbox(
    args: { readonly account: AccountId; readonly name: MailboxName; readonly specialUse?: SpecialUse },
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'created'; readonly mailbox: MailboxId }
    | { readonly kind: 'exists' }
    | { readonly kind: 'overQuota' }
    | Denied
  >

  /**
   * Renames a mailbox and everything below it, keeping ids, UIDs and UIDVALIDITY; a bare level moves its children. Subscriptions do not
   * follow (RFC 9051 §6.3.6). Onto an existing name, itself and INBOX among them: `exists`. Below itself: `denied`. From INBOX: `denied`, its
   * special rename is the engine's.
   */
  renameMailbox(
    args: { readonly account: AccountId; readonly from: MailboxName; readonly to: MailboxName },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'renamed' } | NoSuchMailbox | { readonly kind: 'exists' } | Denied>

  /**
   * Deletes a mailbox and its messages. With children it stays as a level that is not selectable, listed or not; deleting such a level is
   * refused `hasChildren` (RFC 9051 §6.3.5). INBOX is `denied`. Sessions that look at it get a hint and find it gone.
   */
  deleteMailbox(
    args: { readonly account: AccountId; readonly name: MailboxName },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'deleted' } | NoSuchMailbox | { readonly kind: 'hasChildren' } | Denied>

  /** Sets or clears a subscription, whether the mailbox exists or not. Idempotent. */
  subscribe(
    args: { readonly account: AccountId; readonly name: MailboxName; readonly subscribed: boolean },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'done' }>

  /** Counts of several mailboxes at once; mailboxes that are gone are left out. */
  status(
    args: {
      readonly account: AccountId
      readonly mailboxes: readonly MailboxId[]
      readonly items: readonly StatusItem[]
    },
    signal: AbortSignal,
  ): Promise<{ readonly statuses: readonly MailboxStatus[] }>

  /** Everything a session needs to select a mailbox. Immutable; the store may hand the same one to every session. */
  snapshot(args: MailboxRef, signal: AbortSignal): Promise<Snapshot | NoSuchMailbox>

  /** Everything that happened after `modSeq`: the only road by which a session learns anything after its snapshot. */
  changesSince(args: MailboxRef & { readonly modSeq: ModSeq }, signal: AbortSignal): Promise<Changes | NoSuchMailbox>

  /**
   * Hands the mailbox's `\Recent` messages to one session, once: those with a UID of at least `from` that no earlier
   * claim covered (RFC 3501 §2.3.2).
   */
  claimRecent(
    args: MailboxRef,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'recent'; readonly from: Uid } | NoSuchMailbox>

  /** Reads columns of messages, in pages of the store's choosing. UIDs that do not exist are skipped. */
  fetch(
    args: MailboxRef & {
      readonly uids: UidList
      readonly fields: readonly FetchField[]
      readonly cursor: number | null
    },
    signal: AbortSignal,
  ): Promise<FetchPage | NoSuchMailbox>

  /** Finds a message's octets; nothing is read yet. */
  body(
    args: MailboxRef & { readonly uid: Uid },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'body'; readonly body: BodyHandle } | { readonly kind: 'noSuchMessage' } | NoSuchMailbox>

  /**
   * Receives a message whole, outside every mailbox. It may then be appended any number of times, to
   * any account of the store, until it is discarded. It need not be durable: `append` makes it so. A store forgets what was
   * never discarded in its own time.
   *
   * `account` says for whom, so that the store can put it near. If `body` throws, or `signal` aborts while it hangs, nothing remains and the
   * call rejects. A refusal may come before the body was read. The body may reuse one buffer for all its chunks.
   *
   * `replaces` names the message it will take the place of, whose octets a quota must not count (RFC 8508 §3.4).
   */
  stage(
    args: { readonly account: AccountId; readonly body: Body; readonly replaces?: MessageRef },
    signal: AbortSignal,
  ): Promise<
    { readonly kind: 'staged'; readonly staged: StagedId; readonly octets: Octets } | { readonly kind: 'overQuota' }
  >

  /** The octets and digest of a staged message. */
  staged(
    args: { readonly staged: StagedId },
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'staged'; readonly body: BodyHandle; readonly digest: MessageDigest }
    | { readonly kind: 'noSuchStaged' }
  >

  /**
   * Adds staged messages to the end of `mailbox`, in order, all or none, and assigns the mailbox's next UIDs.
   *
   * Atomic and durable: until the promise resolves with `appended`, no session sees them; if it rejects, nothing
   * remains. The staged messages stay staged. RFC 9051 §6.3.12, RFC 3502, §2.3.1.1 (UID rules).
   */
  append(
    args: MailboxRef & { readonly messages: readonly Arrival[] },
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'appended'; readonly uidValidity: number; readonly uids: UidList }
    | NoSuchMailbox
    | Denied
    | { readonly kind: 'overQuota' }
    | { readonly kind: 'noSuchStaged' }
  >

  /**
   * Appends one staged message to the end of `to` and removes the message `uid` of `mailbox` in the same step (RFC 8508 §3.4): no session
   * sees neither, and within one mailbox none sees both. Only what it needs beyond the octets it frees counts for a quota. What is refused, or
   * rejects, changed nothing; a crash in between may leave both.
   */
  replace(
    args: MailboxRef & { readonly uid: Uid; readonly to: MailboxId; readonly message: Arrival },
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'replaced'; readonly uidValidity: number; readonly uid: Uid }
    | NoSuchMailbox
    | Denied
    | { readonly kind: 'noSuchTarget' }
    | { readonly kind: 'noSuchMessage' }
    | { readonly kind: 'overQuota' }
    | { readonly kind: 'noSuchStaged' }
  >

  /** Forgets staged messages; unknown ids are ignored. */
  discard(args: { readonly staged: readonly StagedId[] }, signal: AbortSignal): Promise<{ readonly kind: 'done' }>

  /** Copies messages with flags and dates, all or none, without reading bodies. UIDs that do not exist are skipped. */
  copy(
    args: MailboxRef & { readonly uids: UidList; readonly to: MailboxId },
    signal: AbortSignal,
  ): Promise<
    | ({ readonly kind: 'copied' } & UidMap)
    | NoSuchMailbox
    | Denied
    | { readonly kind: 'noSuchTarget' }
    | { readonly kind: 'overQuota' }
  >

  /** Like `copy`, and the originals vanish in the same step (RFC 6851 §3.3). Moving within one mailbox gives new UIDs. */
  move(
    args: MailboxRef & { readonly uids: UidList; readonly to: MailboxId },
    signal: AbortSignal,
  ): Promise<
    | ({ readonly kind: 'moved' } & UidMap)
    | NoSuchMailbox
    | Denied
    | { readonly kind: 'noSuchTarget' }
    | { readonly kind: 'overQuota' }
  >

  /**
   * Changes flags. A message whose mod-sequence exceeds `unchangedSince` is left alone and listed in `modified`
   * (RFC 7162 §3.1.3). `changed` lists the messages that exist with their flags afterwards, also where nothing changed. What changes nothing
   * raises no mod-sequence.
   */
  storeFlags(
    args: MailboxRef & { readonly uids: UidList; readonly change: FlagChange; readonly unchangedSince?: ModSeq },
    signal: AbortSignal,
  ): Promise<
    | {
        readonly kind: 'stored'
        readonly changed: FlagColumns
        readonly modSeqs: Float64Array
        readonly modified: UidList
      }
    | NoSuchMailbox
    | Denied
    | { readonly kind: 'tooManyKeywords' }
  >

  /** Removes those of `uids` that carry `\Deleted`, or all of them with `regardless` (POP3). Returns what went. */
  expunge(
    args: MailboxRef & { readonly uids: UidList; readonly regardless: boolean },
    signal: AbortSignal,
  ): Promise<
    { readonly kind: 'expunged'; readonly vanished: UidList; readonly highestModSeq: ModSeq } | NoSuchMailbox | Denied
  >

  /**
   * Looks out for changes that others make behind the store's back (another program on the same Maildir) and publishes
   * them on the store's ChangeBus until the returned release is called. Absent where there are no others.
   */
  attend?(mailbox: MailboxRef): () => void

  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

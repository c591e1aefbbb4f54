import type {
  AclChange,
  AnnotationChange,
  FlagChange,
  Flags,
  MailboxName,
  ModSeq,
  Octets,
  QuotaLimit,
  SpecialUse,
  StatusItem,
  UnixMillis,
} from '@mailwright/core'
import type { ReturnOptions } from './search/return-options.js'
import type { SearchKey } from './search/search-key.js'
import type { SortCriterion } from './sort/sort-criterion.js'
import type { ThreadAlgorithm } from './thread/thread-messages.js'

/**
 * A set of sequence numbers or UIDs as the client wrote it: ranges in its order, `*` as `Infinity`; `first` may exceed
 * `last` (RFC 9051 §9: both orders mean the same).
 */
export interface NumberRange {
  readonly first: number
  readonly last: number
}

/** Events that a client may be notified of (RFC 5465 §5), in the order BADEVENT lists them. */
export type NotifyEvent =
  | 'MessageNew'
  | 'MessageExpunge'
  | 'FlagChange'
  | 'MailboxName'
  | 'SubscriptionChange'
  | 'MailboxMetadataChange'
  | 'ServerMetadataChange'

/** Some of an account's mailboxes, whichever is selected (RFC 5465 §6, RFC 7377 §2.2). */
export type MailboxFilter =
  /** `inboxes` are `personal`, too: mail may be filed into any of them. */
  | { readonly kind: 'personal' | 'subscribed' }
  | { readonly kind: 'subtree' | 'mailboxes'; readonly names: ReadonlySet<string> }

/** Where ESEARCH looks (RFC 7377 §2.2). */
export type SearchSource =
  | MailboxFilter
  | { readonly kind: 'selected' }
  /** A mailbox, and what is one level below it. */
  | { readonly kind: 'subtreeOne'; readonly names: ReadonlySet<string> }

export interface NotifyGroup {
  /** Without the selected mailbox (RFC 5465 §6). */
  readonly filter: MailboxFilter
  readonly events: ReadonlySet<NotifyEvent>
}

/** NOTIFY SET (RFC 5465 §3.1). */
export interface NotifySet {
  readonly tellsStatus: boolean
  /** `null`: no word of the selected mailbox. */
  readonly selected: NotifySelected | null
  readonly groups: readonly NotifyGroup[]
  /** Events nobody here knows: the command is refused. */
  readonly unknown: readonly string[]
}

export interface NotifySelected {
  readonly expunges: 'immediate' | 'delayed'
  readonly tellsFlags: boolean
  /** What is told of new messages; empty for no more than that they came. */
  readonly items: readonly FetchItem[]
}

export type SequenceSet =
  | { readonly kind: 'ranges'; readonly ranges: readonly NumberRange[] }
  /** `$`, the result of the last SEARCH RETURN (SAVE) (RFC 5182 §2.1). */
  | { readonly kind: 'saved' }

/** Whether numbers in a command or an answer are sequence numbers or UIDs. */
export type Numbering = 'seq' | 'uid'

/** `section-spec` of RFC 9051 §9. `part` is empty for the whole message. */
export interface Section {
  readonly part: readonly number[]
  readonly text:
    | { readonly kind: 'all' }
    | { readonly kind: 'header' }
    | { readonly kind: 'headerFields'; readonly names: readonly string[] }
    | { readonly kind: 'headerFieldsNot'; readonly names: readonly string[] }
    | { readonly kind: 'text' }
    | { readonly kind: 'mime' }
}

/** `<start.count>` of RFC 9051 §6.4.5. */
export interface Partial {
  readonly start: Octets
  readonly count: Octets
}

export type FetchItem =
  | { readonly item: 'EMAILID' | 'MODSEQ' | 'SAVEDATE' | 'THREADID' }
  | { readonly item: 'FLAGS' | 'INTERNALDATE' | 'RFC822.SIZE' | 'ENVELOPE' | 'BODY' | 'BODYSTRUCTURE' | 'UID' }
  | { readonly item: 'RFC822' | 'RFC822.HEADER' | 'RFC822.TEXT' }
  | {
      readonly item: 'BODY[]'
      readonly section: Section
      readonly partial: Partial | null
      /** BODY.PEEK: `\Seen` is not set. */
      readonly isPeek: boolean
      /** The section and partial as the answer must repeat them, as in `[HEADER.FIELDS (DATE)]<0>`. */
      readonly label: string
    }
  /** The content of a part, its transfer encoding undone (RFC 3516 §4.2). `part` is empty for the whole message. */
  | {
      readonly item: 'BINARY[]'
      readonly part: readonly number[]
      readonly partial: Partial | null
      readonly isPeek: boolean
      readonly label: string
    }
  | { readonly item: 'BINARY.SIZE[]'; readonly part: readonly number[]; readonly label: string }
  /** RFC 8970, and the drafts before it: `fuzzy` answers as those do. `lazy`: only without undue delay. */
  | {
      readonly item: 'PREVIEW'
      readonly name: 'PREVIEW' | 'SNIPPET'
      readonly form: 'plain' | 'fuzzy'
      readonly mode: 'always' | 'lazy'
    }

/** `<first:last>` of PARTIAL, counted from the first message or, when negative, from the last (RFC 9394 §3.1). */
export interface PartialRange {
  readonly first: number
  readonly last: number
}

/** What the client knows of a mailbox it comes back to (RFC 7162 §3.2.5). */
export interface Resync {
  readonly uidValidity: number
  readonly modSeq: ModSeq
  /** `null`: all there ever were. */
  readonly knownUids: readonly NumberRange[] | null
  /** Samples of sequence numbers and their UIDs, ascending; equally many of both. */
  readonly samples: readonly { readonly seq: number; readonly uid: number }[]
}

/** What STATUS can be asked for: what the store counts, and what the engine knows. */
export type StatusAtt = StatusItem | 'appendLimit' | 'mailboxId'

/** `list-select-opts` of RFC 5258 §6 and RFC 6154 §6. No mailbox is remote here, so `remote` changes nothing (RFC 9051 §6.3.9.1). */
export type ListSelection = 'subscribed' | 'specialUse' | 'remote' | 'recursive'

/** `list-return-opts` of RFC 5258 §6. */
export interface ListReturns {
  readonly subscribed: boolean
  readonly children: boolean
  /** RFC 8440 §3. */
  readonly myRights: boolean
  /** RFC 5819 §2; empty: not asked for. */
  readonly status: readonly StatusAtt[]
  /** RFC 9590 §3: entries; empty: not asked for. */
  readonly metadata: readonly string[]
}

/** Reference and patterns are Unicode with `/` between levels. */
export interface ListCommand {
  readonly name: 'LIST'
  readonly reference: string
  /** One in the basic form, where the empty one asks for the separator. */
  readonly patterns: readonly string[]
  /** It has options or a list of patterns (RFC 5258 §3). */
  readonly isExtended: boolean
  readonly select: readonly ListSelection[]
  /** What is told besides the attributes. */
  readonly wants: ListReturns
}

export interface LsubCommand {
  readonly name: 'LSUB'
  readonly reference: string
  readonly pattern: string
}

/** `getmetadata-options` of RFC 5464 §5. */
export interface MetadataOptions {
  /** Longer values are only counted; `null`: no bound. */
  readonly maxSize: Octets | null
  readonly depth: 0 | 1 | 'infinity'
}

/** `url-rump SP mechanism` of RFC 4467 §9: a URL as it was written, octets one a character, and an upper-case mechanism. */
export interface UrlRump {
  readonly url: string
  readonly mechanism: string
}

/** `url-fetch-param` of RFC 5524 §5. */
export type UrlItem = 'BODY' | 'BINARY' | 'BODYPARTSTRUCTURE'

/** `url-fetch-arg` of RFC 5524 §5. Without items it is answered as RFC 4467 has it (RFC 5524 §3). */
export interface WantedUrl {
  readonly url: string
  readonly items: ReadonlySet<UrlItem>
}

export type ImapCommand =
  | {
      readonly name:
        | 'CAPABILITY'
        | 'NOOP'
        | 'LOGOUT'
        | 'STARTTLS'
        | 'CHECK'
        | 'CLOSE'
        | 'UNSELECT'
        | 'IDLE'
        | 'NAMESPACE'
        | 'UNAUTHENTICATE'
        | 'GETJMAPACCESS'
    }
  | { readonly name: 'EXPUNGE'; readonly uids: SequenceSet | null }
  | { readonly name: 'AUTHENTICATE'; readonly mechanism: string; readonly initialResponse: string | null }
  | { readonly name: 'LOGIN'; readonly user: string; readonly password: string }
  | { readonly name: 'LANGUAGE'; readonly ranges: readonly string[] }
  | { readonly name: 'COMPRESS'; readonly algorithm: string }
  | { readonly name: 'ENABLE'; readonly capabilities: readonly string[] }
  | { readonly name: 'ID'; readonly fields: readonly (readonly [string, string | null])[] | null }
  | {
      readonly name: 'SELECT' | 'EXAMINE'
      readonly mailbox: MailboxName
      /** RFC 7162 §3.1.8. */
      readonly usesModSeq: boolean
      readonly resync: Resync | null
    }
  | { readonly name: 'CREATE'; readonly mailbox: MailboxName; readonly specialUse: readonly SpecialUse[] }
  | { readonly name: 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly mailbox: MailboxName }
  | { readonly name: 'RENAME'; readonly from: MailboxName; readonly to: MailboxName }
  | ListCommand
  | LsubCommand
  | { readonly name: 'NOTIFY'; readonly set: NotifySet | null }
  | { readonly name: 'STATUS'; readonly mailbox: MailboxName; readonly items: readonly StatusAtt[] }
  | { readonly name: 'GETACL' | 'MYRIGHTS'; readonly mailbox: MailboxName }
  | { readonly name: 'DELETEACL' | 'LISTRIGHTS'; readonly mailbox: MailboxName; readonly identifier: string }
  | { readonly name: 'SETACL'; readonly mailbox: MailboxName; readonly change: AclChange }
  | { readonly name: 'GETQUOTA'; readonly root: string }
  | { readonly name: 'GETQUOTAROOT'; readonly mailbox: MailboxName }
  | { readonly name: 'SETQUOTA'; readonly root: string; readonly limits: readonly QuotaLimit[] }
  /** `mailbox: null` stands for the server; entries are lower-case (RFC 5464 §3.2). */
  | ({
      readonly name: 'GETMETADATA'
      readonly mailbox: MailboxName | null
      readonly entries: readonly string[]
    } & MetadataOptions)
  | {
      readonly name: 'SETMETADATA'
      readonly mailbox: MailboxName | null
      readonly changes: readonly AnnotationChange[]
    }
  /** `mailbox: null`: all keys; mechanisms are upper-case (RFC 4467 §7). */
  | { readonly name: 'RESETKEY'; readonly mailbox: MailboxName | null; readonly mechanisms: readonly string[] }
  | { readonly name: 'GENURLAUTH'; readonly rumps: readonly UrlRump[] }
  | { readonly name: 'URLFETCH'; readonly urls: readonly WantedUrl[] }
  /** Its messages follow; see {@link AppendText}. */
  | { readonly name: 'APPEND'; readonly mailbox: MailboxName; readonly text: AppendText }
  | {
      readonly name: 'REPLACE'
      readonly numbering: Numbering
      /** `*` as `Infinity`. */
      readonly number: number
      readonly mailbox: MailboxName
      readonly text: AppendText
    }
  | {
      readonly name: 'FETCH'
      readonly numbering: Numbering
      readonly set: SequenceSet
      readonly items: readonly FetchItem[]
      /** RFC 7162 §3.1.4.1, §3.2.6; `null` without CHANGEDSINCE. */
      readonly changedSince: { readonly modSeq: ModSeq; readonly tellsVanished: boolean } | null
      readonly partial: PartialRange | null
    }
  | {
      readonly name: 'STORE'
      readonly numbering: Numbering
      readonly set: SequenceSet
      readonly change: FlagChange
      readonly isSilent: boolean
      /** RFC 7162 §3.1.3. */
      readonly unchangedSince: ModSeq | null
    }
  | {
      readonly name: 'COPY' | 'MOVE'
      readonly numbering: Numbering
      readonly set: SequenceSet
      readonly to: MailboxName
    }
  | {
      readonly name: 'SEARCH'
      readonly numbering: Numbering
      readonly charset: string | null
      readonly keys: SearchKey
      /** `null`: as RFC 3501 §6.4.4 has it, without RETURN. */
      readonly returns: ReturnOptions | null
    }
  /** Its results are UIDs. */
  | {
      readonly name: 'ESEARCH'
      readonly sources: readonly SearchSource[]
      readonly charset: string | null
      readonly keys: SearchKey
      readonly returns: ReturnOptions
    }
  | { readonly name: 'CANCELUPDATE'; readonly tags: readonly string[] }
  | { readonly name: 'COMPARATOR'; readonly orders: readonly string[] }
  | {
      readonly name: 'SORT'
      readonly numbering: Numbering
      readonly criteria: readonly SortCriterion[]
      readonly charset: string
      readonly keys: SearchKey
      readonly returns: ReturnOptions | null
    }
  | {
      readonly name: 'THREAD'
      readonly numbering: Numbering
      readonly algorithm: ThreadAlgorithm
      readonly charset: string
      readonly keys: SearchKey
    }

/** One thing that the text of an APPEND says, in its order. */
export type AppendStep =
  /** A message begins. `catenate`: its parts follow, up to `close`; else the literal that ends the text is all of it. */
  | {
      readonly step: 'message'
      readonly flags: Flags
      readonly internalDate: UnixMillis | null
      readonly data: 'literal' | 'utf8' | 'catenate'
    }
  /** The literal that ends the text is a part; `utf8Text` of RFC 6855 §4. */
  | { readonly step: 'text' | 'utf8Text' }
  /** Octets, one a character, as the client wrote them (RFC 4469 §3). */
  | { readonly step: 'url'; readonly url: string }
  /** The message has all its parts. */
  | { readonly step: 'close' }

/** Where the text of an APPEND goes on: at its beginning, or behind a literal. */
export type AppendPlace = 'first' | 'message' | 'utf8' | 'part' | 'utf8Part'

/** An APPEND up to a literal that belongs to a message, or to its end. */
export interface AppendText {
  readonly steps: readonly AppendStep[]
  /** The announcement that ends it; `null`: the command is whole. */
  readonly literal: LiteralAnnouncement | null
  /** Messages that the command may bring. */
  readonly most: 'one' | 'many'
}

export type CommandName = ImapCommand['name']

/** The command of one name, out of the union. */
export type CommandOf<Name extends CommandName> = {
  [Command in ImapCommand as Command['name']]: Command
}[Name]

/** `literal = "{" number ["+"] "}" CRLF` at the end of a line (RFC 9051 §4.3, RFC 7888 §4). */
export interface LiteralAnnouncement {
  readonly octets: Octets
  /** `{n+}`: the octets come whether they are wanted or not. */
  readonly isNonSync: boolean
  /** `~{n}` (RFC 3516 §4.3). */
  readonly isBinary: boolean
}

/** What came of reading a command. */
export type Parsed =
  | {
      readonly kind: 'command'
      readonly tag: string
      readonly command: ImapCommand
      /** Mailbox names that were written in another form, with what was written. Absent: none was. */
      readonly supplied?: ReadonlyMap<MailboxName, string>
    }
  /** Not a command; `tag` is `*` when not even that could be read (RFC 9051 §7.1.3: an untagged BAD). */
  | { readonly kind: 'bad'; readonly tag: string; readonly reason: string; readonly code?: string }
  /** Grammatical, but cannot be done: a mailbox name no store may hold, a charset nobody knows. */
  | {
      readonly kind: 'no'
      readonly tag: string
      readonly code: string
      readonly reason: string
      /** It was to set the search result variable, which is empty now (RFC 5182 §2.1). */
      readonly emptiesResult?: boolean
    }

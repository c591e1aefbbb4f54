import type { Millis, Octets } from '@mailwright/core'

/** Bounds of one command, by whether the peer has shown who it is. What follows a refusal is consumed to its true end. */
export interface CommandLimits {
  /**
   * Octets of a command without its literals, over all its lines. Default 8 KiB before login, 64 KiB after (Dovecot):
   * room for a sequence set of thousands of ranges. Passed: `BAD`.
   */
  readonly line: Octets
  /**
   * Octets of one literal that is not a message. Default 8 KiB before login (a long SASL token or password), 64 KiB
   * after. Passed: `NO [TOOBIG]`, without a continuation where the client waits for one.
   */
  readonly literal: Octets
  /** Literals of one command. Default 1,000; before login 10. Passed: `BAD`. */
  readonly literals: number
  /** Octets of all literals of one command that are not messages. Default ten times `literal`. Passed: `NO [TOOBIG]`. */
  readonly literalOctets: Octets
  /** Open parentheses at a time. Default 32, deeper than any client nests; before login 1: ID has one list. Passed: `BAD`. */
  readonly depth: number
  /** Numbers and ranges of one sequence set. Default 10,000: as many UIDs of six digits fit into a line. Passed: `NO [LIMIT]`. */
  readonly ranges: number
  /** Keys of one SEARCH, counted at every level. Default 1,000. Passed: `NO [LIMIT]`. */
  readonly searchKeys: number
  /**
   * Items of one FETCH after repetitions are dropped. Default 256: `BODY[]` under many partials is how a short command asks
   * for a long answer. Passed: `NO [LIMIT]`.
   */
  readonly fetchItems: number
  /** Flags of one STORE or APPEND. Default 256. Passed: `NO [LIMIT]` (RFC 5530 §3). */
  readonly flags: number
  /** Octets of one keyword. Default 255: what a store may keep in one name. Passed: `NO [LIMIT]`. */
  readonly keyword: Octets
  /** Wildcards of one LIST pattern, neighbours counted once. Default 32: the cost of matching grows with them. Passed: `NO [LIMIT]`. */
  readonly wildcards: number
  /** Patterns of one LIST, mailbox filters of one ESEARCH. Default 32: every one is matched with every name. Passed: `NO [LIMIT]`. */
  readonly patterns: number
  /** Entries of one GETMETADATA or SETMETADATA. Default 256: what one value's octets allow must not be multiplied without end. Passed: `NO [LIMIT]`. */
  readonly entries: number
  /** Octets of the name of one annotation. Default 255: what a store may keep in one name. Passed: `NO [LIMIT]`. */
  readonly entry: Octets
  /** URLs of one GENURLAUTH or URLFETCH. Default 256, as items of FETCH: a short command asks for as many messages. Passed: `NO [LIMIT]`. */
  readonly urls: number
}

/** Bounds of an IMAP session. */
export interface ImapLimits {
  readonly beforeLogin: CommandLimits
  readonly afterLogin: CommandLimits
  /** Octets of one appended message. Default 10,240,000 (Postfix's message_size_limit). Passed: `NO [TOOBIG]` (RFC 7889 §4). */
  readonly appendOctets: Octets
  /**
   * Messages that one FETCH, STORE, SEARCH, MOVE or UID EXPUNGE works on: those with the highest UIDs. Default Infinity: no command
   * holds what it works on in memory; a host that sets it tells clients by MESSAGELIMIT (RFC 9738 §3), which asks for 1,000 at
   * least. Passed: `OK [MESSAGELIMIT]`, and the client comes back for the rest; of several mailboxes ESEARCH searches so many
   * messages each. Passed: `OK [LIMIT]` (RFC 7377 §2.4).
   */
  readonly messagesPerCommand: number
  /** Messages that one COPY or APPEND saves. Default Infinity, as above; told by SAVELIMIT (RFC 9738 §3.2). Passed: `NO [MESSAGELIMIT]`. */
  readonly savedPerCommand: number
  /**
   * Mailboxes that NOTIFY looks after. Default 1,000: what is kept of each is some hundred octets. Passed: `NO [NOTIFICATIONOVERFLOW]`, and where
   * they become more later, `* OK [NOTIFICATIONOVERFLOW]` and no more notifications (RFC 5465 §5.8).
   */
  readonly notifiedMailboxes: number
  /**
   * Mailboxes that one ESEARCH searches. Default 1,000: more than people have; each costs a snapshot. Passed: `NO [LIMIT]`, and none
   * is searched (RFC 7377 §2.4).
   */
  readonly searchedMailboxes: number
  /** Messages of one APPEND (RFC 3502). Default 1,000. Passed: `NO [LIMIT]`, and none of them is appended. */
  readonly appendMessages: number
  /** Octets of all messages of one APPEND, in multiples of `appendOctets`. Default 10. Passed: `NO [TOOBIG]`. */
  readonly appendFactor: number
  /** Parts of all messages of one APPEND (RFC 4469 §3). Default 1,000: each may ask the store four times. Passed: `NO [LIMIT]`. */
  readonly catenateParts: number
  /**
   * Previews that one FETCH with LAZY makes. Default 200: what a client shows of a mailbox at a time; each is a look at a message.
   * Passed: `NIL` (RFC 8970 §4.1).
   */
  readonly lazyPreviews: number
  /** Silence before login. Default 180 s (Dovecot). Passed: `* BYE`. */
  readonly patienceBeforeLogin: Millis
  /** Silence after login, IDLE included. Default 30 min, the least RFC 9051 §5.4 allows. Passed: `* BYE`. */
  readonly patience: Millis
  /** Failed logins and commands refused before login. Default 3: nobody mistypes more. Passed: `* BYE`. */
  readonly refusedBeforeLogin: number
  /**
   * Searches of one session whose results it follows. Default 8: more than a client has windows; each is looked at with every
   * change. Passed: `NO [NOUPDATE]`, untagged (RFC 5267 §4.3.1).
   */
  readonly followedSearches: number
  /**
   * Results of one SORT that is followed: their sort values stay in memory. Default 50,000, some 10 MB. Passed: `NO [NOUPDATE]`,
   * untagged (RFC 5267 §4.3.1).
   */
  readonly followedResults: number
  /**
   * Characters of a subject or address that SORT and THREAD compare. Default 1,024: more than any has, and a mailbox of longer
   * ones costs no more. Those that are alike so far count as alike.
   */
  readonly sortKey: number
  /** Commands answered `BAD` one after the other. Default 20 (Dovecot): whoever speaks something else is cut off. Passed: `* BYE`. */
  readonly badCommands: number
}

const AFTER_LOGIN: CommandLimits = {
  line: 65_536,
  literal: 65_536,
  literals: 1_000,
  literalOctets: 655_360,
  depth: 32,
  ranges: 10_000,
  searchKeys: 1_000,
  fetchItems: 256,
  flags: 256,
  keyword: 255,
  wildcards: 32,
  patterns: 32,
  entries: 256,
  entry: 255,
  urls: 256,
}

export const IMAP_LIMITS: ImapLimits = {
  beforeLogin: { ...AFTER_LOGIN, line: 8_192, literal: 8_192, literals: 10, literalOctets: 81_920, depth: 1 },
  afterLogin: AFTER_LOGIN,
  appendOctets: 10_240_000,
  messagesPerCommand: Number.POSITIVE_INFINITY,
  savedPerCommand: Number.POSITIVE_INFINITY,
  notifiedMailboxes: 1_000,
  searchedMailboxes: 1_000,
  appendMessages: 1_000,
  appendFactor: 10,
  catenateParts: 1_000,
  lazyPreviews: 200,
  patienceBeforeLogin: 180_000,
  patience: 1_800_000,
  refusedBeforeLogin: 3,
  followedSearches: 8,
  followedResults: 50_000,
  sortKey: 1_024,
  badCommands: 20,
}

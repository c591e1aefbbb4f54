import type { Millis, Octets } from '@mailwright/core'

/** Bounds of a Maildir store. None of them is seen by a peer but where it says so. */
export interface MaildirLimits {
  /** Keyword names one mailbox may know. Default 512: 26 fit into file names, the rest live in the journal. Passed: STORE is refused `NO [LIMIT]`, APPEND and COPY keep the message without the surplus. */
  readonly keywords: number
  /** Messages of one FETCH page without digests. Default 5,000: some milliseconds of work between two turns of other sessions. */
  readonly page: number
  /** Messages of one FETCH page with digests. Default 200: each may have to be read from disk. */
  readonly digestPage: number
  /** Octets of digests held in memory. Default 32 MiB: about 20,000 messages. Passed: the oldest are computed again when asked for. */
  readonly digestOctets: Octets
  /** Mailboxes held in memory. Default 1,000. Passed: the longest unused idle one is read from disk again when asked for. */
  readonly loadedMailboxes: number
  /** Files worked on at once per operation. Default 16: enough to keep a disk's queue filled, few enough to leave room for others. */
  readonly parallel: number
  /** Octets read or written at once. Default 64 KiB: large enough that calls do not matter, small enough that 1,000 readers fit. */
  readonly chunk: Octets
  /** How long a staged message is kept that nobody discards. Default 1 h: longer than any transaction may last. */
  readonly stagedFor: Millis
  /** Octets of staged messages held in memory, of at most `chunk` each. Default 16 MiB: some thousand small ones. Passed: the next one is staged in a file, as larger ones are. */
  readonly stagedOctets: Octets
  /** Age at which a foreign file in `tmp` is garbage. Default 36 h, as the Maildir specification says. */
  readonly temporaryFor: Millis
  /** How soon changes that hide behind our own are looked for, and how often an attended mailbox is. Default 1 s: coarser than any file system's clock. */
  readonly lookAgain: Millis
  /** Expunges remembered one by one. Default 1,000. Passed: the older half melts into one, so a client that was away long is told of more UIDs than it needs (RFC 7162 §3.2.10 allows it). */
  readonly vanishedBatches: number
  /** Age at which a lock file of another program (`subscriptions.lock`) is stale. Default 30 s, as Dovecot has it. */
  readonly dotlockStale: Millis
  /** How long such a lock is waited for. Default 40 s: a stale one is found out. Passed: the call is a fault. */
  readonly dotlockWait: Millis
}

/** How often a file is looked for that another program keeps renaming. Five looks take longer than anybody renames a file for a reason; passed: the call is a fault, or leaves the message alone. */
export const RENAME_TRIES = 5

/** How often a store's owner shows hosts that cannot see its process that it lives: 5 s. */
export const LOCK_HEARTBEAT: Millis = 5_000

/** Age at which a lock of a process we cannot see is stale: 30 s, six missed heartbeats. Younger: the store is not opened, and says whose it is. */
export const LOCK_STALE: Millis = 30_000

/** Lines a journal may have beyond twice its mailbox's messages before it is rewritten: 2,000, some milliseconds of reading. */
export const JOURNAL_SLACK = 2_000

export const MAILDIR_LIMITS: MaildirLimits = {
  keywords: 512,
  page: 5_000,
  digestPage: 200,
  digestOctets: 33_554_432,
  loadedMailboxes: 1_000,
  parallel: 16,
  chunk: 65_536,
  stagedFor: 3_600_000,
  stagedOctets: 16_777_216,
  temporaryFor: 129_600_000,
  lookAgain: 1_000,
  vanishedBatches: 1_000,
  dotlockStale: 30_000,
  dotlockWait: 40_000,
}

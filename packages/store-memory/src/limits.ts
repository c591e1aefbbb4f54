import type { Millis, Octets } from '@mailwright/core'

/** Bounds of a memory store. */
export interface MemoryStoreLimits {
  /** Staged messages kept at once; past it the oldest is forgotten, and an append of it is answered `noSuchStaged`. Default 10,000: more than the connections of one process can have under way. */
  readonly stagedMessages: number
  /** How long a staged message is kept. Default 1 h: past any request's deadline. Forgotten: as above. */
  readonly stagedAge: Millis
  /** Distinct keywords in one mailbox. Default 1,000: 32 words a message in every snapshot. Past it STORE is `tooManyKeywords` (`NO [LIMIT]`); an appended or copied message comes without its new keywords (to keep them is a SHOULD: RFC 9051 §6.3.12, §6.4.7). */
  readonly keywords: number
  /** Expunged UIDs a mailbox remembers. Default 100,000: 1.6 MB. For a session older than that, every UID that is not there is told as vanished. */
  readonly expunged: number
  /** Messages of one page of `fetch`. Default 1,000: digests of some 2 MB. */
  readonly pageMessages: number
  /** Octets of one annotation. Default 65,536: what a command's literal may bring. Past it: `valueTooLong` (`NO [METADATA MAXSIZE]`). */
  readonly annotationOctets: Octets
  /** Annotations of one mailbox, or of the server: those that are shared, and of each account as many. Default 1,000: far more than clients set. Past it: `tooManyAnnotations` (`NO [METADATA TOOMANY]`). */
  readonly annotations: number
}

export const MEMORY_STORE_LIMITS: MemoryStoreLimits = {
  stagedMessages: 10_000,
  stagedAge: 3_600_000,
  keywords: 1_000,
  expunged: 100_000,
  pageMessages: 1_000,
  annotationOctets: 65_536,
  annotations: 1_000,
}

/** Octets of one block of a stored message: few objects for 50 MB, little lost on a short one, since the last is cut to size. */
export const BLOCK_OCTETS: Octets = 65_536

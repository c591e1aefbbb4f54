/** A value of type `T` that only its validating constructor hands out. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name }

/** A number of octets. */
export type Octets = number
/** Milliseconds: a span, or a reading of a monotonic clock. */
export type Millis = number
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMillis = number

/** Numbers one call of an engine; never reused within a connection. */
export type CallId = Brand<number, 'CallId'>
/** Numbers one inbound body of an engine; never reused within a connection. */
export type BodyId = Brand<number, 'BodyId'>

/** An account of a store: whose mail it is. Opaque to engines; usually the login name. */
export type AccountId = Brand<string, 'AccountId'>
/** A mailbox's stable id, unique within its account and unchanged by a rename (RFC 8474 §4). */
export type MailboxId = Brand<string, 'MailboxId'>
/**
 * A mailbox's name in Unicode with `/` between levels; `INBOX` is upper-case. Wire encodings (modified UTF-7, another
 * separator) are the engine's business, file names the store's. Made by {@link mailboxName}.
 */
export type MailboxName = Brand<string, 'MailboxName'>
/** Names one staged message of a store: received whole, in no mailbox yet. */
export type StagedId = Brand<string, 'StagedId'>

/** A unique identifier: 1 to 4294967295 (RFC 9051 §2.3.1.1). */
export type Uid = Brand<number, 'Uid'>
/** A message sequence number: 1 to the number of messages (RFC 9051 §2.3.1.2). */
export type SeqNum = Brand<number, 'SeqNum'>
/**
 * A modification sequence: 1 and up. The protocol allows 63 bits (RFC 7162 §3.1.1); a store counts from 1 and stays
 * below 2^53, so a double holds it exactly.
 */
export type ModSeq = Brand<number, 'ModSeq'>

/** Takes any string for an account id: the Authenticator that made it is the authority. */
export function accountId(value: string): AccountId {
  return value as AccountId
}

/** Takes any string for a mailbox id: the store that made it is the authority. */
export function mailboxId(value: string): MailboxId {
  return value as MailboxId
}

/** Takes any string for a staged message's id: the store that made it is the authority. */
export function stagedId(value: string): StagedId {
  return value as StagedId
}

/** @throws {RangeError} unless `value` is a whole number from 1 to 4294967295. */
export function uid(value: number): Uid {
  if (!Number.isInteger(value) || value < 1 || value > 0xffffffff) throw new RangeError(`not a UID: ${value}`)
  return value as Uid
}

/** @throws {RangeError} unless `value` is a whole number from 0 to 2^53 - 1; 0 stands for "before everything". */
export function modSeq(value: number): ModSeq {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a mod-sequence: ${value}`)
  return value as ModSeq
}

/** Why a mailbox name is refused. */
export type BadName = 'empty' | 'emptyLevel' | 'control' | 'dotLevel' | 'tooLong' | 'tooDeep'

/** Bounds for mailbox names; a name past one is refused with `NO [CANNOT]`. */
export interface NameLimits {
  /** Octets of the whole name in UTF-8. Default 1,000: file systems stop at 255 a level, Dovecot at 4,096 in all. */
  readonly octets: Octets
  /** Levels. Default 32: deeper than any client makes, shallow enough for recursive listing. */
  readonly levels: number
}

export const NAME_LIMITS: NameLimits = { octets: 1_000, levels: 32 }

/**
 * Validates a mailbox name: no empty level, no level `.` or `..`, no control characters, not past the limits.
 * `INBOX` as the first level is folded to upper case (RFC 9051 §5.1).
 *
 * @returns the name, or the reason it is refused.
 */
export function mailboxName(
  text: string,
  limits: NameLimits = NAME_LIMITS,
): { readonly name: MailboxName } | { readonly bad: BadName } {
  if (text === '') return { bad: 'empty' }
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/.test(text)) return { bad: 'control' }
  if (text.length > limits.octets || new TextEncoder().encode(text).length > limits.octets) return { bad: 'tooLong' }
  const levels = text.split('/')
  if (levels.length > limits.levels) return { bad: 'tooDeep' }
  for (const level of levels) {
    if (level === '') return { bad: 'emptyLevel' }
    if (level === '.' || level === '..') return { bad: 'dotLevel' }
  }
  const [first = '', ...rest] = levels
  const head = first.toUpperCase() === 'INBOX' ? 'INBOX' : first
  return { name: [head, ...rest].join('/') as MailboxName }
}

/** The one mailbox every account has. */
export const INBOX = 'INBOX' as MailboxName

import type { Authenticator, Body, BodyHandle, BodyReader, CallOf, Octets } from '@mailwright/core'
import type { Mailbox } from './grammar/mailbox.js'
import type { Reply } from './response/reply.js'
import type { ClientNames, HostNote, SmtpRecipient, SmtpSession, SmtpTransaction } from './session.js'

/** Yes, or the reply that says no. The reply's code must be 4yz or 5yz; with 421 the connection closes. */
export type Verdict =
  /** `notes` are given back with every later question of the session, or of the transaction when given at MAIL, RCPT and DATA. */
  | { readonly kind: 'accepted'; readonly notes?: readonly HostNote[] }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** May the peer talk to us, and who is it? */
export type ConnectionVerdict =
  | Verdict
  | { readonly kind: 'accepted'; readonly client: ClientNames; readonly notes?: readonly HostNote[] }

/** What became of a message for one recipient (RFC 2033 §4.2). */
export type RecipientOutcome =
  | { readonly kind: 'delivered'; readonly id: string; readonly text?: string }
  | { readonly kind: 'refused'; readonly reply: Reply }

export type MessageVerdict =
  /** Responsibility is taken: the message is on stable storage. `text` replaces `Ok: queued as` and the id. */
  | { readonly kind: 'accepted'; readonly id: string; readonly text?: string }
  | { readonly kind: 'refused'; readonly reply: Reply }
  /** LMTP only: one outcome a recipient, in the order of `recipients`. */
  | { readonly kind: 'perRecipient'; readonly outcomes: readonly RecipientOutcome[] }

/** A mailbox, and whose it is where that may be told. */
export interface NamedMailbox {
  readonly mailbox: Mailbox
  readonly fullName?: string
}

export type VerifyVerdict =
  | ({ readonly kind: 'found' } & NamedMailbox)
  /** Neither yes nor no: `252`. */
  | { readonly kind: 'noncommittal' }
  | { readonly kind: 'refused'; readonly reply: Reply }

export type ExpandVerdict =
  | { readonly kind: 'expanded'; readonly members: readonly NamedMailbox[] }
  /** Neither yes nor no: `252`. */
  | { readonly kind: 'noncommittal' }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** What ETRN asks for: mail for one domain, for its subdomains too (`@`), or in a queue of that name (`#`). RFC 1985 §5.3. */
export type EtrnScope = 'node' | 'subdomains' | 'queue'

export type EtrnVerdict =
  /** What waits is tried as soon as may be; also where nothing waits. */
  | { readonly kind: 'started' }
  /** Not for this one: `459`. */
  | { readonly kind: 'notAllowed' }
  /** Not now: `458`. */
  | { readonly kind: 'unable' }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** What a URL of BURL stands for. RFC 4468 §6. */
export type UrlVerdict =
  /** The octets `[start, end)` of `source`: read by and by, as the host takes the message. */
  | { readonly kind: 'found'; readonly source: BodyHandle; readonly start: Octets; readonly end: Octets }
  /** It does not let this user, or us on the user's behalf, have anything: `554 5.7.0`. Which of its conditions is not met is not said. */
  | { readonly kind: 'unauthorized' }
  /** It lets, but there is no such thing, or it is none that we know how to fetch: `554 5.6.6`. */
  | { readonly kind: 'unresolved' }
  /** It names a server that we do not know: `554 5.7.14`. */
  | { readonly kind: 'untrusted' }
  /** Not now: `451 4.4.1`. */
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'refused'; readonly reply: Reply }

/**
 * The host's side of an SMTP or LMTP server: every decision that is not protocol. Only `recipient` and `message` are
 * required; of the others the engine asks those that the option `asks` names ({@link questionsOf} reads them off a
 * handler). A rejected promise is a fault: the peer sees `451 4.3.0` and may try again, and an event carries the cause.
 *
 * Safe by default: no recipient is accepted but by `recipient`, so nothing is relayed that the host did not say yes to.
 */
export interface SmtpHandler {
  /** May this peer talk to us at all? Asked before the greeting. RFC 5321 §3.1. */
  connection?(args: { readonly session: SmtpSession }, signal: AbortSignal): Promise<ConnectionVerdict>

  /**
   * Is the name given with HELO, EHLO or LHLO acceptable? `session` already holds it. RFC 5321 §4.1.4 forbids refusing
   * mail only because the name is not the peer's.
   */
  hello?(args: { readonly session: SmtpSession }, signal: AbortSignal): Promise<Verdict>

  /** May a transaction begin with this reverse-path, size and so on? RFC 5321 §4.1.1.2. */
  mail?(
    args: { readonly session: SmtpSession; readonly transaction: SmtpTransaction },
    signal: AbortSignal,
  ): Promise<Verdict>

  /**
   * Do we take mail for this recipient from this peer? Relaying to strangers is decided here. A `recipient` without
   * a domain is for the host to qualify. RFC 5321 §4.1.1.3.
   *
   * @param args.accepted how many recipients the transaction has already.
   */
  recipient(
    args: {
      readonly session: SmtpSession
      readonly transaction: SmtpTransaction
      readonly recipient: SmtpRecipient
      readonly accepted: number
    },
    signal: AbortSignal,
  ): Promise<Verdict>

  /** May the message come, now that all its recipients are known? Asked before the peer is told to go ahead. RFC 5321 §4.1.1.4. */
  data?(
    args: {
      readonly session: SmtpSession
      readonly transaction: SmtpTransaction
      readonly recipients: readonly SmtpRecipient[]
    },
    signal: AbortSignal,
  ): Promise<Verdict>

  /**
   * Takes the message. `body` yields its octets with CRLF line ends and the dots unstuffed, without the final dot, and
   * throws `BodyIncomplete` when the peer never finishes it or it is unacceptable; then nothing may remain.
   *
   * Resolve with `accepted` only when the message is on stable storage: the peer deletes its copy on our 250
   * (RFC 5321 §4.2.5, §6.1). A refusal may come before the body was read; the rest is dropped.
   *
   * @param args.recipients those that `recipient` accepted, in their order, repetitions included.
   */
  message(
    args: {
      readonly session: SmtpSession
      readonly transaction: SmtpTransaction
      readonly recipients: readonly SmtpRecipient[]
      readonly body: Body
    },
    signal: AbortSignal,
  ): Promise<MessageVerdict>

  /**
   * Finds what the URL of a BURL command stands for; BURL is there only with this, and only where users submit mail. `session.identity` is the
   * submitter's. A URL of `urlauth=submit+` must be refused unless the user it names is the submitter. `url` is US-ASCII and an `absolute-URI`; it may
   * hold a secret, so it is not for logs. A fault is told as `451 4.4.1`. RFC 4468 §3.3.
   */
  resolveUrl?(
    args: { readonly session: SmtpSession; readonly transaction: SmtpTransaction; readonly url: string },
    signal: AbortSignal,
  ): Promise<UrlVerdict>

  /** Answers VRFY. `address` is the peer's words: printable US-ASCII; Unicode where SMTPUTF8 is offered. RFC 5321 §3.5. */
  verify?(
    args: { readonly session: SmtpSession; readonly address: string },
    signal: AbortSignal,
  ): Promise<VerifyVerdict>

  /** Answers EXPN, which is there only with this. `address` as with `verify`. RFC 5321 §3.5. */
  expand?(
    args: { readonly session: SmtpSession; readonly address: string },
    signal: AbortSignal,
  ): Promise<ExpandVerdict>

  /** Starts delivery of what waits for a node; ETRN is there only with this. `node` is a domain, an address literal or a queue's name. RFC 1985 §5. */
  etrn?(
    args: { readonly session: SmtpSession; readonly scope: EtrnScope; readonly node: string },
    signal: AbortSignal,
  ): Promise<EtrnVerdict>
}

/** The decisions a handler may leave out. */
export type SmtpQuestion = 'connection' | 'hello' | 'mail' | 'data' | 'resolveUrl' | 'verify' | 'expand' | 'etrn'

/** Everything an SMTP server may ask. The driver itself answers `readBody`. */
export type SmtpCall = CallOf<SmtpHandler> | CallOf<Authenticator> | CallOf<BodyReader>

const QUESTIONS: readonly SmtpQuestion[] = [
  'connection',
  'hello',
  'mail',
  'data',
  'resolveUrl',
  'verify',
  'expand',
  'etrn',
]

/** The optional methods that `handler` has, for the option `asks`. */
export function questionsOf(handler: SmtpHandler): SmtpQuestion[] {
  return QUESTIONS.filter((question) => handler[question] !== undefined)
}

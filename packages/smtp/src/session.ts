import type { Identity, NotifyCondition, Octets, PeerFacts, TlsFacts, UnixMillis } from '@mailwright/core'
import type { Mailbox } from './grammar/mailbox.js'

/**
 * What a server is for. `mx` takes mail for its domains from anybody, `submission` takes mail from its users (RFC 6409),
 * `lmtp` delivers mail that a queue hands it (RFC 2033).
 */
export type SmtpRole = 'mx' | 'submission' | 'lmtp'

/** The command that opened the session. */
export type Hello = 'HELO' | 'EHLO' | 'LHLO'

/** The `with` of a `Received` field: S for TLS, A for an authenticated peer (RFC 3848), UTF8 for SMTPUTF8 (RFC 6531 §4.3). */
export type WithProtocol = 'SMTP' | `${'ESMTP' | 'LMTP' | 'UTF8SMTP' | 'UTF8LMTP'}${'' | 'S' | 'A' | 'SA'}`

/** What is known of a session: plain data, replaced whole when something changes. */
export interface SmtpSession {
  readonly role: SmtpRole
  /** Our own name. */
  readonly hostname: string
  readonly peer: PeerFacts
  /** What TLS negotiated, from the first octet or by STARTTLS; `null` in clear text. */
  readonly tls: TlsFacts | null
  readonly hello: Hello | null
  /** The name the peer gave in HELO, EHLO or LHLO: unproved, but safe to print. `null` when it gave none. */
  readonly heloName: string | null
  /** Who logged in; `null` for nobody. */
  readonly identity: Identity | null
  /** How: by a SASL mechanism, or `XCLIENT` where a proxy of ours said so. Absent for nobody. */
  readonly mechanism?: string
  /** For the `Received` field, as {@link transactionProtocol} has it for a message. */
  readonly protocol: WithProtocol
  /** What the host found of the peer's names when it connected. Absent: it did not look. */
  readonly client?: ClientNames
  /** The peer sent commands behind one that ends a group, or without EHLO, before it was answered (RFC 2920 §3.1). Only where the option `haste` is `noted`. */
  readonly isHasty?: true
  /** What the host noted when the peer connected and when it greeted, in order. Absent: nothing. */
  readonly notes?: readonly HostNote[]
}

/** What the peer declared with MAIL. Members that are absent were not given. */
export interface MailParameters {
  /** `SIZE=`, octets; an estimate (RFC 1870 §6). */
  readonly size?: Octets
  /** `BODY=` (RFC 6152 §2, RFC 3030 §3). */
  readonly body?: '7BIT' | '8BITMIME' | 'BINARYMIME'
  /** `AUTH=` decoded, `<>` for the empty one: who submitted the message first, as the peer claims (RFC 4954 §5). */
  readonly auth?: string
  /** `RET=` (RFC 3461 §4.3). */
  readonly ret?: 'FULL' | 'HDRS'
  /** `ENVID=` decoded (RFC 3461 §4.4). */
  readonly envelopeId?: string
  /** `SMTPUTF8` (RFC 6531 §3.4). */
  readonly smtpUtf8?: true
  /** `REQUIRETLS` (RFC 8689 §2). */
  readonly requireTls?: true
  /** `BY=` (RFC 2852 §4). Seconds from now; none left when not positive. */
  readonly deliverBy?: { readonly seconds: number; readonly mode: 'R' | 'N'; readonly isTraced: boolean }
  /** `HOLDFOR=` in seconds, or `HOLDUNTIL=` (RFC 4865 §3). */
  readonly futureRelease?:
    | { readonly kind: 'for'; readonly seconds: number }
    | { readonly kind: 'until'; readonly at: UnixMillis }
  /** `MT-PRIORITY=` (RFC 6710 §5). */
  readonly priority?: number
}

/** What the peer declared with RCPT. Members that are absent were not given. */
export interface RcptParameters {
  /** `NOTIFY=` (RFC 3461 §4.1). */
  readonly notify?: readonly NotifyCondition[]
  /** `ORCPT=`, `addr-type;address` with its xtext decoded (RFC 3461 §4.2). */
  readonly originalRecipient?: string
}

/** A recipient, and what RCPT declared for it. */
export interface SmtpRecipient extends Mailbox, RcptParameters {}

/**
 * Something that a host wants to remember of a session or a transaction: given with a verdict, and given back with every later
 * question. Plain data that the engine does not look at.
 */
export interface HostNote {
  readonly kind: string
  readonly [field: string]: string | number | boolean | null
}

/** What DNS says of the peer's address, as far as the host looked it up. */
export interface ClientNames {
  /** The name whose addresses hold the peer's; `null` for `unknown`. */
  readonly name: string | null
  /** What the address's PTR says, confirmed or not; `null` for nothing. */
  readonly reverseName: string | null
  /** DNS could not tell now what is `null`. */
  readonly isTemporary?: true
}

/** A transaction, from MAIL to the end of DATA (RFC 5321 §3.3). */
export interface SmtpTransaction {
  /** Where failures are reported to; `null` for `<>`, the null reverse-path of notifications (RFC 5321 §4.5.5). */
  readonly reversePath: Mailbox | null
  readonly parameters: MailParameters
  /** What XFORWARD said of the message. Absent: nothing. */
  readonly forwarded?: ForwardedFacts
  /** What the host noted at MAIL, at the recipients so far and at DATA, in order. Absent: nothing. */
  readonly notes?: readonly HostNote[]
}

/** From whom a filter before us has a message, as it says: for logs alone. `null` for what it does not know; members that are absent were not given. */
export interface ForwardedFacts {
  readonly name?: string | null
  readonly address?: string | null
  readonly port?: string | null
  readonly protocol?: string | null
  readonly heloName?: string | null
  /** Its name for the message. */
  readonly id?: string | null
  /** `LOCAL`: the message began there. */
  readonly source?: string | null
}

/** A session about which nothing was said yet: after connecting, and again after STARTTLS (RFC 3207 §4.2). */
export function freshSession(facts: {
  readonly role: SmtpRole
  readonly hostname: string
  readonly peer: PeerFacts
  readonly tls: TlsFacts | null
}): SmtpSession {
  const { role, hostname, peer, tls } = facts
  const session = { role, hostname, peer, tls, hello: null, heloName: null, identity: null }
  return { ...session, protocol: withProtocol(session) }
}

/** The same session with what was learned since. */
export function learned(
  session: SmtpSession,
  news: Partial<
    Pick<SmtpSession, 'peer' | 'hello' | 'heloName' | 'identity' | 'mechanism' | 'client' | 'notes' | 'isHasty'>
  >,
): SmtpSession {
  const next = { ...session, ...news }
  return { ...next, protocol: withProtocol(next) }
}

/** The `with` of a message's `Received` field: the session's, but for SMTPUTF8, which is asked for with each message. RFC 6531 §4.3. */
export function transactionProtocol(session: SmtpSession, { parameters }: SmtpTransaction): WithProtocol {
  return parameters.smtpUtf8 === undefined ? session.protocol : withProtocol(session, 'UTF8')
}

/** RFC 3848 §1. HELO leaves a session without extensions, and so without S, A and UTF8. */
function withProtocol(session: Omit<SmtpSession, 'protocol'>, charset: '' | 'UTF8' = ''): WithProtocol {
  if (session.hello === 'HELO' || (session.hello === null && session.role !== 'lmtp')) return 'SMTP'
  const base = charset === 'UTF8' ? 'UTF8SMTP' : 'ESMTP'
  const family = session.role === 'lmtp' ? (`${charset}LMTP` as const) : base
  const isAuthenticated = session.identity !== null
  if (session.tls === null) return isAuthenticated ? `${family}A` : family
  return isAuthenticated ? `${family}SA` : `${family}S`
}

/** A transaction about which the host noted something more. */
export function withNotes(transaction: SmtpTransaction, notes: readonly HostNote[]): SmtpTransaction {
  return notes.length === 0 ? transaction : { ...transaction, notes: [...(transaction.notes ?? []), ...notes] }
}

import type { Identity, Octets, PeerFacts, TlsFacts } from '@mailwright/core'
import type { Mailbox } from './grammar/mailbox.js'

/**
 * What a server is for. `mx` takes mail for its domains from anybody, `submission` takes mail from its users (RFC 6409),
 * `lmtp` delivers mail that a queue hands it (RFC 2033).
 */
export type SmtpRole = 'mx' | 'submission' | 'lmtp'

/** The command that opened the session. */
export type Hello = 'HELO' | 'EHLO' | 'LHLO'

/** The `with` of a `Received` field (RFC 3848): S for TLS, A for an authenticated peer. */
export type WithProtocol = 'SMTP' | `${'ESMTP' | 'LMTP'}${'' | 'S' | 'A' | 'SA'}`

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
  /** For the `Received` field. */
  readonly protocol: WithProtocol
}

/** What the peer declared with MAIL. */
export interface MailParameters {
  /** `SIZE=`, octets; an estimate (RFC 1870 §6). `null` when not given. */
  readonly size: Octets | null
  /** `BODY=` (RFC 6152 §2); `null` when not given. */
  readonly body: '7BIT' | '8BITMIME' | null
  /** `AUTH=` decoded, `<>` for the empty one: who submitted the message first, as the peer claims (RFC 4954 §5). `null` when not given. */
  readonly auth: string | null
}

/** A transaction, from MAIL to the end of DATA (RFC 5321 §3.3). */
export interface SmtpTransaction {
  /** Where failures are reported to; `null` for `<>`, the null reverse-path of notifications (RFC 5321 §4.5.5). */
  readonly reversePath: Mailbox | null
  readonly parameters: MailParameters
}

export const NO_PARAMETERS: MailParameters = { size: null, body: null, auth: null }

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
  news: Partial<Pick<SmtpSession, 'hello' | 'heloName' | 'identity'>>,
): SmtpSession {
  const next = { ...session, ...news }
  return { ...next, protocol: withProtocol(next) }
}

/** RFC 3848 §1. HELO leaves a session without extensions, and so without S and A. */
function withProtocol(session: Omit<SmtpSession, 'protocol'>): WithProtocol {
  if (session.hello === 'HELO' || (session.hello === null && session.role !== 'lmtp')) return 'SMTP'
  const base = session.role === 'lmtp' ? 'LMTP' : 'ESMTP'
  const isAuthenticated = session.identity !== null
  if (session.tls === null) return isAuthenticated ? `${base}A` : base
  return isAuthenticated ? `${base}SA` : `${base}S`
}

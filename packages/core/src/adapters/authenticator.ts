import type { AccountId, Millis } from '../brands.js'
import type { ClientCertificate } from '../engine.js'

/** The protocol a user comes through; an authenticator may allow some users only some of them. */
export type Service = 'smtp' | 'submission' | 'lmtp' | 'imap' | 'pop3' | 'managesieve'

/** What is known of the connection when somebody logs in. */
export interface LoginContext {
  readonly service: Service
  /** The peer's address in its usual text form. */
  readonly peerAddress: string
  readonly isSecure: boolean
  /** The certificate that the peer showed, where it was asked for one. */
  readonly certificate?: ClientCertificate
}

/** Who somebody turned out to be. */
export interface Identity {
  /** The login name in its normal form, for logs, sender checks and `Received`. */
  readonly user: string
  readonly account: AccountId
}

export type AuthResult =
  /** `referral`: the user's own mailboxes are on another server, others are here (RFC 2221 §4); an IMAP URL. */
  | ({ readonly kind: 'accepted'; readonly referral?: string } & Identity)
  /**
   * Wrong name or password: which of the two is never said. `delay` is how long the answer waits at least, when the
   * authenticator throttles; the engine's own failure delay applies as well.
   */
  | { readonly kind: 'rejected'; readonly delay?: Millis }
  /** Right password, but it may not be used: said only to who knows it (RFC 5530 §3 EXPIRED, CONTACTADMIN). */
  | { readonly kind: 'expired' }
  | { readonly kind: 'disabled' }
  /**
   * Right password, but the user's mail is on another server: `url` says where, as in `imap://fred;AUTH=*@mail2.example.com/`. Only ever
   * for the right password (RFC 2221 §6). IMAP passes it on; to other protocols the account is disabled.
   */
  | { readonly kind: 'referral'; readonly url: string }
  /** A backend is away; the peer is told to try later. */
  | { readonly kind: 'unavailable' }

/**
 * Decides who may enter. Unknown users cost the same work and time as wrong passwords, in every method that checks a
 * secret.
 */
export interface Authenticator {
  /**
   * Some users' secrets are known as they are, so `verifyDigest` may accept somebody. Hosts offer APOP only then: s-nail, for one, takes
   * the offer and does not try a password any more when it is refused. Absent: no.
   */
  readonly knowsSecrets?: boolean

  /**
   * Checks a password. `authorize` is the identity asked for when it differs from the one that is proved (RFC 4616 §2).
   */
  verifyPassword(
    args: {
      readonly user: string
      readonly password: string
      readonly authorize?: string
      readonly context: LoginContext
    },
    signal: AbortSignal,
  ): Promise<AuthResult>

  /**
   * Checks a keyed digest of a challenge against the user's stored secret: APOP (RFC 1939 §7, lower-case hex of MD5)
   * or CRAM-MD5 (RFC 2195). Users whose secret is only known hashed are rejected.
   */
  verifyDigest(
    args: {
      readonly user: string
      readonly mechanism: 'APOP' | 'CRAM-MD5'
      readonly challenge: string
      readonly response: string
      readonly context: LoginContext
    },
    signal: AbortSignal,
  ): Promise<AuthResult>

  /** Finds a user without a secret, as RCPT does. Not for login: the answer says whether the user exists. */
  lookupUser(
    args: { readonly user: string },
    signal: AbortSignal,
  ): Promise<
    ({ readonly kind: 'found' } & Identity) | { readonly kind: 'noSuchUser' } | { readonly kind: 'unavailable' }
  >
}

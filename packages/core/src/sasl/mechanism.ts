/**
 * What a SASL mechanism does next. `verify` hands over what the peer claims; whether it is true is the Authenticator's
 * to say.
 */
export type SaslStep =
  | { readonly kind: 'challenge'; readonly data: Uint8Array }
  | { readonly kind: 'verify'; readonly claim: SaslClaim }
  /** The peer broke the mechanism's rules: the exchange is over. */
  | { readonly kind: 'malformed' }

export type SaslClaim = {
  readonly kind: 'password'
  readonly user: string
  readonly password: string
  /** The identity to act as, when it differs (RFC 4422 §3.4.1). */
  readonly authorize?: string
}

/** One exchange of one mechanism, server side: a machine without time, randomness or calls. */
export interface SaslExchange {
  /** Takes the peer's response; `null` once, at the start, when it gave no initial response. */
  step(response: Uint8Array | null): SaslStep
}

export interface SaslMechanism {
  /** As in `AUTH=`. */
  readonly name: string
  /** The secret itself crosses the wire: refused in clear text unless the host says otherwise. */
  readonly isPlaintext: boolean
  begin(): SaslExchange
}

/** Octets of a user name or password. Default 1,024; longer is malformed: no directory keeps such names. */
export const SASL_FIELD_OCTETS = 1_024

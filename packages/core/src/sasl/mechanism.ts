import type { TlsFacts } from '../engine.js'

/**
 * What a SASL mechanism does next. `verify` hands over what the peer claims; whether it is true is the Authenticator's
 * to say.
 */
export type SaslStep =
  | { readonly kind: 'challenge'; readonly data: Uint8Array }
  | { readonly kind: 'verify'; readonly claim: SaslClaim }
  /** The peer broke the mechanism's rules: the exchange is over. */
  | { readonly kind: 'malformed' }

export type SaslClaim =
  | PasswordClaim
  /** The peer's certificate says who it is (RFC 4422 §A). */
  | { readonly kind: 'certificate'; readonly authorize?: string }

export type PasswordClaim = {
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
  /** Only for who showed a certificate that is believed. */
  readonly needs?: 'certificate'
  begin(): SaslExchange
}

/** Those that may be used on a connection as it is now. */
export function usableMechanisms(
  mechanisms: readonly SaslMechanism[],
  { plaintext, tls }: { readonly plaintext: 'allowed' | 'refused'; readonly tls: TlsFacts | null },
): readonly SaslMechanism[] {
  return mechanisms.filter(({ isPlaintext, needs }) => {
    if (needs === 'certificate') return tls?.client?.isTrusted === true && tls.client.user !== null
    return plaintext === 'allowed' || !isPlaintext
  })
}

/** Octets of a user name or password. Default 1,024; longer is malformed: no directory keeps such names. */
export const SASL_FIELD_OCTETS = 1_024

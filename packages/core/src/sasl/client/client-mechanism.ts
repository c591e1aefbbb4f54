/** What a client proves itself by. */
export type SaslCredentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string; readonly authorize?: string }
  /** An access token of OAuth 2 (RFC 7628). */
  | { readonly kind: 'token'; readonly user: string; readonly token: string }
  /** What TLS proved already, by our certificate (RFC 4422 Appendix A). */
  | { readonly kind: 'external'; readonly authorize: string }

/** The client's side of one exchange: answers challenges. `null` for a challenge it cannot answer: the exchange is cancelled. */
export interface SaslClientExchange {
  /** What goes with the first command; `null` when the server speaks first. */
  readonly initialResponse: Uint8Array | null
  respond(challenge: Uint8Array): Uint8Array | null
  /** Of mechanisms by which the server proves itself, too: whether it has. Without that no success counts (RFC 5802 §5). */
  readonly isProved?: boolean
}

/** The client's side of a SASL mechanism, a machine without time, randomness or calls. */
export interface SaslClientMechanism {
  readonly name: string
  /** The secret itself crosses the wire: not to be used in clear text. */
  readonly isPlaintext: boolean
  /** `null` where these credentials are of another kind. */
  begin(credentials: SaslCredentials): SaslClientExchange | null
}

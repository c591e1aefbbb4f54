import type { Authenticator, AuthResult, LoginContext } from '../adapters/authenticator.js'
import { fromBase64, toBase64 } from '../bytes.js'
import { caller, type Flow, type LineInput, readLine } from '../flow.js'
import { SASL_LINE_OCTETS } from '../limits.js'
import type { SaslMechanism } from './mechanism.js'

const { call } = caller<Authenticator>()

/** How a SASL exchange ended. Each protocol has its own words for each. */
export type SaslOutcome =
  | AuthResult
  /** The peer sent `*` (RFC 4954 §4, RFC 9051 §6.2.2). */
  | { readonly kind: 'cancelled' }
  /** Not base64, or against the mechanism's rules. */
  | { readonly kind: 'malformed' }
  /** A response line past the limit; it was consumed. */
  | { readonly kind: 'overlong' }

/**
 * Runs one exchange on a line protocol, up to the authenticator's verdict. Waits for nothing but the peer and the
 * authenticator; the failure delay is the protocol's.
 *
 * @param options.initialResponse in base64 as the peer sent it, `=` for an empty one (RFC 4954 §4); `null` for none.
 * @param options.sendChallenge writes a challenge given in base64, in the protocol's form.
 */
export function* saslExchange(options: {
  readonly mechanism: SaslMechanism
  readonly initialResponse: string | null
  readonly context: LoginContext
  readonly sendChallenge: (base64: string) => void
  /** Told whose name the peer claims, before it is verified: the log of a failed login wants it. */
  readonly claimed?: (user: string) => void
}): Flow<SaslOutcome> {
  const exchange = options.mechanism.begin()
  let response: Uint8Array | null = null
  if (options.initialResponse !== null) {
    const decoded = decodeInitial(options.initialResponse)
    if (decoded === undefined) return { kind: 'malformed' }
    response = decoded
  }
  for (;;) {
    const step = exchange.step(response)
    switch (step.kind) {
      case 'malformed':
        return { kind: 'malformed' }
      case 'verify': {
        if (step.claim.kind === 'certificate') return yield* byCertificate(step.claim, options)
        const { kind: _, ...claim } = step.claim
        options.claimed?.(claim.user)
        return yield* call('verifyPassword', { ...claim, context: options.context })
      }
      case 'challenge': {
        options.sendChallenge(toBase64(step.data))
        const answer = decodeLine(yield* readLine(SASL_LINE_OCTETS))
        if (!(answer instanceof Uint8Array)) return answer
        response = answer
        break
      }
      default:
        step satisfies never
    }
  }
}

/** The certificate was checked with the handshake; what is left is whether there is such a user, and that he wants to be nobody else. */
function* byCertificate(
  { authorize }: { readonly authorize?: string },
  { context, claimed }: { readonly context: LoginContext; readonly claimed?: (user: string) => void },
): Flow<SaslOutcome> {
  const { certificate } = context
  if (certificate?.isTrusted !== true || certificate.user === null) return { kind: 'rejected' }
  claimed?.(certificate.user)
  const found = yield* call('lookupUser', { user: certificate.user })
  if (found.kind === 'unavailable') return found
  if (found.kind === 'noSuchUser') return { kind: 'rejected' }
  if (authorize !== undefined && authorize !== certificate.user && authorize !== found.user) return { kind: 'rejected' }
  return { kind: 'accepted', user: found.user, account: found.account }
}

function decodeInitial(text: string): Uint8Array | undefined {
  return text === '=' ? new Uint8Array(0) : fromBase64(text)
}

function decodeLine(input: Exclude<LineInput, { readonly kind: 'push' }>): Uint8Array | SaslOutcome {
  if (input.kind === 'overlong') return { kind: 'overlong' }
  if (input.text === '*') return { kind: 'cancelled' }
  return fromBase64(input.text) ?? { kind: 'malformed' }
}

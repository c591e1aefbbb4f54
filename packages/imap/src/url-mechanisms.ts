import type { Session } from './session.js'

/** The mechanism that every server has, and the only one here (RFC 4467 §2.4.1). Names compare without case. */
export const INTERNAL = 'INTERNAL'

/**
 *     resp-text-code =/ "URLMECH" SP "INTERNAL" *(SP mechanism ["=" base64])
 *
 * RFC 4467 §9. `null` where it must not be told: not to sessions that may be listened to (§8), which are those that may not say
 * a password either.
 */
export function mechanismsCode(session: Session): string | null {
  return session.offers('URLAUTH') && session.takesPasswords ? `URLMECH ${INTERNAL}` : null
}

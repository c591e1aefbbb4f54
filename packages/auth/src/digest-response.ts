import { createHash, createHmac } from 'node:crypto'
import { sameSecret } from './secret.js'

/** Mechanisms that prove a password by a digest of a challenge. Both need the password itself on our side. */
export type DigestMechanism = 'APOP' | 'CRAM-MD5'

/**
 * Computes what a client that knows `secret` answers, in lower-case hex.
 *
 * APOP: MD5 of the challenge (with its angle brackets) and the secret, RFC 1939 §7. CRAM-MD5: HMAC-MD5 of the challenge,
 * keyed with the secret, RFC 2195 §2.
 */
export function digestResponse(mechanism: DigestMechanism, challenge: string, secret: string): string {
  switch (mechanism) {
    case 'APOP':
      return createHash('md5').update(challenge, 'utf8').update(secret, 'utf8').digest('hex')
    case 'CRAM-MD5':
      return createHmac('md5', secret).update(challenge, 'utf8').digest('hex')
    default:
      return mechanism satisfies never
  }
}

/** Checks a client's answer in constant time. */
export function digestMatches(
  mechanism: DigestMechanism,
  challenge: string,
  secret: string,
  response: string,
): boolean {
  return sameSecret(digestResponse(mechanism, challenge, secret), response)
}

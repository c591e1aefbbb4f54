import { latin1ToUtf8 } from '@mailwright/core'

/**
 * A name that USER or APOP gives: well-formed UTF-8 without control characters (RFC 6856 §2.2 obliges to refuse
 * anything else). Whose it is, and in which spelling, is the authenticator's business.
 */
export function userName(octets: string): string | undefined {
  const name = latin1ToUtf8(octets)
  return name === undefined || name === '' || /\p{Cc}/u.test(name) ? undefined : name
}

/**
 * APOP's arguments: a name, and an MD5 digest in lower-case hexadecimal.
 *
 *     apop-arguments = name SP 32(DIGIT / %x61-66)
 *
 * RFC 1939 §7.
 */
export function apopArguments(octets: string): { readonly user: string; readonly digest: string } | undefined {
  const match = /^(.+) ([0-9a-f]{32})$/.exec(octets)
  const user = userName(match?.[1] ?? '')
  const digest = match?.[2]
  return user === undefined || digest === undefined ? undefined : { user, digest }
}

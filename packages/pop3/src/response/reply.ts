import type { CloseReason, Flow } from '@mailwright/core'

/**
 * The answer to a command. Flows return it; only the command runner writes it, so every command has exactly one.
 *
 *     single-line = status [SP text] CRLF ;512 octets maximum
 *
 * RFC 2449 §3.
 */
export interface Reply {
  readonly status: '+OK' | '-ERR'
  /** Never what the peer sent: it may be anything. */
  readonly text: string
  /** The peer brought it upon itself: too many of these end the connection. */
  readonly isRefusal: boolean
  /** What follows the status line: the lines of a multi-line reply with their end, or a TLS negotiation. */
  readonly sequel?: () => Flow<void>
  /** The connection closes afterwards. */
  readonly close?: CloseReason
}

export function ok(text: string, sequel?: () => Flow<void>): Reply {
  const reply = { status: '+OK', text, isRefusal: false } as const
  return sequel === undefined ? reply : { ...reply, sequel }
}

/** The peer's mistake: unknown, malformed, out of place, or a wrong password. */
export function refused(text: string): Reply {
  return { status: '-ERR', text, isRefusal: true }
}

/** Not the peer's mistake, or none that costs it its connection. */
export function failed(text: string): Reply {
  return { status: '-ERR', text, isRefusal: false }
}

/** Whatever the store or another adapter could not do. The peer may try again (RFC 3206 §4); the log knows more. */
export const INTERNAL_ERROR: Reply = failed(
  '[SYS/TEMP] Internal error occurred. Refer to server log for more information.',
)

/** Dovecot's words, with the code of RFC 3206 §5. */
export const PLAINTEXT_DISALLOWED: Reply = failed(
  '[AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
)

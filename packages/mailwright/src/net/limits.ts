import type { Millis } from '@mailwright/core'

/** Bounds on connections, for the whole server. */
export interface ConnectionLimits {
  /** Connections at once from one client address (an IPv6 network of 64 bits counts as one). Default 50 (Postfix): more are refused in the protocol's words. Loopback is not limited. */
  readonly perAddress: number
  /** Sessions at once of one user from one client address, by IMAP and POP3. Default 10 (Dovecot): more than a mail client opens. Passed: the login is refused as temporarily unavailable. Loopback is not limited. */
  readonly perUser: number
  /** Connections at once in all, TLS handshakes included. Default 5,000: file descriptors and memory stay within a small machine's means. Over it the oldest stranger goes, then the oldest that only delivers mail, never a logged-in user; with none of them left the newcomer is refused. */
  readonly total: number
  /** How long a graceful close waits for commands at hand. Default 10 s; then connections are cut. */
  readonly closeGrace: Millis
  /** How long a TLS handshake may take. Default 30 s: ten times what a slow mobile link needs; the socket is closed. */
  readonly handshake: Millis
  /** How long a peer may refuse to read. Default 300 s, as long as a sender may be silent (RFC 5321 §4.5.3.2). */
  readonly write: Millis
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  perAddress: 50,
  perUser: 10,
  total: 5_000,
  closeGrace: 10_000,
  handshake: 30_000,
  write: 300_000,
}

/** Octets of a proxy's header. Default 4,096: addresses take 52 at most, additions (names, certificates' subjects) the rest. Passed: the connection is closed. */
export const PROXY_HEADER_OCTETS = 4_096

/** How long a proxy may take for its header. Default 5 s (Postfix): it sends it at once, and one lost packet is sent again in 3 s. Passed: the connection is closed. */
export const PROXY_HEADER_TIME: Millis = 5_000

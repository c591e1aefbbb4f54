import type { Millis, Octets } from '@mailwright/core'

/** How DNS is asked, and how much of it is remembered. */
export interface DnsLimits {
  /** How long one server has for an answer. Default 5 s (resolv.conf(5)). Passed: the next server is asked. */
  readonly timeout: Millis
  /** How often the list of servers is gone through. Default 2 (resolv.conf(5)). Passed: try again later. */
  readonly attempts: number
  /** Servers that are used. Default 3 (MAXNS of resolv.conf(5)). */
  readonly servers: number
  /** Questions under way at once. Default 256: each has a socket. More wait for their turn. */
  readonly concurrency: number
  /** What we take in one datagram. Default 1,232 (DNS flag day 2020: never fragmented). More comes by TCP. */
  readonly datagramOctets: Octets
  /** Aliases (CNAME) followed for one answer. Default 10: more is a loop. Passed: try again later. */
  readonly aliases: number
  /** Records kept of one answer. Default 256: a set of more means harm. The rest is dropped. */
  readonly records: number
  /** Answers remembered. Default 10,000: a few megabytes. The one that was used longest ago is forgotten. */
  readonly cacheEntries: number
  /** The longest that an answer is remembered. Default 1 day, whatever its TTL says (RFC 2181 §8 lets us). */
  readonly cacheAge: Millis
  /** The same for "there is none". Default 1 h (RFC 2308 §5 advises one to three). */
  readonly negativeAge: Millis
  /** The same for failures. Default 5 s (RFC 9520 §3.2 asks for at least one): a dead server is not asked by every message. */
  readonly failureAge: Millis
}

export const DNS_LIMITS: DnsLimits = {
  timeout: 5_000,
  attempts: 2,
  servers: 3,
  concurrency: 256,
  datagramOctets: 1_232,
  aliases: 10,
  records: 256,
  cacheEntries: 10_000,
  cacheAge: 86_400_000,
  negativeAge: 3_600_000,
  failureAge: 5_000,
}

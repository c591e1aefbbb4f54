import type { Millis, UnixMillis } from '../brands.js'

/** Time, as an input. `now` is monotonic and has no meaning but its differences; `date` is the calendar. */
export interface Clock {
  now(): Millis
  date(): UnixMillis
  /** Calls `wake` once, `delay` from now, until the returned release is called. */
  after(delay: Millis, wake: () => void): () => void
}

/** Randomness, as an input. */
export interface Random {
  /** `count` unpredictable octets. */
  bytes(count: number): Uint8Array
}

/** Counts events per key; shared by several nodes when the adapter is. */
export interface RateLimiter {
  /** Adds `cost` to `key`'s account, which drains over `window`. Answers what the account holds now. */
  count(
    args: { readonly key: string; readonly cost: number; readonly window: Millis },
    signal: AbortSignal,
  ): Promise<{ readonly total: number }>
}

/** DNS, as an adapter. `notFound` covers NXDOMAIN and no data; a temporary failure is `tryAgain`, never a fault. */
export interface Resolver {
  resolveMx(
    args: { readonly domain: string },
    signal: AbortSignal,
  ): Promise<DnsAnswer<{ readonly preference: number; readonly exchange: string }>>
  /** IPv4 and IPv6, or only one of them; an answer about either is an answer. */
  resolveAddresses(
    args: { readonly host: string; readonly family?: 'ipv4' | 'ipv6' },
    signal: AbortSignal,
  ): Promise<DnsAnswer<string>>
  resolveTxt(args: { readonly name: string }, signal: AbortSignal): Promise<DnsAnswer<string>>
  /** The domain's own name servers; not those of the zone that it is in. */
  resolveNs(args: { readonly domain: string }, signal: AbortSignal): Promise<DnsAnswer<string>>
  resolvePtr(args: { readonly address: string }, signal: AbortSignal): Promise<DnsAnswer<string>>
  resolveTlsa(
    args: { readonly name: string },
    signal: AbortSignal,
  ): Promise<
    DnsAnswer<{
      readonly usage: number
      readonly selector: number
      readonly matching: number
      readonly association: Uint8Array
    }>
  >
}

export type DnsAnswer<Record> =
  | { readonly kind: 'found'; readonly records: readonly Record[]; readonly isAuthentic: boolean }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'tryAgain'; readonly reason: string }

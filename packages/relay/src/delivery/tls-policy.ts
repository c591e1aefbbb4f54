import type { Flow } from '@mailwright/core'
import { domainKeys } from '../routing/address.js'
import { firstOf } from '../routing/lookups.js'

/** Whether and how connections to a destination are encrypted: Postfix's levels. */
export type TlsPolicy =
  | { readonly level: 'none' }
  /** As far as it is offered; whoever answers. */
  | { readonly level: 'may' }
  /** Always; whoever answers. */
  | { readonly level: 'encrypt' }
  /**
   * Always, and with whom the names say: `hostname` (by default of `verify`), `nexthop` and `dot-nexthop` (by default of `secure`, for
   * DNS may lie about the host), a name, or `.example.org` for all names below it.
   */
  | { readonly level: 'verify' | 'secure'; readonly names?: readonly string[] }
  /** Always, and with one of these certificates or public keys: SHA-256, as in `AB:CD:…`. */
  | { readonly level: 'fingerprint'; readonly fingerprints: readonly string[] }
  /** With whom DNS names by TLSA records that DNSSEC proves (RFC 7672); where it names nobody, as `may`, or of `dane-only` not at all. */
  | { readonly level: 'dane' | 'dane-only' }

/** A record that says who may answer at a host (RFC 6698 §2.1). */
export interface TlsaRecord {
  readonly usage: number
  readonly selector: number
  readonly matching: number
  readonly association: Uint8Array
}

/** What a connection to one host must prove: a policy, and what DNS said. */
export type TlsDemand =
  | { readonly level: 'none' | 'may' | 'encrypt' }
  /** One of the names must be in a certificate that an authority vouches for. */
  | { readonly level: 'names'; readonly names: readonly string[] }
  | { readonly level: 'fingerprint'; readonly fingerprints: readonly string[] }
  /** One of the records must fit; the names are for those that vouch for an authority. */
  | { readonly level: 'dane'; readonly records: readonly TlsaRecord[]; readonly names: readonly string[] }

/**
 * Reads a policy as smtp_tls_policy_maps has it.
 *
 *     policy = level *(1*WSP name "=" value)
 *
 * `match` holds names, or fingerprints, with `:` or `|` between them. @returns `undefined` for what is none; an attribute that is not known is not passed over: it
 * may have asked for more than we would give.
 */
export function parseTlsPolicy(text: string): TlsPolicy | undefined {
  const [level = '', ...attributes] = text.trim().split(/\s+/)
  const matches: string[] = []
  for (const attribute of attributes) {
    const value = /^match=(.+)$/.exec(attribute)?.[1]
    if (value === undefined) return undefined
    matches.push(...value.split(level === 'fingerprint' ? '|' : ':'))
  }
  if (matches.includes('')) return undefined
  switch (level) {
    case 'none':
    case 'may':
    case 'encrypt':
    case 'dane':
    case 'dane-only':
      return matches.length === 0 ? { level } : undefined
    case 'verify':
    case 'secure':
      return matches.length === 0 ? { level } : { level, names: matches }
    case 'fingerprint':
      return matches.length > 0 && matches.every((each) => FINGERPRINT.test(each))
        ? { level, fingerprints: matches }
        : undefined
    default:
      return undefined
  }
}

const FINGERPRINT = /^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/i

/** The keys of a destination's policy: the nexthop as it stands, with its brackets and its port; of a domain also those above it, as `.example.org`. */
function policyKeys(nexthop: string): readonly string[] {
  const name = nexthop.toLowerCase()
  if (!/^[^[\]:]+(?::[\w-]+)?$/.test(name)) return [name]
  const [domain = ''] = name.split(':')
  return [name, ...domainKeys(domain).slice(1)]
}

/** Finds a destination's policy among those that were read; the first key that is there holds. */
export function findTlsPolicy(policies: ReadonlyMap<string, TlsPolicy>, nexthop: string): TlsPolicy | undefined {
  for (const key of policyKeys(nexthop)) {
    const policy = policies.get(key)
    if (policy !== undefined) return policy
  }
  return undefined
}

/** Finds it in tables (smtp_tls_policy_maps). `unavailable`: it cannot be known now, or is none, and without it nothing may be sent. */
export function* lookUpTlsPolicy(tables: readonly string[], nexthop: string): Flow<TlsPolicy | 'none' | 'unavailable'> {
  for (const [at, key] of policyKeys(nexthop).entries()) {
    const answer = yield* firstOf(tables, key, at === 0 ? 'whole' : 'part')
    if (answer.kind === 'tryAgain') return 'unavailable'
    if (answer.kind === 'found') return parseTlsPolicy(answer.value) ?? 'unavailable'
  }
  return 'none'
}

import { caller, type Flow, type Resolver } from '@mailwright/core'
import { isAddress } from './destination.js'
import type { TlsaRecord, TlsDemand, TlsPolicy } from './tls-policy.js'

const { call } = caller<Resolver>()

/** What a connection must prove, or why there can be none now. */
export type DemandAnswer =
  | { readonly kind: 'demand'; readonly demand: TlsDemand }
  | { readonly kind: 'deferred'; readonly status: string; readonly text: string }

/** Where a connection goes, for its certificate's sake. */
export interface DemandedHost {
  readonly name: string
  readonly port: number
  /** DNSSEC proved the way to it. */
  readonly isAuthentic: boolean
  /** The domain, or the host, that the mail is for, without brackets and port. */
  readonly nexthop: string
}

/** Turns a policy into what is asked of one host. Only `dane` looks anything up. */
export function* demandFor(policy: TlsPolicy, host: DemandedHost): Flow<DemandAnswer> {
  switch (policy.level) {
    case 'none':
    case 'may':
    case 'encrypt':
      return demand({ level: policy.level })
    case 'verify':
      return demand({ level: 'names', names: namesOf(policy.names ?? ['hostname'], host) })
    case 'secure':
      return demand({ level: 'names', names: namesOf(policy.names ?? ['nexthop', 'dot-nexthop'], host) })
    case 'fingerprint':
      return demand({ level: 'fingerprint', fingerprints: policy.fingerprints })
    case 'dane':
    case 'dane-only':
      return yield* byDns(policy.level, host)
    default:
      return policy satisfies never
  }
}

function namesOf(patterns: readonly string[], { name, nexthop }: DemandedHost): readonly string[] {
  return patterns.map((pattern) => {
    switch (pattern) {
      case 'hostname':
        return name
      case 'nexthop':
        return nexthop
      case 'dot-nexthop':
        return `.${nexthop}`
      default:
        return pattern
    }
  })
}

/**
 * RFC 7672 §2.2. Records count only where DNSSEC proves the way to the host and the records themselves; that they cannot be had now
 * is no reason to go without, for somebody may have seen to it.
 */
function* byDns(level: 'dane' | 'dane-only', host: DemandedHost): Flow<DemandAnswer> {
  const { name, port, isAuthentic, nexthop } = host
  if (!isAuthentic || isAddress(name)) return withoutRecords(level, 'non DNSSEC destination')
  const answer = yield* call('resolveTlsa', { name: `_${port}._tcp.${name}` })
  if (answer.kind === 'tryAgain') {
    return { kind: 'deferred', status: '4.7.5', text: `TLSA lookup error for ${name}:${port}` }
  }
  if (answer.kind === 'notFound' || !answer.isAuthentic) return withoutRecords(level, 'no TLSA records found')
  const records = answer.records.filter(isUsable)
  // Records of no use to us still say that there is TLS (RFC 7672 §2.2).
  if (records.length === 0) {
    return level === 'dane' ? demand({ level: 'encrypt' }) : withoutRecords(level, 'TLSA records unusable')
  }
  return demand({ level: 'dane', records, names: [...new Set([name, nexthop])] })
}

function withoutRecords(level: 'dane' | 'dane-only', why: string): DemandAnswer {
  return level === 'dane' ? demand({ level: 'may' }) : { kind: 'deferred', status: '4.7.5', text: why }
}

/** Octets of SHA-256 and SHA-512, by their numbers in a record (RFC 6698 §2.1.3). */
const DIGESTS: { readonly [matching: number]: number } = { 1: 32, 2: 64 }

/** DANE-TA and DANE-EE only; the authorities of the others prove nothing in SMTP (RFC 7672 §3.1.3). */
function isUsable({ usage, selector, matching, association }: TlsaRecord): boolean {
  const isKnown = (usage === 2 || usage === 3) && (selector === 0 || selector === 1)
  return isKnown && (matching === 0 ? association.length > 0 : DIGESTS[matching] === association.length)
}

function demand(what: TlsDemand): DemandAnswer {
  return { kind: 'demand', demand: what }
}

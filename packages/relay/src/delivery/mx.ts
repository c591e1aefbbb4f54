import { caller, type DnsAnswer, type Flow, type Random, type Resolver } from '@mailwright/core'
import { type Destination, isAddress } from './destination.js'

const { call } = caller<Resolver>()

/** A host to try, with all its addresses in the order to try them. */
export interface MailHost {
  readonly name: string
  readonly addresses: readonly string[]
  readonly port: number
  /** DNS proved the way to it (DNSSEC), so that its TLSA records can be believed. */
  readonly isAuthentic: boolean
}

/** Where to connect to, or why nowhere. In Postfix's words. */
export type HostsAnswer =
  | { readonly kind: 'hosts'; readonly hosts: readonly MailHost[] }
  | { readonly kind: 'failed' | 'deferred'; readonly status: string; readonly text: string }

type Family = 'ipv4' | 'ipv6'

/** What we are, so that mail does not come back to us. */
export interface OwnNames {
  /** Names of ours, in lower case. */
  readonly hosts: ReadonlySet<string>
  /** Addresses that we listen on. */
  readonly addresses: ReadonlySet<string>
}

/** The port of those who take mail for domains (RFC 5321 §4.5.4.2). */
const SMTP = 25

/** MX records that are looked at. Default 100 (a domain with more means harm); the best are kept. */
const MX_RECORDS = 100

/**
 * Finds the hosts of a destination: the domain's MX records by preference, equals in any order (RFC 5321 §5.1); without any the domain itself. A null MX means that
 * the domain takes no mail (RFC 7505 §3). Where we are one of its hosts ourselves, only better ones are left; at another port than 25 it is somebody else who listens, a
 * filter, say.
 *
 * @param family the only addresses that are used; all when absent.
 * @param random shuffles hosts of the same preference, and the addresses of a host, to spread the load (Postfix's smtp_randomize_addresses).
 */
export function* findHosts(
  destination: Exclude<Destination, { readonly kind: 'unix' }>,
  own: OwnNames,
  random: Random,
  family?: Family,
): Flow<HostsAnswer> {
  if (destination.kind === 'host') return yield* oneHost(destination.host, destination.port, own, random, family)
  const { domain, port } = destination
  const answer = yield* call('resolveMx', { domain })
  if (answer.kind === 'tryAgain') return unresolved(domain, 'MX', answer.reason)
  if (answer.kind === 'notFound') return yield* oneHost(domain, port, own, random, family)
  const records = answer.records.map(({ preference, exchange }) => ({
    preference,
    exchange: exchange.replace(/\.$/, '').toLowerCase(),
  }))
  const [only] = records
  if (records.length === 1 && only?.exchange === '') {
    return { kind: 'failed', status: '5.1.10', text: `Domain ${domain} does not accept mail (nullMX)` }
  }
  const named = records.filter(({ exchange }) => exchange !== '')
  const order = shuffled(named, random)
    .sort((one, other) => one.preference - other.preference)
    .slice(0, MX_RECORDS)
  const hosts: (MailHost & { readonly preference: number })[] = []
  let trouble: HostsAnswer | null = null
  for (const { preference, exchange } of order) {
    const found = yield* addressesOf(exchange, family)
    if (found.kind === 'found') {
      const isAuthentic = answer.isAuthentic && found.isAuthentic
      hosts.push({ name: exchange, addresses: spread(found.records, random), port, preference, isAuthentic })
    } else if (found.kind === 'tryAgain') trouble ??= unresolved(exchange, typeOf(family), found.reason)
  }
  const nobody = trouble ?? notFound(order.at(-1)?.exchange ?? domain, family)
  return withoutUs(domain, hosts, own, nobody)
}

/** RFC 5321 §5.1: hosts of our own preference and worse would give the message back to us. */
function withoutUs(
  domain: string,
  hosts: readonly (MailHost & { readonly preference: number })[],
  own: OwnNames,
  nobody: HostsAnswer,
): HostsAnswer {
  const us = hosts.find((host) => isOurs(host, own))
  const left = us === undefined ? hosts : hosts.filter(({ preference }) => preference < us.preference)
  if (left.length > 0) return { kind: 'hosts', hosts: left.map(({ preference: _, ...host }) => host) }
  if (us !== undefined) return loop(domain)
  return nobody
}

function* oneHost(
  host: string,
  port: number,
  own: OwnNames,
  random: Random,
  family: Family | undefined,
): Flow<HostsAnswer> {
  const found = yield* addressesOf(host, family)
  switch (found.kind) {
    case 'found': {
      const addresses = spread(found.records, random)
      const only = { name: host, addresses, port, isAuthentic: found.isAuthentic }
      return isOurs(only, own) ? loop(host) : { kind: 'hosts', hosts: [only] }
    }
    case 'tryAgain':
      return unresolved(host, typeOf(family), found.reason)
    case 'notFound':
      return notFound(host, family)
    default:
      return found satisfies never
  }
}

function isOurs({ name, addresses, port }: MailHost, own: OwnNames): boolean {
  return port === SMTP && (own.hosts.has(name.toLowerCase()) || addresses.some((each) => own.addresses.has(each)))
}

function loop(domain: string): HostsAnswer {
  return { kind: 'failed', status: '5.4.6', text: `mail for ${domain} loops back to myself` }
}

/** An exchange that is an address is against RFC 5321 §5.1, and is met all the same. */
function* addressesOf(host: string, family: Family | undefined): Flow<DnsAnswer<string>> {
  if (isAddress(host)) return { kind: 'found', records: [host], isAuthentic: false }
  return yield* call('resolveAddresses', { host, ...(family === undefined ? {} : { family }) })
}

/** The type that Postfix names: the last that it asked for. */
function typeOf(family: Family | undefined): string {
  return family === 'ipv4' ? 'A' : 'AAAA'
}

function notFound(name: string, family: Family | undefined): HostsAnswer {
  const text = `Host or domain name not found. Name service error for name=${name} type=${typeOf(family)}: Host not found`
  return { kind: 'failed', status: '5.4.4', text }
}

function unresolved(name: string, type: string, reason: string): HostsAnswer {
  const text = `Host or domain name not found. Name service error for name=${name} type=${type}: ${reason}`
  return { kind: 'deferred', status: '4.4.3', text }
}

/** Addresses of one family in any order; the family that DNS gives first stays the first. */
function spread(addresses: readonly string[], random: Random): readonly string[] {
  const isOfFirst = (address: string): boolean => address.includes(':') === addresses[0]?.includes(':')
  const others = addresses.filter((address) => !isOfFirst(address))
  return [...shuffled(addresses.filter(isOfFirst), random), ...shuffled(others, random)]
}

/** In an order of chance (Fisher and Yates). */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items]
  const order: T[] = []
  const bytes = random.bytes(items.length)
  for (const byte of bytes) order.push(...left.splice(byte % left.length, 1))
  return order
}

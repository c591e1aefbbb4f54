import { HostError, type LookupTables } from '@mailwright/core'
import { openNetwork, parseDestination, ROUTING_RULES, type RoutingRules, transportName } from '@mailwright/relay'
import type { RelayOptions } from '../server/relay-options.js'

/** This machine (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export const THIS_MACHINE: readonly string[] = ['127.0.0.0/8', '[::1]/128']

/** The table that `relay.transports` is, for rules that name tables. */
const TRANSPORTS = 'relay:transports'

/**
 * How a site routes, from its options.
 *
 * @throws {HostError} for a transport that is none, or that no agent has.
 */
export function routingRules(
  relay: Omit<RelayOptions, 'queue'>,
  site: {
    readonly origin: string
    readonly domains: readonly string[]
    readonly delimiter: string
    readonly postmaster?: string
  },
  agents: { readonly [transport: string]: unknown },
): RoutingRules {
  for (const [domain, text] of Object.entries(relay.transports ?? {})) {
    const name = transportName(text)
    if (name === undefined) throw new HostError(`relay.transports: ${JSON.stringify(text)} is no transport`)
    if (name !== '' && agents[name] === undefined) {
      throw new HostError(`relay.transports: nobody delivers by ${JSON.stringify(name)} (${domain})`)
    }
  }
  const { transportMaps = [], ...routing } = relay.routing ?? {}
  const { origin, domains, delimiter, postmaster } = site
  return {
    ...ROUTING_RULES,
    origin,
    destinations: domains,
    delimiter,
    ...(postmaster === undefined ? {} : { postmaster }),
    relayDomains: relay.domains ?? [],
    relayHost: relay.relayHost ?? '',
    ...routing,
    transportMaps: relay.transports === undefined ? transportMaps : [TRANSPORTS, ...transportMaps],
  }
}

/** Where classes go, by the names of options. */
const CLASS_TRANSPORTS = ['localTransport', 'virtualTransport', 'relayTransport', 'defaultTransport'] as const

/** @throws {HostError} for a class of addresses whose transport no agent has. */
export function refuseNobody(
  routing: NonNullable<RelayOptions['routing']>,
  agents: { readonly [transport: string]: unknown },
): void {
  for (const setting of CLASS_TRANSPORTS) {
    const [name] = routing[setting]?.split(':', 1) ?? []
    if (name !== undefined && agents[name] === undefined) {
      throw new HostError(`relay.routing.${setting}: nobody delivers by ${JSON.stringify(name)}`)
    }
  }
}

/** The tables that rules name: the host's, and the one of `relay.transports`. */
export function siteTables({ tables, transports = {} }: Omit<RelayOptions, 'queue'>): LookupTables {
  const own = new Map(Object.entries(transports).map(([domain, text]) => [domain.toLowerCase(), text]))
  return {
    lookup(args, signal) {
      if (args.table === TRANSPORTS) {
        const value = own.get(args.key.toLowerCase())
        return Promise.resolve(value === undefined ? { kind: 'notFound' } : { kind: 'found', value })
      }
      if (tables === undefined) throw new HostError(`relay.routing names ${args.table}, but there are no relay.tables`)
      return tables.lookup(args, signal)
    },
  }
}

/**
 * Mail is relayed for strangers only if somebody said so in as many words (RFC 5321 §7.9 leaves it to the site).
 *
 * @throws {HostError} in a sentence that says what to do.
 */
export function refuseOpenRelay({ networks = THIS_MACHINE, openRelay, relayHost }: RelayOptions): void {
  if (relayHost !== undefined && parseDestination(relayHost, 25) === undefined) {
    const shown = JSON.stringify(relayHost)
    throw new HostError(`relay.relayHost: ${shown} is no destination, as in "[smtp.example.net]:587"`)
  }
  const wide = openRelay === undefined ? openNetwork(networks) : undefined
  if (wide !== undefined) {
    throw new HostError(
      `relay.networks: ${JSON.stringify(wide)} would make this an open relay: whoever is in it may send to anybody, and so may spammers. ` +
        'Name your own networks; or set openRelay to "iKnowWhatIAmDoing"',
    )
  }
}

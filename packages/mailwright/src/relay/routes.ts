import { HostError, type QueuedMessage, type QueuedRecipient } from '@mailwright/core'
import { findTransport, openNetwork, parseDestination, parseTransport, type TransportChoice } from '@mailwright/relay'
import type { RouteAnswer } from '@mailwright/relay/driver'
import type { RelayOptions } from '../server/relay-options.js'

/** This machine (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export const THIS_MACHINE: readonly string[] = ['127.0.0.0/8', '[::1]/128']

/** Which way mail goes: as transports say; else our own domains end here, and everything else goes to the relay host or where its MX records point. */
export class Routes {
  readonly #ours: ReadonlySet<string>
  readonly #relayed: ReadonlySet<string>
  readonly #relayHost: string | undefined
  readonly #table: ReadonlyMap<string, TransportChoice>

  /** @throws {HostError} for a transport that is none, or that no agent has. */
  constructor(domains: readonly string[], relay: RelayOptions, agents: { readonly [transport: string]: unknown }) {
    const lowerCase = (names: readonly string[]): ReadonlySet<string> =>
      new Set(names.map((name) => name.toLowerCase()))
    this.#ours = lowerCase(domains)
    this.#relayed = lowerCase(relay.domains ?? [])
    this.#relayHost = relay.relayHost
    const choices = Object.entries(relay.transports ?? {}).map(([domain, text]): readonly [string, TransportChoice] => {
      const choice = parseTransport(text)
      if (choice === undefined) throw new HostError(`relay.transports: ${JSON.stringify(text)} is no transport`)
      if (choice.transport !== '' && agents[choice.transport] === undefined) {
        throw new HostError(`relay.transports: nobody delivers by ${JSON.stringify(choice.transport)} (${domain})`)
      }
      return [domain.toLowerCase(), choice]
    })
    this.#table = new Map(choices)
  }

  /** Mail for all of our own domains ends in the store: no transport says otherwise. */
  get endsHere(): boolean {
    return [...this.#ours].every((domain) => findTransport(this.#table, domain) === undefined)
  }

  /** The route of one recipient. */
  of({ address }: QueuedRecipient, { envelope }: QueuedMessage): RouteAnswer {
    const domain = domainOf(address)
    const filter = envelope.filter === undefined ? undefined : parseTransport(envelope.filter)
    const choice = filter ?? findTransport(this.#table, domain)
    const usual = this.#usual(domain)
    const transport = choice === undefined || choice.transport === '' ? usual.transport : choice.transport
    const nexthop = choice === undefined || choice.nexthop === '' ? usual.nexthop : choice.nexthop
    return { kind: 'route', route: { transport, nexthop, address } }
  }

  #usual(domain: string): TransportChoice {
    if (domain === '' || this.#ours.has(domain)) return { transport: 'local', nexthop: domain }
    const transport = this.#relayed.has(domain) ? 'relay' : 'smtp'
    return { transport, nexthop: this.#relayHost ?? domain }
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1 || address.length).toLowerCase()
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

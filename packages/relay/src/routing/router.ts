import { type Authenticator, caller, type Flow, type QueueEnvelope } from '@mailwright/core'
import type { AddressClass, Route } from '../route.js'
import { aliasTableName } from '../tables/table-kinds.js'
import { joinAddress, readAddress, type SplitAddress, splitAddress, splitExtension } from './address.js'
import { DomainList } from './domain-list.js'
import { firstOf } from './lookups.js'
import { type Mapped, mappedAddresses } from './mapped.js'
import { parseProgram } from './program.js'
import { unquoted } from './quoting.js'
import type { RoutingRules } from './rules.js'
import { transportOf } from './transport.js'

const { call } = caller<Authenticator>()

/** A table or the users could not be asked now. */
export const UNAVAILABLE = { kind: 'unavailable' } as const
export type Unavailable = typeof UNAVAILABLE

/** Which way a recipient goes, or why no way. */
export type Routed =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'failed' | 'deferred'; readonly status: string; readonly text: string }

/** Whether there is such a recipient. `table`: in Postfix's words where it was looked for. */
export type Existence =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown'; readonly table: string; readonly class: AddressClass }
  /** Its way ends: a transport table, or its class, sends it to `error:` (never) or `retry:` (not now). `text`: what stands behind that. */
  | { readonly kind: 'undeliverable'; readonly transport: 'error' | 'retry'; readonly text: string }
  | Unavailable

/** A site's routing: classes of addresses, who exists, where mail goes. Every answer is a flow of look-ups. */
export class Router {
  readonly rules: RoutingRules
  /** Tables of aliases by the names under which their files are read as such. */
  readonly aliasTables: readonly string[]
  readonly #origin: string
  readonly #destinations: DomainList
  /** ADDRESS_CLASS_README: the first list that has a domain says its class. */
  readonly #classes: readonly (readonly [AddressClass, DomainList])[]

  constructor(rules: RoutingRules) {
    this.rules = rules
    this.aliasTables = rules.aliasMaps.map(aliasTableName)
    this.#origin = rules.origin.toLowerCase()
    this.#destinations = new DomainList(rules.destinations)
    this.#classes = [
      ['local', this.#destinations],
      ['virtualAlias', new DomainList(rules.virtualAliasDomains)],
      ['virtualMailbox', new DomainList(rules.virtualMailboxDomains)],
      ['relay', new DomainList(rules.relayDomains)],
    ]
  }

  /**
   * An address with a domain: myorigin for none, mydomain behind one without a dot, where the site wants that. Of a source route the last address
   * counts (RFC 5321 §4.1.1.3); without a domain `host!user` and `user%host` are that user's on that host (swap_bangpath, allow_percent_hack), and no less
   * a stranger's than written with `@`.
   */
  qualify(address: string): SplitAddress {
    const split = readAddress(address)
    const { domain, dotless } = this.rules
    if (split.domain === '') {
      const rerouted = address.startsWith('"') ? null : reroute(split.local)
      return rerouted === null ? { ...split, domain: this.#origin } : this.qualify(rerouted)
    }
    const isBare = !split.domain.includes('.') && !split.domain.startsWith('[')
    if (!isBare || dotless !== 'append' || domain === undefined || this.rules.destinations.includes(split.domain))
      return split
    return { ...split, domain: `${split.domain}.${domain.toLowerCase()}` }
  }

  /** ADDRESS_CLASS_README: the first list that has the domain. */
  *classOf(domain: string): Flow<AddressClass | Unavailable> {
    for (const [name, list] of this.#classes) {
      const answer = yield* list.has(domain)
      if (answer === 'unknown') return UNAVAILABLE
      if (answer === 'listed') return name
    }
    return 'default'
  }

  /** Whether somebody gets mail for an address: an alias or virtual alias, or a user (reject_unlisted_recipient). */
  *exists(address: string): Flow<Existence> {
    const split = this.qualify(address)
    const name = yield* this.classOf(split.domain)
    if (typeof name === 'object') return name
    const { virtualAliasMaps, recipientCanonicalMaps, canonicalMaps } = this.rules
    for (const tables of [recipientCanonicalMaps, canonicalMaps, virtualAliasMaps]) {
      const mapped = yield* this.mapped(tables, split)
      if (mapped.kind === 'unavailable') return UNAVAILABLE
      if (mapped.kind === 'mapped') return { kind: 'known' }
    }
    const end = name === 'virtualAlias' ? null : yield* this.#endOf(name, split)
    if (end !== null) return end
    switch (name) {
      case 'local':
        return yield* this.#localExists(split)
      case 'virtualAlias':
        return { kind: 'unknown', table: 'virtual alias table', class: name }
      case 'virtualMailbox':
        return yield* this.#listedIn(this.rules.virtualMailboxMaps, split, 'virtual mailbox table', name)
      case 'relay':
        if (this.rules.relayRecipientMaps.length === 0) return { kind: 'known' }
        return yield* this.#listedIn(this.rules.relayRecipientMaps, split, 'relay recipient table', name)
      case 'default':
        return { kind: 'known' }
      default:
        return name satisfies never
    }
  }

  /** Which user of ours an address is; whole addresses before bare names, full names before their base. */
  *user({
    local,
    domain,
  }: SplitAddress): Flow<
    | { readonly kind: 'found'; readonly user: string; readonly account: string }
    | { readonly kind: 'noSuchUser' }
    | Unavailable
  > {
    const bare = unquoted(local)
    const base = splitExtension(bare, this.rules.delimiter)?.base
    const names = (base === undefined ? [bare] : [bare, base]).flatMap((name) => [`${name}@${domain}`, name])
    for (const user of names) {
      const found = yield* call('lookupUser', { user })
      if (found.kind === 'unavailable') return UNAVAILABLE
      if (found.kind === 'found') return { kind: 'found', user: found.user, account: found.account }
    }
    return { kind: 'noSuchUser' }
  }

  /** Where a queued recipient goes now. transport(5), ADDRESS_REWRITING_README. */
  *route(address: string, envelope: Pick<QueueEnvelope, 'reversePath' | 'filter'>): Flow<Routed> {
    const program = parseProgram(address)
    if (program !== undefined) {
      const { kind, text } = program
      // A filter gives mail back by its address, and this is none.
      if (envelope.filter !== undefined && envelope.filter !== '') {
        return { kind: 'failed', status: '5.3.5', text: `mail to ${kind} cannot be filtered` }
      }
      if (this.rules.aliasesMay.has(kind)) return to(kind, text, address)
      return { kind: 'failed', status: '5.7.1', text: `mail to ${kind} is restricted` }
    }
    if (envelope.filter !== undefined && envelope.filter !== '') {
      return { kind: 'route', route: routeBy(envelope.filter, splitAddress(address).domain, address) }
    }
    const split = this.qualify(address)
    const whole = joinAddress(split)
    const name = yield* this.classOf(split.domain)
    if (typeof name === 'object') return DEFERRED
    // Nothing is delivered to a domain of aliases, whatever a transport table says of it.
    if (name === 'virtualAlias') return to('error', '5.1.1 User unknown in virtual alias table', whole)
    const named = yield* transportOf(this.rules.transportMaps, split, this.rules.delimiter)
    if (named.kind === 'unavailable') return DEFERRED
    const fallback = yield* this.#classRoute(name, split, envelope.reversePath)
    if (fallback === null) return DEFERRED
    if (named.kind === 'notFound') return { kind: 'route', route: { ...fallback, address: whole } }
    // Either part may be left out: without a transport it is as without the table, without a nexthop the domain's.
    const { transport, nexthop } = named
    if (transport === '') return to(fallback.transport, nexthop === '' ? fallback.nexthop : nexthop, whole)
    const usual = transport === 'error' || transport === 'retry' ? 'Address is undeliverable' : split.domain
    return to(transport, nexthop === '' ? usual : nexthop, whole)
  }

  /** Whether tables may name users of a domain without it: myorigin and mydestination (virtual(5)). */
  *isOurs(domain: string): Flow<boolean | Unavailable> {
    if (domain === this.#origin) return true
    const answer = yield* this.#destinations.has(domain)
    return answer === 'unknown' ? UNAVAILABLE : answer === 'listed'
  }

  /** What tables make of an address, if anything; none are asked when there are none. */
  *mapped(tables: readonly string[], split: SplitAddress): Flow<Mapped> {
    if (tables.length === 0) return { kind: 'notFound' }
    const isOurs = yield* this.isOurs(split.domain)
    if (typeof isOurs === 'object') return isOurs
    return yield* mappedAddresses(tables, split, isOurs, this.rules.delimiter)
  }

  *#classRoute(
    name: Exclude<AddressClass, 'virtualAlias'>,
    split: SplitAddress,
    sender: string,
  ): Flow<Omit<Route, 'address'> | null> {
    const { localTransport, virtualTransport, relayTransport, defaultTransport } = this.rules
    switch (name) {
      case 'local':
        return routeBy(localTransport, split.domain, '')
      case 'virtualMailbox':
        return routeBy(virtualTransport, split.domain, '')
      case 'relay':
      case 'default': {
        const nexthop = yield* this.#relayHost(split.domain, sender)
        return nexthop === null ? null : routeBy(name === 'relay' ? relayTransport : defaultTransport, nexthop, '')
      }
      default:
        return name satisfies never
    }
  }

  /** Where mail for elsewhere goes: by its sender, where everybody's goes, or by its domain. `null`: a table cannot be asked. */
  *#relayHost(domain: string, sender: string): Flow<string | null> {
    const { senderRelayHostMaps, relayHost } = this.rules
    // The null sender has a key of its own (empty_address_relayhost_maps_lookup_key).
    const split = sender === '' ? { local: '<>', domain: '' } : this.qualify(sender)
    const bySender = yield* this.mapped(senderRelayHostMaps, split)
    if (bySender.kind === 'unavailable') return null
    if (bySender.kind === 'mapped' && bySender.value.toUpperCase() !== 'DUNNO') return bySender.value
    return relayHost === '' ? domain : relayHost
  }

  /** Whether mail for an address is only refused, or put off, where it goes. `null`: it is delivered. Before users are looked for, as in Postfix. */
  *#endOf(name: Exclude<AddressClass, 'virtualAlias'>, split: SplitAddress): Flow<Existence | null> {
    const named = yield* transportOf(this.rules.transportMaps, split, this.rules.delimiter)
    if (named.kind === 'unavailable') return UNAVAILABLE
    const { localTransport, virtualTransport, relayTransport, defaultTransport } = this.rules
    const usual = {
      local: localTransport,
      virtualMailbox: virtualTransport,
      relay: relayTransport,
      default: defaultTransport,
    }
    const isNamed = named.kind === 'found' && named.transport !== ''
    const { transport, nexthop } = isNamed ? named : routeBy(usual[name], '', '')
    if (transport !== 'error' && transport !== 'retry') return null
    const text = named.kind === 'found' && named.nexthop !== '' ? named.nexthop : nexthop
    return { kind: 'undeliverable', transport, text }
  }

  *#localExists(split: SplitAddress): Flow<Existence> {
    const bare = unquoted(split.local)
    const base = splitExtension(bare, this.rules.delimiter)?.base
    for (const key of base === undefined ? [bare] : [bare, base]) {
      const alias = yield* firstOf(this.aliasTables, key)
      if (alias.kind === 'tryAgain') return UNAVAILABLE
      if (alias.kind === 'found') return { kind: 'known' }
    }
    const found = yield* this.user(split)
    if (found.kind === 'unavailable') return found
    const { luserRelay, postmaster } = this.rules
    const isPostmaster = bare.toLowerCase() === 'postmaster' && postmaster !== undefined
    if (found.kind === 'found' || luserRelay !== undefined || isPostmaster) return { kind: 'known' }
    return { kind: 'unknown', table: 'local recipient table', class: 'local' }
  }

  *#listedIn(tables: readonly string[], split: SplitAddress, table: string, name: AddressClass): Flow<Existence> {
    if (tables.length === 0) {
      const found = yield* this.user(split)
      if (found.kind === 'unavailable') return found
      return found.kind === 'found' ? { kind: 'known' } : { kind: 'unknown', table, class: name }
    }
    const found = yield* mappedAddresses(tables, split, false, this.rules.delimiter)
    if (found.kind === 'unavailable') return found
    return found.kind === 'mapped' ? { kind: 'known' } : { kind: 'unknown', table, class: name }
  }
}

const DEFERRED = { kind: 'deferred', status: '4.3.0', text: 'Temporary lookup failure' } as const

function to(transport: string, nexthop: string, address: string): Routed {
  return { kind: 'route', route: { transport, nexthop, address } }
}

/** A local part that names a host in the ways that were before `@`; `null` for others. */
function reroute(local: string): string | null {
  const [, host, user] = /^([A-Za-z0-9._-]+)!(.+)$/s.exec(local) ?? []
  if (host !== undefined && user !== undefined) return `${user}@${host}`
  const percent = local.lastIndexOf('%')
  return percent > 0 && percent < local.length - 1 ? `${local.slice(0, percent)}@${local.slice(percent + 1)}` : null
}

/** `transport:nexthop`, or the transport alone. */
function routeBy(text: string, nexthop: string, address: string): Route {
  const colon = text.indexOf(':')
  if (colon < 0) return { transport: text, nexthop, address }
  const named = text.slice(colon + 1)
  return { transport: text.slice(0, colon), nexthop: named === '' ? nexthop : named, address }
}

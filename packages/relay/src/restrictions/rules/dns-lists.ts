import type { Flow } from '@mailwright/core'
import { askDnsList, type Listing, listedDomain, listedName, parseDnsList } from '../dns-list.js'
import { clientAddress, DUNNO, type Outcome, PERMIT, refusal, rejection, type Subject } from '../outcome.js'
import { clientOf, type Scene } from '../rule.js'
import { recipientSubject, senderSubject } from './address.js'
import { destinationOf } from './destination.js'

/** What is looked for in a list: its form there, and what a reply says of it. */
interface Sought extends Subject {
  readonly listed: string | undefined
}

/** Restrictions that ask DNS lists (RFC 5782) about addresses and, by their right-hand side, about names. A list that does not answer counts as one that lists nothing. */
export const DNS_LIST_RULES = {
  reject_rbl_client: denyRule(function* (scene) {
    return clientSought(scene)
  }),
  reject_rhsbl_client: denyRule(clientNameSought),
  reject_rhsbl_reverse_client: denyRule(function* (scene) {
    const { reverseName } = yield* clientOf(scene.facts)
    return named(reverseName, 'Unverified Client host')
  }),
  reject_rhsbl_helo: denyRule(function* ({ facts }) {
    return named(facts.session.heloName, 'Helo command')
  }),
  reject_rhsbl_sender: denyRule(function* (scene) {
    const sender = senderSubject(scene)
    return sender === null ? null : named(sender.name, sender.class)
  }),
  reject_rhsbl_recipient: denyRule(function* (scene) {
    const recipient = recipientSubject(scene)
    return recipient === null ? null : named(recipient.name, recipient.class)
  }),
  permit_dnswl_client: allowRule(function* (scene) {
    return clientSought(scene)
  }),
  permit_rhswl_client: allowRule(clientNameSought),
} as const

function clientSought({ facts }: Scene): Sought {
  const name = clientAddress(facts.session)
  return { name, class: 'Client host', listed: listedName(name) }
}

function* clientNameSought(scene: Scene): Flow<Sought | null> {
  const { name } = yield* clientOf(scene.facts)
  return named(name, 'Client host')
}

function named(name: string | null, of: Subject['class']): Sought | null {
  return name === null ? null : { name, class: of, listed: listedDomain(name) }
}

function denyRule(seek: (scene: Scene) => Flow<Sought | null>) {
  return {
    argument: 'dnsList',
    *run(scene: Scene, argument: string): Flow<Outcome> {
      const sought = yield* seek(scene)
      const listing = yield* ask(sought, argument)
      if (sought === null || listing.kind !== 'listed') return DUNNO
      const { domain } = parseDnsList(argument) ?? { domain: argument }
      const reason = listing.reason === '' ? '' : `; ${listing.reason}`
      const text = `Service unavailable; ${sought.class} [${sought.name}] blocked using ${domain}${reason}`
      return { kind: 'reject', reply: refusal(scene.site.codes.rbl, '5.7.1', text) }
    },
  } as const
}

function allowRule(seek: (scene: Scene) => Flow<Sought | null>) {
  return {
    argument: 'dnsList',
    *run(scene: Scene, argument: string): Flow<Outcome> {
      // Nobody may relay because he is on a list.
      if (scene.facts.recipient !== undefined && (yield* destinationOf(scene)).kind !== 'ours') return DUNNO
      const sought = yield* seek(scene)
      if (sought === null) return DUNNO
      const listing = yield* ask(sought, argument)
      if (listing.kind === 'listed') return PERMIT
      if (listing.kind === 'unlisted') return DUNNO
      return { kind: 'deferIfReject', reply: rejection(sought, 450, '4.7.1', 'Service unavailable') }
    },
  } as const
}

function* ask(sought: Sought | null, argument: string): Flow<Listing> {
  const list = parseDnsList(argument)
  if (list === undefined || sought?.listed === undefined) return { kind: 'unlisted' }
  return yield* askDnsList(list, sought.listed)
}

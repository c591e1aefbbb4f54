import {
  type Authenticator,
  type Clock,
  HostError,
  type LookupTables,
  parseNetworks,
  type Resolver,
} from '@mailwright/core'
import { type Performer, performer } from '@mailwright/core/driver'
import {
  type AddressProbes,
  type OwnNames,
  parseRestrictions,
  RESTRICTION_CODES,
  type RestrictionClasses,
  type RestrictionList,
  type RestrictionLists,
  Restrictions,
  type Router,
  USERS,
} from '@mailwright/relay'
import { memoryGreylist, patience } from '@mailwright/relay/driver'
import { policyClient } from '@mailwright/relay/node'
import type { RelayOptions } from '../server/relay-options.js'
import { THIS_MACHINE } from './routes.js'

/** What decisions about mail need of a site. */
export interface DecisionOptions {
  readonly relay: Omit<RelayOptions, 'queue'>
  readonly own: OwnNames
  readonly router: Router
  readonly tables: LookupTables
  readonly resolver: Resolver
  readonly authenticator: Pick<Authenticator, 'lookupUser'>
  /** Who verifies addresses. */
  readonly probes: AddressProbes
  readonly clock: Clock
}

/** smtpd_relay_restrictions of a site that says nothing. Postfix's default defers what it does not relay; we refuse it, and the sender knows at once. */
const RELAY = 'permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination'

/** Who is told of lists, on a site that offers EXPN and says nothing. */
const EXPN = 'permit_mynetworks, permit_sasl_authenticated, reject'

/**
 * A site's restriction lists, and who answers their questions.
 *
 * @throws {HostError} in a sentence, for a list that makes no sense, and for lists that let strangers relay.
 */
export function createDecisions(options: DecisionOptions): {
  readonly restrictions: Restrictions
  /** The lists of a listener that has some of its own: they stand for the site's (as `-o` in master.cf). */
  restrictionsOf(lists: NonNullable<RelayOptions['restrictions']>, setting: string): Restrictions
  /** What every recipient is asked about in the end: reject_unlisted_recipient. */
  readonly unlisted: Restrictions
  readonly perform: Performer
} {
  const { relay, own, router, tables, resolver, authenticator, probes, clock } = options
  const classes = classesOf(relay)
  const site = {
    router,
    networks: parseNetworks(relay.networks ?? THIS_MACHINE),
    ownHosts: own.hosts,
    ownAddresses: own.addresses,
    senderLoginMaps: relay.senderLoginMaps ?? [USERS],
    relayClientCerts: relay.relayClientCerts ?? [],
    codes: { ...RESTRICTION_CODES, ...relay.rejectCodes },
    temporaryFailure: relay.temporaryFailure ?? 'deferIfPermit',
  } as const
  const restrictionsOf = (texts: NonNullable<RelayOptions['restrictions']>, setting: string): Restrictions => {
    const lists = listsOf({ ...relay.restrictions, ...texts }, classes, setting)
    if (relay.openRelay === undefined) refuseOpenLists(lists, setting)
    return new Restrictions(lists, site, classes, relay.refusals)
  }
  const policies = relay.policies ?? policyClient()
  const adapters = [
    authenticator,
    tables,
    resolver,
    relay.greylist ?? memoryGreylist(clock),
    patience(clock),
    policies,
    probes,
  ]
  return {
    restrictions: restrictionsOf({}, 'relay.restrictions'),
    restrictionsOf,
    unlisted: new Restrictions({ recipient: parseRestrictions('reject_unlisted_recipient', 'recipient') }, site),
    perform: performer(adapters),
  }
}

function classesOf({ restrictionClasses = {} }: DecisionOptions['relay']): RestrictionClasses {
  const classes = new Map<string, RestrictionList>()
  for (const [name, text] of Object.entries(restrictionClasses)) {
    classes.set(
      name.toLowerCase(),
      told(`relay.restrictionClasses.${name}`, () => parseRestrictions(text, 'recipient', classes)),
    )
  }
  return classes
}

function listsOf(
  texts: NonNullable<RelayOptions['restrictions']>,
  classes: RestrictionClasses,
  setting: string,
): RestrictionLists {
  const read = (stage: keyof RestrictionLists, text: string | undefined): RestrictionList | undefined =>
    text === undefined ? undefined : told(`${setting}.${stage}`, () => parseRestrictions(text, stage, classes))
  const { client, helo, sender, relay = RELAY, recipient, data, endOfData, etrn, expn = EXPN } = texts
  const lists = {
    client: read('client', client),
    helo: read('helo', helo),
    sender: read('sender', sender),
    relay: read('relay', relay),
    recipient: read('recipient', recipient),
    data: read('data', data),
    endOfData: read('endOfData', endOfData),
    etrn: read('etrn', etrn),
    expn: read('expn', expn),
  }
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined))
}

function told<T>(setting: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    throw new HostError(`${setting}: ${error.message}`, { cause: error })
  }
}

/** One of these must stand where relaying is judged, as Postfix demands. */
const ENDS: ReadonlySet<string> = new Set([
  'reject',
  'defer',
  'defer_if_permit',
  'reject_unauth_destination',
  'defer_unauth_destination',
])

function refuseOpenLists({ relay = [], recipient = [] }: RestrictionLists, setting: string): void {
  const isClosed = [...relay, ...recipient].some(({ name, mood }) => mood === 'act' && ENDS.has(name))
  if (isClosed) return
  throw new HostError(
    `${setting}: neither "relay" nor "recipient" has one of ` +
      `${[...ENDS].join(', ')}: anybody could send to anybody, and so could spammers. ` +
      'Add reject_unauth_destination; or set openRelay to "iKnowWhatIAmDoing"',
  )
}

/** A user's mail comes from an address of his (RFC 6409 §6.1), whatever else the site says of senders; but a listener's own list is what it is. */
export function submissionLists(
  relay: Pick<RelayOptions, 'restrictions'> | undefined,
  given: RelayOptions['restrictions'],
): NonNullable<RelayOptions['restrictions']> {
  const own = ['reject_authenticated_sender_login_mismatch', relay?.restrictions?.sender ?? '']
  return { sender: own.join(' ').trim(), ...given }
}

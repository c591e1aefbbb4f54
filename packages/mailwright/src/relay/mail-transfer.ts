import {
  type Authenticator,
  type Clock,
  type EngineEvent,
  HostError,
  type MailStore,
  type QueuedMessage,
  type QueuedRecipient,
  type Random,
} from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import {
  type DeliveryAgent,
  discardAgent,
  errorAgent,
  type MailIntake,
  openNetwork,
  parseDestination,
  parseNetworks,
  readMailbox,
  SitePolicy,
} from '@mailwright/relay'
import {
  createReporter,
  createSmtpAgent,
  createStoreAgent,
  type Owner,
  type QueueRunner,
  Receiving,
  type RouteAnswer,
  startQueueRunner,
} from '@mailwright/relay/driver'
import { socketDialer, systemResolver } from '@mailwright/relay/node'
import type { SmtpHandler } from '@mailwright/smtp'
import { logEvent } from '../log/event-log.js'
import type { Logger } from '../log/logger.js'
import type { RelayOptions } from '../server/relay-options.js'

/** What a mail transfer agent is made of. */
export interface MailTransferOptions {
  readonly relay: RelayOptions
  readonly hostname: string
  readonly domains: readonly string[]
  readonly postmaster?: string
  readonly delimiter: string
  readonly store?: MailStore
  readonly authenticator?: Authenticator
  /** Puts messages for users of the store there at once. */
  readonly direct?: SmtpHandler['message']
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** This machine (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
const THIS_MACHINE: readonly string[] = ['127.0.0.0/8', '[::1]/128']

/** Where there are no users. */
const NOBODY: Pick<Authenticator, 'lookupUser'> = { lookupUser: () => Promise.resolve({ kind: 'noSuchUser' }) }

/** Everything between a client's MAIL and the next hop's 250. */
export interface MailTransfer {
  readonly handler: SmtpHandler
  /** For mail that does not come by SMTP. */
  readonly intake: MailIntake
  readonly runner: QueueRunner
  close(): Promise<void>
}

/**
 * Composes receiving, queue, delivery and reports.
 *
 * @throws {HostError} in a sentence, when the options would relay for strangers, or make no sense.
 */
export function createMailTransfer(options: MailTransferOptions): MailTransfer {
  const { relay, hostname, domains, clock, random, logger } = options
  const [origin = hostname] = domains
  const onEvent = (event: EngineEvent): void => logEvent(logger, {}, event)
  refuseOpenRelay(relay)
  const policy = new SitePolicy({
    domains,
    relayDomains: relay.domains ?? [],
    networks: parseNetworks(relay.networks ?? THIS_MACHINE),
    ...(options.postmaster === undefined ? {} : { postmaster: options.postmaster }),
    delimiter: options.delimiter,
  })
  const perform = performer([options.authenticator ?? NOBODY])
  const receiving = new Receiving({
    hostname,
    origin,
    policy,
    perform,
    queue: relay.queue,
    ...(options.direct === undefined || relay.localMail === 'queued' ? {} : { direct: options.direct }),
    clock,
    random,
    ...(relay.limits?.receiving === undefined ? {} : { limits: relay.limits.receiving }),
    onEvent,
  })
  const reporter = createReporter({
    intake: receiving.intake,
    hostname,
    clock,
    random,
    postmaster: `postmaster@${origin}`,
    ...(relay.doubleBounces === undefined ? {} : { doubleBounces: relay.doubleBounces }),
    ...(relay.limits?.queue?.lifetime === undefined ? {} : { lifetime: relay.limits.queue.lifetime }),
    ...(relay.limits?.reports === undefined ? {} : { limits: relay.limits.reports }),
  })
  receiving.reporter = reporter
  const ownerOf = async (address: string, signal: AbortSignal): Promise<Owner> => {
    const mailbox = readMailbox(address)
    if (mailbox === undefined) return { kind: 'unknownUser' }
    const found = await runFlow(policy.user(mailbox), perform, signal)
    return found.kind === 'found' ? { kind: 'found', account: found.identity.account } : found
  }
  const agents = agentsOf(options, ownerOf, onEvent)
  const ours = new Set(domains.map((domain) => domain.toLowerCase()))
  const runner = startQueueRunner({
    queue: relay.queue,
    clock,
    agents,
    route: async (recipient, message) => routeOf(recipient, message, ours, relay),
    report: (request, signal) => reporter.report(request, signal),
    ...(relay.limits?.queue === undefined ? {} : { limits: relay.limits.queue }),
    onEvent,
  })
  return {
    handler: receiving,
    intake: receiving.intake,
    runner,
    close: () => runner.close(relay.closeGrace),
  }
}

function agentsOf(
  { relay, hostname, store, clock, random }: MailTransferOptions,
  ownerOf: (address: string, signal: AbortSignal) => Promise<Owner>,
  onEvent: (event: EngineEvent) => void,
): { readonly [transport: string]: DeliveryAgent } {
  const client = (protocol: 'smtp' | 'lmtp'): DeliveryAgent =>
    createSmtpAgent({
      protocol,
      hostname,
      dialer: relay.dialer ?? socketDialer(),
      resolver: relay.resolver ?? systemResolver(),
      clock,
      random,
      ...(relay.tlsPolicy === undefined ? {} : { tlsPolicy: relay.tlsPolicy }),
      ...(relay.credentials === undefined ? {} : { credentials: relay.credentials }),
      ...(relay.limits?.delivery === undefined ? {} : { limits: relay.limits.delivery }),
      onEvent,
    })
  const smtp = client('smtp')
  const overQuota = relay.overQuota === undefined ? {} : { overQuota: relay.overQuota }
  const local = store === undefined ? {} : { local: createStoreAgent({ store, name: 'local', ownerOf, ...overQuota }) }
  return {
    ...local,
    smtp,
    relay: smtp,
    lmtp: client('lmtp'),
    error: errorAgent('failed'),
    retry: errorAgent('deferred'),
    discard: discardAgent(),
    ...relay.agents,
  }
}

/** Our own domains end here; everything else goes to the relay host, or where its domain's MX records point. */
function routeOf(
  { address }: QueuedRecipient,
  { envelope }: QueuedMessage,
  ours: ReadonlySet<string>,
  relay: RelayOptions,
): RouteAnswer {
  const { filter } = envelope
  if (filter !== undefined) {
    const colon = filter.indexOf(':')
    const transport = colon < 0 ? filter : filter.slice(0, colon)
    const nexthop = colon < 0 ? '' : filter.slice(colon + 1)
    return { kind: 'route', route: { transport, nexthop: nexthop === '' ? domainOf(address) : nexthop, address } }
  }
  const domain = domainOf(address)
  if (domain === '' || ours.has(domain)) return { kind: 'route', route: { transport: 'local', nexthop: '', address } }
  const isRelayed = relay.domains?.some((each) => each.toLowerCase() === domain) === true
  const nexthop = relay.relayHost ?? domain
  return { kind: 'route', route: { transport: isRelayed ? 'relay' : 'smtp', nexthop, address } }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1 || address.length).toLowerCase()
}

/** Mail is relayed for strangers only if somebody said so in as many words (row B17; RFC 5321 §7.9 leaves it to the site). */
function refuseOpenRelay({ networks = THIS_MACHINE, openRelay, relayHost }: RelayOptions): void {
  if (relayHost !== undefined && parseDestination(relayHost, 25) === undefined) {
    throw new HostError(
      `relay.relayHost: ${JSON.stringify(relayHost)} is no destination, as in "[smtp.example.net]:587"`,
    )
  }
  const wide = openRelay === undefined ? openNetwork(networks) : undefined
  if (wide !== undefined) {
    throw new HostError(
      `relay.networks: ${JSON.stringify(wide)} would make this an open relay: whoever is in it may send to anybody, and so may spammers. ` +
        'Name your own networks; or set openRelay to "iKnowWhatIAmDoing"',
    )
  }
}

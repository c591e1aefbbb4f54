import {
  type Authenticator,
  accountId,
  type Clock,
  type EngineEvent,
  type LookupTables,
  type MailStore,
  type Random,
  type Resolver,
} from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { NODE_CLIENT_MECHANISMS } from '@mailwright/core/node'
import {
  type DeliveryAgent,
  discardAgent,
  errorAgent,
  type MailIntake,
  type OwnNames,
  type Restrictions,
  RoutedPolicy,
  Router,
} from '@mailwright/relay'
import {
  createAddressProbes,
  createReporter,
  createSmtpAgent,
  createStoreAgent,
  type Owner,
  type QueueRunner,
  Receiving,
  startQueueRunner,
} from '@mailwright/relay/driver'
import { createAliasAgent, dnsResolver, socketDialer } from '@mailwright/relay/node'
import type { SmtpHandler } from '@mailwright/smtp'
import { logEvent } from '../log/event-log.js'
import type { Logger } from '../log/logger.js'
import { Recipients } from '../mail/recipients.js'
import { type Pickup, startPickup } from '../maildrop/pickup.js'
import type { RelayOptions } from '../server/relay-options.js'
import { createDecisions } from './decisions.js'
import { destinationChoices } from './destinations.js'
import { takeDropped } from './dropped-mail.js'
import { mailboxCommandAgent } from './mailbox-command.js'
import { refuseNobody, refuseOpenRelay, routingRules, siteTables } from './routes.js'

/** What a mail transfer agent is made of. */
export interface MailTransferOptions {
  readonly relay: RelayOptions
  readonly hostname: string
  readonly domains: readonly string[]
  readonly postmaster?: string
  readonly delimiter: string
  readonly store?: MailStore
  readonly authenticator?: Authenticator
  /** Where we listen, and what stands in front of us, so that mail does not come back. */
  readonly own: OwnNames
  /** Makes what puts messages for users of the store there at once; `undefined` where there is no store. */
  readonly direct: (recipients: Recipients) => SmtpHandler | undefined
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Where there are no users. */
const NOBODY: Pick<Authenticator, 'lookupUser'> = { lookupUser: () => Promise.resolve({ kind: 'noSuchUser' }) }

/** Everything between a client's MAIL and the next hop's 250. */
export interface MailTransfer {
  readonly handler: SmtpHandler
  /**
   * The same with lists of its own in place of the site's.
   *
   * @throws {HostError} with `setting` in its sentence, as for the site's.
   */
  handlerWith(lists: NonNullable<RelayOptions['restrictions']>, setting: string): SmtpHandler
  /** For mail that does not come by SMTP. */
  readonly intake: MailIntake
  readonly runner: QueueRunner
  /** Takes what programs of this machine left from now on, where `relay` names a maildrop. */
  startPickup(): Promise<void>
  /** Before it resolves, deliveries under way have ended. */
  close(): Promise<void>
}

/**
 * Composes receiving, queue, delivery and reports.
 *
 * @throws {HostError} in a sentence, when the options would relay for strangers, or make no sense.
 */
export function createMailTransfer(options: MailTransferOptions): MailTransfer {
  const { relay, hostname, own, domains, clock, random, logger } = options
  const [origin = hostname] = domains
  const onEvent = (event: EngineEvent): void => logEvent(logger, {}, event)
  refuseOpenRelay(relay)
  const tables = siteTables(relay)
  const resolver = relay.resolver ?? dnsResolver()
  const authenticator = options.authenticator ?? NOBODY
  const users = performer([authenticator, tables])
  const ownerOf = async (address: string, signal: AbortSignal): Promise<Owner> => {
    const found = await runFlow(router.user(router.qualify(address)), users, signal)
    switch (found.kind) {
      case 'found':
        return { kind: 'found', account: accountId(found.account) }
      case 'noSuchUser':
        return { kind: 'unknownUser' }
      default:
        return found
    }
  }
  const command = relay.mailboxCommand
  const agents = {
    ...agentsOf(options, { resolver, tables }, ownerOf, onEvent),
    ...(command === undefined
      ? {}
      : {
          local: mailboxCommandAgent(
            { ...relay, mailboxCommand: command },
            { router: () => router, perform: users, delimiter: options.delimiter, clock },
          ),
        }),
  }
  refuseNobody(relay.routing ?? {}, agents)
  const router: Router = new Router(routingRules(relay, { ...options, origin }, agents))
  const probes = createAddressProbes({ router, perform: users, agents, clock })
  const decisions = createDecisions({ relay, own, router, tables, resolver, authenticator, probes, clock })
  const { perform } = decisions
  // A host's own agents get their mail from the queue.
  const isOwn =
    command === undefined && relay.agents?.['local'] === undefined && relay.agents?.['virtual'] === undefined
  const isDirect = isOwn && relay.localMail !== 'queued'
  const direct = isDirect ? options.direct(new Recipients(router, users)) : undefined
  const common = {
    hostname,
    origin,
    perform,
    queue: relay.queue,
    ...(relay.clientNames === undefined ? {} : { clientNames: relay.clientNames }),
    keptDomains: relay.domains ?? [],
    ...(relay.expn === undefined ? {} : { expn: relay.expn }),
    ...(direct === undefined
      ? {}
      : { direct: (args: Parameters<SmtpHandler['message']>[0], signal: AbortSignal) => direct.message(args, signal) }),
    clock,
    random,
    ...(relay.limits?.receiving === undefined ? {} : { limits: relay.limits.receiving }),
    onEvent,
  } as const
  const receivingBy = (restrictions: Restrictions): Receiving =>
    new Receiving({ ...common, policy: new RoutedPolicy(router, restrictions, {}, relay.rejectCodes) })
  const receiving = receivingBy(decisions.restrictions)
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
  const runner = startQueueRunner({
    queue: relay.queue,
    clock,
    agents,
    route: ({ address }, { envelope }, signal) => runFlow(router.route(address, envelope), perform, signal),
    report: (request, signal) => reporter.report(request, signal),
    ...(relay.limits?.queue === undefined ? {} : { limits: relay.limits.queue }),
    onEvent,
  })
  const { intake } = receiving
  let pickup: Pickup | null = null
  return {
    handler: receiving,
    handlerWith(lists, setting) {
      const other = receivingBy(decisions.restrictionsOf(lists, setting))
      other.reporter = reporter
      return other
    },
    intake,
    runner,
    async startPickup() {
      const { maildrop: root } = relay
      if (root === undefined) return
      const facts = { intake, hostname, origin, clock, random }
      pickup = await startPickup({ root, clock, logger, take: (mail, signal) => takeDropped(mail, facts, signal) })
    },
    async close() {
      await pickup?.close()
      await probes.close()
      await runner.close(relay.closeGrace)
    },
  }
}

function agentsOf(
  { relay, hostname, own, store, clock, random }: MailTransferOptions,
  { resolver, tables }: { readonly resolver: Resolver; readonly tables: LookupTables },
  ownerOf: (address: string, signal: AbortSignal) => Promise<Owner>,
  onEvent: (event: EngineEvent) => void,
): { readonly [transport: string]: DeliveryAgent } {
  const client = (protocol: 'smtp' | 'lmtp'): DeliveryAgent =>
    createSmtpAgent({
      protocol,
      hostname,
      own,
      dialer: relay.dialer ?? socketDialer(),
      resolver,
      clock,
      random,
      ...(relay.addresses === undefined ? {} : { addresses: relay.addresses }),
      ...destinationChoices(relay, tables),
      mechanisms: NODE_CLIENT_MECHANISMS,
      ...(relay.limits?.delivery === undefined ? {} : { limits: relay.limits.delivery }),
      onEvent,
    })
  const smtp = client('smtp')
  const storeAgent = (into: MailStore, name: 'local' | 'virtual'): DeliveryAgent =>
    createStoreAgent({
      store: into,
      name,
      ownerOf,
      ...(relay.overQuota === undefined ? {} : { overQuota: relay.overQuota }),
    })
  const programs = ['command', 'file'] as const
  const mayDo = programs.filter((each) => relay.routing?.aliasesMay?.has(each) === true)
  const aliasAgent =
    mayDo.length === 0
      ? undefined
      : createAliasAgent({ clock, ...(relay.aliasUser === undefined ? {} : { as: relay.aliasUser }) })
  return {
    ...Object.fromEntries(mayDo.flatMap((each) => (aliasAgent === undefined ? [] : [[each, aliasAgent] as const]))),
    ...(store === undefined ? {} : { local: storeAgent(store, 'local'), virtual: storeAgent(store, 'virtual') }),
    smtp,
    relay: smtp,
    lmtp: client('lmtp'),
    error: errorAgent('failed'),
    retry: errorAgent('deferred'),
    discard: discardAgent(),
    ...relay.agents,
  }
}

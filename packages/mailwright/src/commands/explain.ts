import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { accountId, type Flow } from '@mailwright/core'
import { runFlow } from '@mailwright/core/driver'
import { systemClock } from '@mailwright/core/node'
import {
  explainVerdict,
  findClientNames,
  type Restrictions,
  Router,
  type StageFacts,
  transportName,
  type VerdictTrace,
  writeTrace,
} from '@mailwright/relay'
import { dnsResolver } from '@mailwright/relay/node'
import { type Mailbox, parseMailbox, type SmtpSession } from '@mailwright/smtp'
import type { Site } from '../config/site.js'
import { SILENT } from '../log/logger.js'
import { createDecisions, submissionLists } from '../relay/decisions.js'
import { ownNames } from '../relay/own-names.js'
import { routingRules, siteTables } from '../relay/routes.js'
import { SetupError } from '../setup-error.js'
import { relayRules } from './open-relay.js'
import { openUsers } from './open-site.js'
import { type RelayingSite, readRelayingSite } from './site-queue.js'

/** The mail that is asked about. */
export interface ExplainedMail {
  /** Empty, or `<>`, for the null reverse-path. */
  readonly from: string
  readonly to: string
  /** The client's address. */
  readonly client: string
  readonly helo?: string
  /** Who is logged in. */
  readonly user?: string
  /** At which listener, by its position in the file; its lists may be its own. */
  readonly listener?: string
}

/** Exit code when the mail would be refused. */
const REFUSED_EXIT = 1

/** A site's recipient delimiter, as the server has it. */
const DELIMITER = '+'

/**
 * `mailwright explain`: prints which restrictions a site would look at for a mail, what tables and DNS answer now, and the verdict that comes of it. Nothing is sent, and no
 * server need run.
 *
 * @throws {SetupError} for addresses that are none, and for a site that makes no sense.
 */
export async function explain(config: string, mail: ExplainedMail, form: 'lines' | 'json' = 'lines'): Promise<void> {
  const site = await readRelayingSite(config)
  if (isIP(mail.client) === 0) throw new SetupError(`--client: ${JSON.stringify(mail.client)} is no address`)
  const facts = factsOf(mail, site.hostname)
  const relay = relayRules(site.relay, SILENT)
  const { hostname, domains, postmaster } = site
  const [origin = hostname] = domains
  // Whoever delivers by them, there is nothing to deliver here.
  const transports = Object.values(relay.transports ?? {}).map((text) => [transportName(text) ?? '', true] as const)
  const rules = routingRules(
    relay,
    { origin, domains, delimiter: DELIMITER, ...(postmaster === undefined ? {} : { postmaster }) },
    Object.fromEntries(transports),
  )
  const resolver = relay.resolver ?? dnsResolver()
  const listener = listenerOf(site, mail.listener)
  const router = new Router(rules)
  const { perform, ...decisions } = createDecisions({
    relay,
    own: ownNames(hostname, site.listeners, site.relay.proxyInterfaces ?? [], networkInterfaces()),
    router,
    tables: siteTables(relay),
    resolver,
    authenticator: await openUsers(site, SILENT),
    // Nobody else is troubled by a question.
    probes: { probeAddress: () => Promise.resolve({ kind: 'unknown', text: 'explain asks no other server' }) },
    clock: systemClock,
  })
  const given = listener?.smtp?.restrictions
  const own = listener?.protocol === 'submission' ? submissionLists(relay, given) : given
  const restrictions =
    own === undefined
      ? decisions.restrictions
      : decisions.restrictionsOf(own, `listeners[${mail.listener}].smtp.restrictions`)
  const { signal } = new AbortController()
  const client = await runFlow(findClientNames(mail.client), perform, signal)
  const session = { ...facts.session, client }
  const known = { ...facts, session }
  const trace = await runFlow(explainMail(restrictions, decisions.unlisted, known), perform, signal)
  if (trace.verdict.kind === 'refused') process.exitCode = REFUSED_EXIT
  if (form === 'json') {
    process.stdout.write(`${JSON.stringify({ client, ...trace })}\n`)
    return
  }
  const { name, reverseName } = client
  const unproved = name === null && reverseName !== null ? `, which says it is ${reverseName}` : ''
  const lines = [`client ${name ?? 'unknown'}[${mail.client}]${unproved}`, ...writeTrace(trace)]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** What the lists say; and when that is yes, whether there is such a recipient, as at RCPT. */
function* explainMail(restrictions: Restrictions, unlisted: Restrictions, facts: StageFacts): Flow<VerdictTrace> {
  const lists = yield* explainVerdict(restrictions, facts)
  if (lists.verdict.kind === 'refused') return lists
  const last = yield* explainVerdict(unlisted, facts, ['recipient'])
  const steps = [...lists.steps, ...last.steps]
  return { steps, verdict: last.verdict.kind === 'refused' ? last.verdict : lists.verdict }
}

function listenerOf({ listeners }: RelayingSite, position: string | undefined): Site['listeners'][number] | undefined {
  if (position === undefined) return undefined
  const listener = /^\d+$/.test(position) ? listeners[Number(position)] : undefined
  if (listener === undefined) {
    throw new SetupError(`--listener: there is no listeners[${position}]; they are counted from 0`)
  }
  return listener
}

function factsOf({ from, to, client, helo, user }: ExplainedMail, hostname: string): StageFacts {
  const session: SmtpSession = {
    role: 'mx',
    hostname,
    peer: { address: client, port: 0, localAddress: '', localPort: 25 },
    tls: null,
    hello: 'EHLO',
    heloName: helo ?? null,
    identity: user === undefined ? null : { user, account: accountId(user) },
    protocol: user === undefined ? 'ESMTP' : 'ESMTPA',
  }
  const sender = from.replace(/^<(.*)>$/, '$1')
  const reversePath = sender === '' ? null : mailbox(sender, '--from')
  return { session, transaction: { reversePath, parameters: {} }, recipient: mailbox(to, '--to'), accepted: 0 }
}

function mailbox(text: string, option: string): Mailbox {
  const read = parseMailbox(text.replace(/^<(.*)>$/, '$1'))
  if (read === undefined) throw new SetupError(`${option}: ${JSON.stringify(text)} is no address`)
  return read
}

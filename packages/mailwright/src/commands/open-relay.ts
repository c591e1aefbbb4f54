import { readFile } from 'node:fs/promises'
import type { MailQueue } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { type DeliveryAgent, type Dialer, findTlsPolicy, parseTlsPolicy, type TlsPolicy } from '@mailwright/relay'
import { createPipeAgent, dnsResolver, socketDialer, TableFiles } from '@mailwright/relay/node'
import type { ClientAuth } from '@mailwright/smtp'
import { createFileQueue } from '@mailwright/store-maildir'
import type { RelaySite } from '../config/relay-site.js'
import type { Logger } from '../log/logger.js'
import type { RelayOptions } from '../server/relay-options.js'
import { SetupError, systemCode } from '../setup-error.js'
import { readCertificate } from '../tls/certificate.js'
import { present } from './present.js'

/**
 * Opens what a site's `relay` names.
 *
 * @throws {SetupError} in one plain sentence for whatever cannot be opened.
 */
export async function openRelay(relay: RelaySite, logger: Logger): Promise<RelayOptions> {
  const { host, tls, login, limits } = relay
  const auth = login === undefined ? undefined : await readLogin(login)
  const policy: TlsPolicy = { level: tls ?? 'may' }
  const policies = policiesOf(relay)
  const agents = pipesOf(relay)
  const queue = await openQueue(relay, logger)
  const { messages: _, delayWarning, ...queueLimits } = limits ?? {}
  return {
    queue,
    ...relayRules(relay, logger),
    ...(relay.maildrop === undefined ? {} : { maildrop: relay.maildrop }),
    ...(relay.proxyInterfaces === undefined ? {} : { proxyInterfaces: relay.proxyInterfaces }),
    ...present({ saslPasswordMaps: relay.saslPasswordMaps, tlsPolicyMaps: relay.tlsPolicyMaps }),
    ...present({ loginsBy: relay.loginsBy, loginPlaintext: relay.loginPlaintext }),
    ...(host === undefined ? {} : { relayHost: host }),
    ...(auth === undefined ? {} : { credentials: (nexthop) => (nexthop === host ? auth : undefined) }),
    tlsPolicy: (nexthop) => findTlsPolicy(policies, nexthop) ?? policy,
    ...present({ addresses: relay.addresses }),
    dialer: await dialerOf(relay),
    agents,
    ...(relay.localMail === undefined ? {} : { localMail: relay.localMail }),
    ...(relay.overQuota === undefined ? {} : { overQuota: relay.overQuota }),
    ...(relay.doubleBounces === undefined ? {} : { doubleBounces: relay.doubleBounces }),
    limits: {
      queue: {
        ...queueLimits,
        ...(delayWarning === undefined ? {} : { delayWarning }),
      },
    },
  }
}

/** What of the settings decides about mail: tables and DNS, but no queue and nothing that delivers. */
export function relayRules(relay: RelaySite, logger: Logger): Omit<RelayOptions, 'queue'> {
  const { domains, networks, openRelay, transports, nameservers, expn } = relay
  const {
    restrictions,
    restrictionClasses,
    senderLoginMaps,
    relayClientCerts,
    temporaryFailure,
    refusals,
    clientNames,
  } = relay
  return {
    ...present({ domains, networks, openRelay, transports, restrictionClasses, senderLoginMaps, relayClientCerts }),
    ...present({ temporaryFailure, refusals, clientNames, expn }),
    ...(restrictions === undefined ? {} : { restrictions }),
    ...(relay.rejectCodes === undefined ? {} : { rejectCodes: relay.rejectCodes }),
    ...(nameservers === undefined ? {} : { resolver: dnsResolver({ servers: nameservers.map(serverOf) }) }),
    routing: routingOf(relay),
    ...(relay.aliasUser === undefined ? {} : { aliasUser: relay.aliasUser }),
    ...(relay.mailboxCommand === undefined ? {} : { mailboxCommand: relay.mailboxCommand }),
    tables: new TableFiles({
      clock: systemClock,
      onProblem: (path, problem) => logger.warn({ path, ...problem }, 'tableProblem'),
    }),
  }
}

function serverOf(text: string): { readonly address: string; readonly port?: number } {
  const [, ipv6, ipv4 = '', port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
  return { address: ipv6 ?? ipv4, ...(port === undefined ? {} : { port: Number(port) }) }
}

/** What of the settings is routing. */
function routingOf(relay: RelaySite): NonNullable<RelayOptions['routing']> {
  const { aliasMaps, aliasesMay, virtualAliasDomains, virtualAliasMaps, virtualMailboxDomains, virtualMailboxMaps } =
    relay
  const {
    relayRecipientMaps,
    canonicalMaps,
    recipientCanonicalMaps,
    senderCanonicalMaps,
    transportMaps,
    senderRelayHostMaps,
    luserRelay,
    mailboxTransport,
    virtualTransport,
  } = relay
  return present({
    aliasMaps,
    aliasesMay: aliasesMay === undefined ? undefined : new Set(aliasesMay),
    virtualAliasDomains,
    virtualAliasMaps,
    virtualMailboxDomains,
    virtualMailboxMaps,
    relayRecipientMaps,
    canonicalMaps,
    recipientCanonicalMaps,
    senderCanonicalMaps,
    transportMaps,
    senderRelayHostMaps,
    luserRelay,
    localTransport: mailboxTransport,
    virtualTransport,
  })
}

/** Settings were looked at before: each is a policy. */
function policiesOf({ tlsPolicies = {} }: RelaySite): ReadonlyMap<string, TlsPolicy> {
  const policies = new Map<string, TlsPolicy>()
  for (const [nexthop, text] of Object.entries(tlsPolicies)) {
    const policy = parseTlsPolicy(text)
    if (policy !== undefined) policies.set(nexthop.toLowerCase(), policy)
  }
  return policies
}

async function openQueue({ queue: folder, durability, limits }: RelaySite, logger: Logger): Promise<MailQueue> {
  try {
    return await createFileQueue({
      folder,
      clock: systemClock,
      ...(durability === undefined ? {} : { durability }),
      ...(limits?.messages === undefined ? {} : { messages: limits.messages }),
      onProblem: (problem) => logger.error({ ...problem }, 'queueProblem'),
    })
  } catch (cause) {
    throw new SetupError(`relay.queue: ${folder} cannot be used (${systemCode(cause)})`, { cause })
  }
}

function pipesOf({ pipes = {} }: RelaySite): { readonly [transport: string]: DeliveryAgent } {
  return Object.fromEntries(
    Object.entries(pipes).map(([name, { timeLimit, ...options }]) => {
      try {
        const limits = timeLimit === undefined ? {} : { limits: { time: timeLimit } }
        return [name, createPipeAgent({ name, clock: systemClock, ...options, ...limits })]
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause)
        throw new SetupError(`relay.pipes.${name}: ${why}`, { cause })
      }
    }),
  )
}

async function readLogin({ user, passwordFile, plaintext }: NonNullable<RelaySite['login']>): Promise<ClientAuth> {
  const password = (await readText(passwordFile, 'login.passwordFile')).replace(/\r?\n$/, '')
  if (password === '') throw new SetupError(`relay.login.passwordFile: ${passwordFile} is empty`)
  return { credentials: { kind: 'password', user, password }, ...(plaintext === undefined ? {} : { plaintext }) }
}

/** How connections to other servers are opened. */
async function dialerOf({ authorities, certificate, key, bindAddress, bindAddress6 }: RelaySite): Promise<Dialer> {
  const trusted = authorities === undefined ? {} : { authorities: await readText(authorities, 'authorities') }
  const shown = certificate === undefined ? undefined : await readCertificate({ certificate, key: key ?? certificate })
  return socketDialer({
    localAddresses: present({ ipv4: bindAddress, ipv6: bindAddress6 }),
    ...trusted,
    ...(shown === undefined ? {} : { certificate: { cert: shown.certificate, key: shown.key } }),
  })
}

async function readText(path: string, setting: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new SetupError(`relay.${setting}: ${path} cannot be read (${systemCode(cause)})`, { cause })
  }
}

import type { Clock, EngineEvent, Random, Resolver, SaslClientMechanism } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import type { ClientAuth, ClientTlsPolicy, SmtpClientLimits } from '@mailwright/smtp'
import type { DeliveryAgent, DeliveryRequest } from '../delivery/agent.js'
import { type Destination, parseDestination } from '../delivery/destination.js'
import { connectText, type Dialer, type DialTarget } from '../delivery/dialer.js'
import { SMTP_DELIVERY_LIMITS, type SmtpDeliveryLimits } from '../delivery/limits.js'
import { findHosts, type HostsAnswer, type MailHost, type OwnNames } from '../delivery/mx.js'
import { failureWords, type RemoteHost, resultOf } from '../delivery/results.js'
import { demandFor } from '../delivery/tls-demand.js'
import type { TlsDemand, TlsPolicy } from '../delivery/tls-policy.js'
import { Attempt, certaintyOf } from './attempt.js'
import { OpenClient } from './client-session.js'
import { outgoing } from './outgoing.js'
import { SessionCache } from './session-cache.js'

export interface SmtpAgentOptions {
  readonly protocol: 'smtp' | 'lmtp'
  /** Our own name, for EHLO. */
  readonly hostname: string
  /** Where no port is named. Default 25, of LMTP 24. */
  readonly port?: number
  readonly dialer: Dialer
  readonly resolver: Pick<Resolver, 'resolveMx' | 'resolveAddresses' | 'resolveTlsa'>
  readonly clock: Clock
  readonly random: Random
  /** What we are, so that mail does not come back to us. Default: `hostname`. */
  readonly own?: OwnNames
  /** How connections to a destination are encrypted. Default `may`. */
  readonly tlsPolicy?: (to: SessionFacts) => Chosen<TlsPolicy>
  /** How we log in at a destination. Default: not at all. */
  readonly credentials?: (to: SessionFacts) => Chosen<ClientAuth | undefined>
  /** `sender`: the credentials depend on it, so that sessions are used again for the same sender only. Default `nexthop`. */
  readonly sessionsBy?: 'nexthop' | 'sender'
  /** By which mechanisms, where the credentials name none: the first that the server offers. Default: those of core, which need no digests. */
  readonly mechanisms?: readonly SaslClientMechanism[]
  /** Which addresses are used. Default: all, in the order in which DNS gives them. */
  readonly addresses?: 'ipv4' | 'ipv6' | 'any'
  readonly limits?: Partial<SmtpDeliveryLimits>
  readonly clientLimits?: Partial<SmtpClientLimits>
  /** Told of connections that were made, and that were not: `hostConnected`, `hostFailed`. */
  readonly onEvent?: (event: EngineEvent) => void
}

/** With whom, and for whom, a session is opened. */
export interface SessionFacts {
  /** As it stands in the route. */
  readonly nexthop: string
  readonly host: string
  /** Whose message is the first; empty for `<>`. */
  readonly sender: string
}

/** A choice; `unavailable`: it cannot be made now, and nothing is sent before it is. */
export type Chosen<T> = T | 'unavailable' | Promise<T | 'unavailable'>

/** One address of a host, or a socket. */
interface Stop {
  readonly target: Omit<DialTarget, 'tls'>
  /** DNSSEC proved the way to it. */
  readonly isAuthentic: boolean
  /** The domain or host that mail is for. */
  readonly nexthop: string
  readonly remote: RemoteHost
}

/** Delivers by SMTP or LMTP: to the hosts of a domain, to one host, to a Unix socket. */
export function createSmtpAgent(options: SmtpAgentOptions): DeliveryAgent {
  return new SmtpAgent(options)
}

class SmtpAgent implements DeliveryAgent {
  readonly #options: SmtpAgentOptions
  readonly #limits: SmtpDeliveryLimits
  readonly #cache: SessionCache
  readonly #own: OwnNames

  constructor(options: SmtpAgentOptions) {
    this.#options = options
    this.#limits = { ...SMTP_DELIVERY_LIMITS, ...options.limits }
    this.#cache = new SessionCache(options.clock, this.#limits)
    this.#own = options.own ?? { hosts: new Set([options.hostname.toLowerCase()]), addresses: new Set() }
  }

  async deliver(request: DeliveryRequest, signal: AbortSignal): ReturnType<DeliveryAgent['deliver']> {
    const attempt = new Attempt(request, this.#options.clock)
    const { protocol, port = protocol === 'lmtp' ? 24 : 25 } = this.#options
    const destination = parseDestination(request.nexthop, port)
    if (destination === undefined) {
      attempt.settleAll({
        kind: 'deferred',
        relay: 'none',
        status: '4.3.5',
        text: `bad destination: ${request.nexthop}`,
      })
      return attempt.end()
    }
    await this.#again(attempt, signal)
    if (attempt.isOver) return attempt.end()
    const found = await this.#stops(destination, signal)
    if (found.kind !== 'stops') {
      attempt.settleAll({ relay: 'none', ...found, ...(found.kind === 'deferred' ? { site: 'down' } : {}) })
      return attempt.end()
    }
    await this.#visit(attempt, found.stops, signal)
    return attempt.end()
  }

  probe(request: DeliveryRequest, signal: AbortSignal): ReturnType<DeliveryAgent['deliver']> {
    return this.deliver({ ...request, isProbe: true }, signal)
  }

  async close(): Promise<void> {
    await this.#cache.close()
  }

  /** By a session that is open from before, if it still is. */
  async #again(attempt: Attempt, signal: AbortSignal): Promise<void> {
    // Nobody looked whether the host was proved when the session was opened.
    if (this.#mustBeTls(attempt)) return
    const cached = this.#cache.take(this.#sessionKey(attempt))
    if (cached === undefined) return
    attempt.reuse = cached.client.sent
    await this.#send(attempt, cached.client, cached.remote, signal)
    // It has answered: it is not asked again in the same breath.
    if (!attempt.forgetBroken()) attempt.asked = cached.remote.relay
  }

  /** The message goes to proved hosts over TLS only (RFC 8689); a report goes all the same (§5 there), and behind LMTP is no further hop. */
  #mustBeTls({ request }: Attempt): boolean {
    const { requireTls, reversePath } = request.message.envelope
    return requireTls === true && reversePath !== '' && this.#options.protocol === 'smtp'
  }

  #sessionKey({ request: { nexthop, message } }: Attempt): string {
    return this.#options.sessionsBy === 'sender' ? `${nexthop}\0${message.envelope.reversePath}` : nexthop
  }

  /** Tries one address after the other, until every recipient has an answer that is not "later". */
  async #visit(attempt: Attempt, stops: readonly Stop[], signal: AbortSignal): Promise<void> {
    const left = stops.filter(({ remote }) => remote.relay !== attempt.asked)
    let sessions = stops.length - left.length
    for (const stop of left.slice(0, this.#limits.addresses)) {
      const opened = await this.#open(attempt, stop, signal)
      if (opened === null) continue
      sessions++
      await this.#send(attempt, opened, stop.remote, signal)
      if (attempt.isOver || sessions >= this.#limits.sessions) return
    }
    attempt.conclude(sessions === 0)
  }

  async #open(attempt: Attempt, stop: Stop, signal: AbortSignal): Promise<OpenClient | null> {
    const demand = await this.#demand(attempt, stop, signal)
    if (demand === null) return null
    const opened = await this.#openOnce(attempt, stop, demand, signal)
    if (opened instanceof OpenClient) return opened
    if (opened !== 'noHandshake' || !(await this.#mayBePlain(attempt, stop, demand))) return null
    const plain = await this.#openOnce(attempt, stop, { level: 'none' }, signal)
    return plain instanceof OpenClient ? plain : null
  }

  /**
   * Who does not insist on TLS has no use for a host that offers it and cannot; but first it is tried again, for somebody may have disturbed it. Logins stay where TLS
   * is (all as Postfix does it).
   */
  async #mayBePlain(attempt: Attempt, { target }: Stop, { level }: TlsDemand): Promise<boolean> {
    const waited = this.#options.clock.date() - attempt.request.message.arrived
    if (level !== 'may' || this.#mustBeTls(attempt) || waited < this.#limits.plaintextAfter) return false
    return (await this.#options.credentials?.(factsOf(attempt, target))) === undefined
  }

  /** What TLS must prove at a host; `null` when that cannot be found out. */
  async #demand(attempt: Attempt, stop: Stop, signal: AbortSignal): Promise<TlsDemand | null> {
    const { target, isAuthentic, nexthop } = stop
    if ('path' in target.to) return { level: 'none' }
    const policy = (await this.#options.tlsPolicy?.(factsOf(attempt, target))) ?? { level: 'may' }
    if (policy === 'unavailable') {
      attempt.missed({ relay: 'none', status: '4.7.5', text: 'client TLS configuration problem' })
      return null
    }
    if (this.#mustBeTls(attempt) && !isProved(stop, policy)) {
      const text = `REQUIRETLS: nothing proves that ${target.serverName} is a host of ${nexthop}`
      attempt.missed({ relay: 'none', status: '5.7.10', text })
      return null
    }
    const host = { name: target.serverName, port: target.to.port, isAuthentic, nexthop }
    const answer = await runFlow(demandFor(policy, host), performer([this.#options.resolver]), signal)
    if (answer.kind === 'demand') return answer.demand
    attempt.missed({ relay: 'none', status: answer.status, text: answer.text })
    return null
  }

  async #openOnce(
    attempt: Attempt,
    { target: { to, serverName, implicit }, remote }: Stop,
    demand: TlsDemand,
    signal: AbortSignal,
  ): Promise<OpenClient | 'noHandshake' | null> {
    const { dialer, clock, protocol, hostname, credentials, mechanisms, clientLimits } = this.#options
    const target: DialTarget = { to, serverName, tls: demand, ...(implicit === undefined ? {} : { implicit }) }
    const auth = await credentials?.(factsOf(attempt, target))
    if (auth === 'unavailable') {
      attempt.missed({ relay: 'none', status: '4.3.0', text: 'SASL password lookup error' })
      return null
    }
    let dialled: Awaited<ReturnType<Dialer['dial']>>
    try {
      dialled = await dialer.dial(target, signal)
    } catch (error) {
      signal.throwIfAborted()
      const reason = connectText(error)
      this.#tell('hostFailed', target, { during: 'connect', reason })
      attempt.missed({ relay: 'none', status: '4.4.1', text: `connect to ${remote.relay}: ${reason}` })
      return null
    }
    const client = new OpenClient(
      {
        protocol,
        hostname,
        peerName: remote.shown,
        tls: CLIENT_POLICIES[demand.level],
        ...(auth === undefined ? {} : { auth: mechanisms === undefined ? auth : { mechanisms, ...auth } }),
        ...(clientLimits === undefined ? {} : { limits: clientLimits }),
      },
      this.#limits,
      dialled.duplex,
      clock,
      dialled.tls,
    )
    const cut = (): void => client.destroy()
    signal.addEventListener('abort', cut)
    const opened = await client.opened
    signal.removeEventListener('abort', cut)
    signal.throwIfAborted()
    attempt.connected()
    if ('session' in opened) {
      const { tls, extensions } = opened.session
      const { client: _, ...facts } = tls ?? { protocol: '', cipher: '' }
      const offer = extensions.has('STARTTLS') ? { offers: 'STARTTLS' } : {}
      this.#tell('hostConnected', target, tls === null ? offer : facts)
      return client
    }
    const { failure } = opened
    const words = failureWords(failure, remote)
    const isHandshake = failure.kind === 'ended' && failure.stage === 'TLS handshake'
    const isForGood = (failure.kind === 'tls' || isHandshake) && this.#mustBeTls(attempt)
    attempt.missed({ relay: remote.relay, ...words, ...(isForGood ? { status: '5.7.10' } : {}) })
    if (!isHandshake) return null
    this.#tell('hostFailed', target, { during: 'tls', reason: client.handshakeError || 'lost connection' })
    return 'noHandshake'
  }

  /** Sends to who is left, as many at a time as the server takes; keeps the session for the next message. */
  async #send(attempt: Attempt, client: OpenClient, remote: RemoteHost, signal: AbortSignal): Promise<void> {
    const opened = await client.opened
    if (!('session' in opened)) return
    const most = limitOf(opened.session.extensions.get('LIMITS'), 'RCPTMAX')
    const messages = limitOf(opened.session.extensions.get('LIMITS'), 'MAILMAX')
    for (const recipients of groups(attempt.open, most)) {
      if (!client.isReady || client.sent >= messages) break
      const { outcomes, reports } = await client.send(
        outgoing(attempt.request, recipients, this.#options.clock.date()),
        signal,
      )
      // LMTP is the last hop: what it takes is delivered.
      const ours = this.#options.protocol === 'lmtp' ? 'delivered' : 'relayed'
      const told = reports === 'passedOn' ? reports : ours
      for (const [at, outcome] of outcomes.entries()) {
        const recipient = recipients[at]
        if (recipient === undefined) continue
        attempt.settle(resultOf(recipient.position, outcome, remote, told), certaintyOf(outcome))
      }
    }
    const isFresh = client.sent < Math.min(messages, this.#limits.messages)
    if (isFresh && client.isReady) this.#cache.keep(this.#sessionKey(attempt), { client, remote })
    else if (client.isReady) void client.quit()
  }

  async #stops(
    destination: Destination,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'stops'; readonly stops: readonly Stop[] } | Exclude<HostsAnswer, { kind: 'hosts' }>> {
    if (destination.kind === 'unix') {
      const { path } = destination
      const { hostname } = this.#options
      const shown = `${hostname}[${path}]`
      const stop: Stop = {
        target: { to: { path }, serverName: hostname },
        isAuthentic: false,
        nexthop: path,
        remote: { name: hostname, shown, relay: shown },
      }
      return { kind: 'stops', stops: [stop] }
    }
    const { resolver, random, addresses } = this.#options
    const answer = await runFlow(
      findHosts(destination, this.#own, random, addresses === 'any' ? undefined : addresses),
      performer([resolver]),
      signal,
    )
    if (answer.kind !== 'hosts') return answer
    const nexthop = destination.kind === 'domain' ? destination.domain : destination.host
    return { kind: 'stops', stops: answer.hosts.flatMap((host) => this.#addresses(host, nexthop)) }
  }

  #addresses({ name, addresses, port, isAuthentic }: MailHost, nexthop: string): readonly Stop[] {
    const { addresses: wanted = 'any' } = this.#options
    return addresses
      .filter((address) => wanted === 'any' || address.includes(':') === (wanted === 'ipv6'))
      .map((host) => ({
        target: {
          to: { host, port },
          serverName: name,
          ...(port === SUBMISSIONS ? { implicit: 'tls' } : {}),
        },
        isAuthentic,
        nexthop,
        remote: { name, shown: `${name}[${host}]`, relay: `${name}[${host}]:${port}` },
      }))
  }

  #tell(name: string, { to, serverName }: DialTarget, facts: { readonly [field: string]: string | undefined }): void {
    const place = 'path' in to ? { address: to.path, port: 0 } : { address: to.host, port: to.port }
    this.#options.onEvent?.({ name, host: serverName, ...place, ...facts })
  }
}

/**
 * RFC 8689 §4.2.1: that the certificate bears the host's name means something only where the host is the one that mail is for, or DNSSEC says that it
 * is the domain's, or the site's policy says whom it means.
 */
function isProved({ target, nexthop, isAuthentic }: Stop, policy: TlsPolicy): boolean {
  if (isAuthentic || target.serverName === nexthop) return true
  switch (policy.level) {
    case 'fingerprint':
      return true
    case 'secure':
    case 'verify':
      return !(policy.names ?? [policy.level === 'secure' ? 'nexthop' : 'hostname']).includes('hostname')
    case 'none':
    case 'may':
    case 'encrypt':
    case 'dane':
    case 'dane-only':
      return false
    default:
      return policy satisfies never
  }
}

function factsOf({ request }: Attempt, { serverName }: Pick<DialTarget, 'serverName'>): SessionFacts {
  return { nexthop: request.nexthop, host: serverName, sender: request.message.envelope.reversePath }
}

/** TLS from the first octet by its number (RFC 8314 §3.3). */
const SUBMISSIONS = 465

const CLIENT_POLICIES: { readonly [level in TlsDemand['level']]: ClientTlsPolicy } = {
  none: 'none',
  may: 'may',
  encrypt: 'encrypt',
  names: 'verified',
  fingerprint: 'verified',
  dane: 'verified',
}

/** RFC 9422 §4. */
function limitOf(limits: string | undefined, name: string): number {
  const value = new RegExp(`(?:^|\\s)${name}=(\\d{1,9})(?:\\s|$)`, 'i').exec(limits ?? '')?.[1]
  return value === undefined || value === '0' ? Number.POSITIVE_INFINITY : Number(value)
}

function groups<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (items.length <= size) return [items]
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}

import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import type { Clock, DnsAnswer, Millis, Random, Resolver } from '@mailwright/core'
import { isLoopback, parseAddress } from '@mailwright/core'
import { systemClock, systemRandom } from '@mailwright/core/node'
import type { Answer } from 'dns-packet'
import { ExpiringCache } from '../../driver/expiring-cache.js'
import { type Remembered, readReply, TRY_AGAIN } from './answer.js'
import { DNS_LIMITS, type DnsLimits } from './limits.js'
import {
  addressKey,
  type HostsFile,
  machineFile,
  parseHosts,
  parseResolvConf,
  type ResolverConfiguration,
} from './machine-files.js'
import { CODE, type DnsReply, dnsQuery, type RecordType } from './message.js'
import { ask, type DnsServer } from './transport.js'

export interface DnsResolverOptions {
  /** Who is asked, in this order. They must be resolvers: they follow delegations for us. Default: those of `/etc/resolv.conf`, read again when it changes. */
  readonly servers?: readonly { readonly address: string; readonly port?: number }[]
  /**
   * Whose word about DNSSEC is believed (AD). Default: a server's on this machine, and what resolv.conf trusts (`options trust-ad`); what comes
   * from elsewhere may have been changed on its way.
   */
  readonly authentic?: 'loopback' | 'always' | 'never'
  /** Names and addresses that need no DNS, in the form of hosts(5). Default `/etc/hosts`; `null` for none. */
  readonly hostsFile?: string | null
  readonly limits?: Partial<DnsLimits>
  readonly clock?: Pick<Clock, 'now'>
  readonly random?: Random
}

/** RFC 6761 §6.3: never asked of anybody. */
const LOCALHOST: readonly string[] = ['127.0.0.1', '::1']

/**
 * DNS as mail needs it: MX, addresses, TXT, PTR, NS, TLSA, with what DNSSEC says of them. Answers are remembered as long as their TTL, "none" as long as the SOA record
 * says, and equal questions under way are one. IPv4 addresses come before IPv6 ones. Names come in lower case: the capitals of an answer are often those of our question.
 *
 * Nothing of what a server says is believed but the answer to our question, and names in it that no host can have are dropped.
 */
export function dnsResolver(options: DnsResolverOptions = {}): Resolver {
  return new DnsResolver(options)
}

class DnsResolver implements Resolver {
  readonly #options: DnsResolverOptions
  readonly #limits: DnsLimits
  readonly #random: Random
  readonly #cache: ExpiringCache<Remembered>
  readonly #underWay = new Map<string, Promise<Remembered>>()
  readonly #configuration: () => ResolverConfiguration
  readonly #hosts: () => HostsFile
  #active = 0
  readonly #waiting: (() => void)[] = []

  constructor(options: DnsResolverOptions) {
    this.#options = options
    this.#limits = { ...DNS_LIMITS, ...options.limits }
    this.#random = options.random ?? systemRandom
    const { now } = options.clock ?? systemClock
    this.#cache = new ExpiringCache(this.#limits.cacheEntries, now)
    const { servers, hostsFile = '/etc/hosts' } = options
    this.#configuration =
      servers === undefined
        ? machineFile('/etc/resolv.conf', parseResolvConf, now)
        : () => ({
            servers: servers.map(({ address, port = 53 }) => ({ address, port })),
            trustsAuthentic: false,
          })
    this.#hosts = hostsFile === null ? () => parseHosts('') : machineFile(hostsFile, parseHosts, now)
  }

  async resolveMx({ domain }: { readonly domain: string }, signal: AbortSignal): ReturnType<Resolver['resolveMx']> {
    return this.#records(domain, 'MX', signal, (record) => {
      if (record.type !== 'MX') return []
      const { preference = 0 } = record.data
      const exchange = record.data.exchange.toLowerCase()
      // `.` is a null MX (RFC 7505 §3).
      return exchange === '.' || exchange === '' || isHostName(exchange) ? [{ preference, exchange }] : []
    })
  }

  async resolveAddresses(
    { host, family }: { readonly host: string; readonly family?: 'ipv4' | 'ipv6' },
    signal: AbortSignal,
  ): Promise<DnsAnswer<string>> {
    const name = host.toLowerCase().replace(/\.$/, '')
    const isWanted = (address: string) => family === undefined || isIPv6(address) === (family === 'ipv6')
    const isLocalhost = name === 'localhost' || name.endsWith('.localhost')
    const known = this.#hosts().addresses.get(name) ?? (isLocalhost ? LOCALHOST : undefined)
    if (known !== undefined) return found(known.filter(isWanted), false)
    const data = (record: Answer) => (record.type === 'A' || record.type === 'AAAA' ? [record.data] : [])
    const [ipv4, ipv6] = await Promise.all([
      family === 'ipv6' ? NOT_FOUND : this.#records(host, 'A', signal, data),
      family === 'ipv4' ? NOT_FOUND : this.#records(host, 'AAAA', signal, data),
    ])
    return both(ipv4, ipv6)
  }

  /** The strings of one record belong together (RFC 7208 §3.3). */
  resolveTxt({ name }: { readonly name: string }, signal: AbortSignal): Promise<DnsAnswer<string>> {
    return this.#records(name, 'TXT', signal, (record) => {
      if (record.type !== 'TXT') return []
      const strings = Array.isArray(record.data) ? record.data : [record.data]
      return [strings.map((each) => (typeof each === 'string' ? each : each.toString('utf8'))).join('')]
    })
  }

  async resolvePtr({ address }: { readonly address: string }, signal: AbortSignal): Promise<DnsAnswer<string>> {
    const key = addressKey(address)
    const known = this.#hosts().names.get(key)
    if (known !== undefined) return found(known, false)
    if (LOCALHOST.some((each) => addressKey(each) === key)) return found(['localhost'], false)
    const name = reverseName(address)
    return name === undefined ? NOT_FOUND : this.#records(name, 'PTR', signal, hostNames)
  }

  resolveNs({ domain }: { readonly domain: string }, signal: AbortSignal): Promise<DnsAnswer<string>> {
    return this.#records(domain, 'NS', signal, hostNames)
  }

  resolveTlsa({ name }: { readonly name: string }, signal: AbortSignal): ReturnType<Resolver['resolveTlsa']> {
    return this.#records(name, 'TLSA', signal, (record) => {
      if (record.type !== 'TLSA') return []
      const { usage, selector, matchingType, certificate } = record.data
      // Copied: the datagram's octets are not kept for one record of it.
      return [{ usage, selector, matching: matchingType, association: new Uint8Array(certificate) }]
    })
  }

  async #records<T>(
    name: string,
    type: RecordType,
    signal: AbortSignal,
    read: (record: Answer) => readonly T[],
  ): Promise<DnsAnswer<T>> {
    const asked = questionName(name)
    if (asked === undefined) return NOT_FOUND
    const answer = await aborted(this.#remembered(asked, type), signal)
    return answer.kind === 'found' ? found(answer.records.flatMap(read), answer.isAuthentic) : answer
  }

  #remembered(name: string, type: RecordType): Promise<Remembered> {
    const key = `${type} ${name}`
    const cached = this.#cache.get(key)
    if (cached !== undefined) return Promise.resolve(cached)
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) return underWay
    const asking = this.#inTurn(() => this.#resolve(name, type)).then(({ answer, age }) => {
      this.#cache.set(key, answer, age)
      return answer
    })
    const ended = asking.finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, ended)
    return ended
  }

  /** Follows aliases, where the server does not. */
  async #resolve(name: string, type: RecordType): Promise<{ readonly answer: Remembered; readonly age: Millis }> {
    let current = name
    let isAuthentic = true
    let most = this.#limits.cacheAge
    for (let aliases = 0; aliases <= this.#limits.aliases; aliases++) {
      const question = { name: current, type }
      const reply = await this.#askServers(question)
      if (reply === undefined) return { answer: TRY_AGAIN, age: this.#limits.failureAge }
      const reading = readReply(question, reply, this.#limits)
      isAuthentic &&= reply.isAuthentic
      most = Math.min(most, reading.age)
      if (reading.kind === 'answer') {
        const { answer } = reading
        return { answer: answer.kind === 'found' ? { ...answer, isAuthentic } : answer, age: most }
      }
      const next = questionName(reading.name)
      if (next === undefined) return { answer: NOT_FOUND, age: 0 }
      current = next
    }
    return { answer: TRY_AGAIN, age: this.#limits.failureAge }
  }

  /** Goes through the servers until one says yes or no. `undefined`: none does. */
  async #askServers(question: { readonly name: string; readonly type: RecordType }): Promise<DnsReply | undefined> {
    const { servers, timeout, attempts, trustsAuthentic } = this.#configuration()
    const given = this.#options.limits
    const most = given?.attempts ?? attempts ?? this.#limits.attempts
    const time = given?.timeout ?? timeout ?? this.#limits.timeout
    for (let attempt = 0; attempt < most; attempt++) {
      for (const server of servers.slice(0, this.#limits.servers)) {
        const reply = await this.#askServer(server, question, time)
        if (reply === undefined || (reply.code !== CODE.noError && reply.code !== CODE.noSuchName)) continue
        return { ...reply, isAuthentic: reply.isAuthentic && this.#isBelieved(server, trustsAuthentic) }
      }
    }
    return undefined
  }

  async #askServer(
    server: DnsServer,
    question: { readonly name: string; readonly type: RecordType },
    timeout: Millis,
  ): Promise<DnsReply | undefined> {
    const { datagramOctets } = this.#limits
    try {
      const once = (edns: 'with' | 'without') =>
        ask(server, dnsQuery(question, { datagramOctets, edns }, this.#random), AbortSignal.timeout(timeout))
      const reply = await once('with')
      const isOld = reply.code === CODE.formatError || reply.code === CODE.notImplemented
      return isOld ? await once('without') : reply
    } catch {
      // Silent, unreachable or talking nonsense: another server may do better.
      return undefined
    }
  }

  #isBelieved({ address }: DnsServer, trustsAuthentic: boolean): boolean {
    const { authentic } = this.#options
    if (authentic === undefined) return trustsAuthentic || isLoopback(address)
    return authentic === 'always' || (authentic === 'loopback' && isLoopback(address))
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#active >= this.#limits.concurrency) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#active += 1
    try {
      return await work()
    } finally {
      // Whoever is woken takes over this place.
      const next = this.#waiting.shift()
      if (next === undefined) this.#active -= 1
      else next()
    }
  }
}

const NOT_FOUND = { kind: 'notFound' } as const

function found<T>(records: readonly T[], isAuthentic: boolean): DnsAnswer<T> {
  return records.length === 0 ? NOT_FOUND : { kind: 'found', records, isAuthentic }
}

/** What is known of either; a failure counts only where the other has nothing. */
function both(one: DnsAnswer<string>, other: DnsAnswer<string>): DnsAnswer<string> {
  if (one.kind === 'found' && other.kind === 'found') {
    return found([...one.records, ...other.records], one.isAuthentic && other.isAuthentic)
  }
  if (one.kind === 'found') return one
  if (other.kind === 'found') return other
  return one.kind === 'tryAgain' ? one : other
}

function hostNames(record: Answer): readonly string[] {
  if (record.type !== 'PTR' && record.type !== 'NS') return []
  return isHostName(record.data) ? [record.data.toLowerCase()] : []
}

/** RFC 1123 §2.1, with the underscores that there are: nothing else may stand in a log, a header or a reply. */
function isHostName(name: string): boolean {
  return name.length <= 253 && /^(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*$/.test(name)
}

/** A name that can be asked for, in lower case; `undefined` where DNS has no such name (RFC 1035 §2.3.4). Unicode becomes A-labels (RFC 5891). */
function questionName(name: string): string | undefined {
  const ascii = /[^\x00-\x7f]/.test(name) ? domainToASCII(name) : name
  const bare = ascii.toLowerCase().replace(/\.$/, '')
  return bare.length <= 253 && /^[!-\-/-~]{1,63}(?:\.[!-\-/-~]{1,63})*$/.test(bare) ? bare : undefined
}

/** RFC 1035 §3.5, RFC 3596 §2.5. */
export function reverseName(address: string): string | undefined {
  const octets = parseAddress(address)
  if (octets === undefined) return undefined
  if (octets.length === 4) return `${octets.toReversed().join('.')}.in-addr.arpa`
  const nibbles = octets.flatMap((octet) => [octet >> 4, octet & 15])
  return `${nibbles
    .toReversed()
    .map((nibble) => nibble.toString(16))
    .join('.')}.ip6.arpa`
}

/** Waits for what goes on without us when `signal` aborts. */
function aborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      // Others wait for it; if nobody does, its failure is nobody's.
      work.catch(() => {})
      return reject(signal.reason)
    }
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

import { createServer, type Server, type Socket } from 'node:net'
import { staticAuthenticator } from '@mailwright/auth'
import type { Authenticator, PeerFacts } from '@mailwright/core'
import { type Networks, parseNetworks } from '@mailwright/core'
import { type Connection, drive, performer } from '@mailwright/core/driver'
import { socketDuplex, systemClock, systemRandom } from '@mailwright/core/node'
import {
  parseRestrictions,
  RESTRICTION_CODES,
  RelayChecks,
  type RestrictionLists,
  Restrictions,
  ROUTING_RULES,
  RoutedPolicy,
  Router,
} from '@mailwright/relay'
import { Receiving } from '@mailwright/relay/driver'
import { dnsResolver, TableFiles } from '@mailwright/relay/node'
import { createSmtpServer, questionsOf, type SmtpHandler, type SpeaksFor } from '@mailwright/smtp'
import { createMemoryQueue } from '@mailwright/store-memory'
import { FOLDER, type RestrictedSite } from './restriction-sites.js'
import {
  DOMAIN,
  FILTER,
  HOSTNAME,
  MAPPED,
  PASSWORD,
  PROXY,
  RELAY_DOMAIN,
  type Site,
  STRANGERS,
  USER,
  USERS,
} from './sites.js'

/** What both servers stand on: the folder of the tables, and a name server. */
export interface Ground {
  readonly folder: string
  readonly nameserver: number
}

/** What our server does with mail, as main.cf has it: the users of one domain, and elsewhere for networks and who logged in. */
function receiving(authenticator: Authenticator, site: Site, ground: Ground): SmtpHandler {
  const router = new Router({
    ...ROUTING_RULES,
    origin: DOMAIN,
    destinations: [DOMAIN],
    relayDomains: [RELAY_DOMAIN],
    postmaster: USER,
    delimiter: '+',
    transportMaps: [`texthash:${ground.folder}/ways`],
    virtualAliasMaps: [MAPPED],
  })
  const networks = parseNetworks(site.networks ?? [STRANGERS])
  const { restricted } = site
  const checks =
    restricted === undefined ? new RelayChecks(router, networks) : restrictions(restricted, router, networks, ground)
  const resolver = dnsResolver({
    servers: [{ address: '127.0.0.1', port: ground.nameserver }],
    hostsFile: null,
  })
  const tables = new TableFiles({ clock: systemClock })
  return new Receiving({
    hostname: HOSTNAME,
    origin: DOMAIN,
    policy: new RoutedPolicy(router, checks),
    perform: performer([authenticator, resolver, tables]),
    ...(site.speakers === undefined ? {} : { clientNames: 'lookedUp' as const }),
    queue: createMemoryQueue(),
    clock: systemClock,
    random: systemRandom,
  })
}

/** The lists of a site as our server reads them: the same words. */
function restrictions(site: RestrictedSite, router: Router, networks: Networks, { folder }: Ground): Restrictions {
  const here = (text: string): string => text.replaceAll(FOLDER, folder)
  const read = (stage: keyof RestrictedSite['lists']): RestrictionLists => {
    const text = site.lists[stage]
    return text === undefined ? {} : { [stage]: parseRestrictions(here(text), stage) }
  }
  return new Restrictions(
    { ...read('client'), ...read('helo'), ...read('sender'), ...read('relay'), ...read('recipient'), ...read('data') },
    {
      router,
      networks,
      ownHosts: new Set([HOSTNAME]),
      ownAddresses: new Set(['127.0.0.1']),
      senderLoginMaps: site.senderLoginMaps === undefined ? [] : [here(site.senderLoginMaps)],
      relayClientCerts: [],
      codes: RESTRICTION_CODES,
      temporaryFailure: 'deferIfPermit',
    },
    undefined,
    site.refusals,
  )
}

/** Our engine at a port. */
export class OurServer {
  readonly #server: Server
  readonly #connections = new Set<Connection>()

  private constructor(site: Site, ground: Ground) {
    const { ours: options } = site
    const authenticator = staticAuthenticator(Object.fromEntries(USERS.map((user) => [user, PASSWORD])))
    const handler = receiving(authenticator, site, ground)
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const engine = createSmtpServer({
        role: 'mx',
        hostname: HOSTNAME,
        mailName: 'Postfix',
        peer: peerFacts(socket),
        asks: questionsOf(handler),
        haste: 'noted',
        speaksFor: site.speakers === undefined ? [] : speaksFor(socket.remoteAddress),
        ...options,
      })
      const connection = drive(engine, socketDuplex(socket), {
        adapters: [handler, authenticator],
        clock: systemClock,
      })
      this.#connections.add(connection)
      void connection.closed.then(() => this.#connections.delete(connection))
    })
  }

  static async start(site: Site, ground: Ground): Promise<OurServer> {
    const server = new OurServer(site, ground)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async dispose(): Promise<void> {
    for (const connection of this.#connections) connection.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

function speaksFor(address: string | undefined): readonly SpeaksFor[] {
  if (address === PROXY) return ['XCLIENT', 'XFORWARD']
  return address === FILTER ? ['XFORWARD'] : []
}

function peerFacts(socket: Socket): PeerFacts {
  return {
    address: socket.remoteAddress ?? '',
    port: socket.remotePort ?? 0,
    localAddress: socket.localAddress ?? '',
    localPort: socket.localPort ?? 0,
  }
}

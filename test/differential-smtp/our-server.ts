import { createServer, type Server, type Socket } from 'node:net'
import { staticAuthenticator } from '@mailwright/auth'
import type { Authenticator, PeerFacts } from '@mailwright/core'
import { type Connection, drive, performer } from '@mailwright/core/driver'
import { socketDuplex, systemClock, systemRandom } from '@mailwright/core/node'
import { parseNetworks, RelayChecks, ROUTING_RULES, RoutedPolicy, Router } from '@mailwright/relay'
import { Receiving } from '@mailwright/relay/driver'
import { createSmtpServer, questionsOf, type SmtpHandler } from '@mailwright/smtp'
import { createMemoryQueue } from '@mailwright/store-memory'
import { DOMAIN, HOSTNAME, PASSWORD, RELAY_DOMAIN, type Site, STRANGERS, USER, USERS } from './sites.js'

/** What our server does with mail, as main.cf has it: the users of one domain, and elsewhere for networks and who logged in. */
function receiving(authenticator: Authenticator, networks: readonly string[]): SmtpHandler {
  const router = new Router({
    ...ROUTING_RULES,
    origin: DOMAIN,
    destinations: [DOMAIN],
    relayDomains: [RELAY_DOMAIN],
    postmaster: USER,
    delimiter: '+',
  })
  return new Receiving({
    hostname: HOSTNAME,
    origin: DOMAIN,
    policy: new RoutedPolicy(router, new RelayChecks(router, parseNetworks(networks))),
    perform: performer([authenticator]),
    queue: createMemoryQueue(),
    clock: systemClock,
    random: systemRandom,
  })
}

/** Our engine at a port. */
export class OurServer {
  readonly #server: Server
  readonly #connections = new Set<Connection>()

  private constructor({ ours: options, networks }: Site) {
    const authenticator = staticAuthenticator(Object.fromEntries(USERS.map((user) => [user, PASSWORD])))
    const handler = receiving(authenticator, networks ?? [STRANGERS])
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const engine = createSmtpServer({
        role: 'mx',
        hostname: HOSTNAME,
        mailName: 'Postfix',
        peer: peerFacts(socket),
        asks: questionsOf(handler),
        ...options,
      })
      const connection = drive(engine, socketDuplex(socket), { adapters: [handler, authenticator], clock: systemClock })
      this.#connections.add(connection)
      void connection.closed.then(() => this.#connections.delete(connection))
    })
  }

  static async start(site: Site): Promise<OurServer> {
    const server = new OurServer(site)
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

function peerFacts(socket: Socket): PeerFacts {
  return {
    address: socket.remoteAddress ?? '',
    port: socket.remotePort ?? 0,
    localAddress: socket.localAddress ?? '',
    localPort: socket.localPort ?? 0,
  }
}

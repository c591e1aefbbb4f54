import { createServer, type Server, type Socket } from 'node:net'
import { staticAuthenticator } from '@mailwright/auth'
import type { PeerFacts } from '@mailwright/core'
import { type Connection, drive } from '@mailwright/core/driver'
import { socketDuplex, systemClock } from '@mailwright/core/node'
import {
  createSmtpServer,
  type MessageVerdict,
  type MxOptions,
  reply,
  type SmtpHandler,
  type Verdict,
  writeMailbox,
} from '@mailwright/smtp'
import { DOMAIN, HOSTNAME, PASSWORD, USERS } from './sites.js'

/** Takes mail for the users of the domain, from anybody; to elsewhere from who logged in. What it takes is gone. */
const HANDLER: SmtpHandler = {
  async recipient({ session, recipient }): Promise<Verdict> {
    const address = writeMailbox(recipient)
    const domain = (recipient.domain ?? DOMAIN).toLowerCase()
    const isOurs = domain === DOMAIN || domain === '[127.0.0.1]'
    if (!isOurs) {
      if (session.identity !== null) return { kind: 'accepted' }
      return { kind: 'refused', reply: reply(554, '5.7.1', `<${address}>: Relay access denied`) }
    }
    const [user = ''] = recipient.localPart.toLowerCase().split('+')
    if (USERS.includes(user) || user === 'postmaster') return { kind: 'accepted' }
    return { kind: 'refused', reply: reply(550, '5.1.1', `<${address}>: Recipient address rejected: User unknown`) }
  },
  async message({ body }): Promise<MessageVerdict> {
    for await (const _ of body) {
      // Every chunk is acknowledged by asking for the next.
    }
    return { kind: 'accepted', id: '1D7FE400A4C9' }
  },
}

/** Our engine at a port. */
export class OurServer {
  readonly #server: Server
  readonly #connections = new Set<Connection>()

  private constructor(options: Partial<MxOptions>) {
    const authenticator = staticAuthenticator(Object.fromEntries(USERS.map((user) => [user, PASSWORD])))
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const engine = createSmtpServer({
        role: 'mx',
        hostname: HOSTNAME,
        mailName: 'Postfix',
        peer: peerFacts(socket),
        ...options,
      })
      const connection = drive(engine, socketDuplex(socket), { adapters: [HANDLER, authenticator], clock: systemClock })
      this.#connections.add(connection)
      void connection.closed.then(() => this.#connections.delete(connection))
    })
  }

  static async start(options: Partial<MxOptions>): Promise<OurServer> {
    const server = new OurServer(options)
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

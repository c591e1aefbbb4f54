import { type EngineEvent, HostError, type PeerFacts, parseNetworks } from '@mailwright/core'
import { systemClock, systemRandom } from '@mailwright/core/node'
import { logEvent } from '../log/event-log.js'
import { type Logger, SILENT } from '../log/logger.js'
import { ConnectionTable, type Seat, type Standing } from '../net/connection-table.js'
import { CONNECTION_LIMITS, type ConnectionLimits } from '../net/limits.js'
import { type ListenAddress, type Listener, type ListenerRole, listen, type TlsMode } from '../net/listener.js'
import type { MailTransfer } from '../relay/mail-transfer.js'
import { type ServerCertificates, ServerIdentity } from '../tls/server-identity.js'
import { EngineRoom } from './engine-room.js'
import type { ListenerOptions, ListenerProtocol, MailServerOptions } from './options.js'

/** A listening socket of a running server. */
export interface RunningListener {
  readonly protocol: ListenerProtocol
  readonly tls: TlsMode
  readonly address: ListenAddress
}

/** A running server. */
export interface MailServer {
  /** In the order of the options, with the ports that were found. */
  readonly listeners: readonly RunningListener[]
  /** The port of the first listener of a protocol (and TLS mode). @throws {HostError} where there is none. */
  port(protocol: ListenerProtocol, tls?: TlsMode): number
  /** What is behind the listeners where `relay` was given: the queue's runner, and a way in for mail that does not come by SMTP. */
  readonly transfer: MailTransfer | undefined
  /**
   * Shows new connections these certificates, in place of all that there were. Connections that exist keep theirs. All or none. @throws {HostError} where the
   * server began without any. @throws {SetupError} where one is of no use.
   */
  replaceCertificates(certificates: ServerCertificates): void
  /** Connections now. */
  readonly connections: number
  /**
   * Stops listening, lets the commands at hand finish for a while (`limits.connections.closeGrace`), then cuts the rest. Resolves when the
   * last call to an adapter is over: the store may then be closed. May be called again.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Events by which a peer shows that it is no stranger, who would have to make room first. */
const STANDINGS: ReadonlyMap<string, Standing> = new Map([
  ['login', 'user'],
  ['recipient', 'sender'],
])

/**
 * Starts a mail server: every listener of the options, over the given store and authenticator.
 *
 * @throws {SetupError} in one plain sentence when a listener cannot be opened; none stays open then.
 * @throws {HostError} when the options lack what a listener needs.
 */
export async function createMailServer(options: MailServerOptions): Promise<MailServer> {
  const server = new RunningMailServer(options)
  try {
    for (const listener of options.listeners) await server.open(listener)
    await server.transfer?.startPickup()
  } catch (error) {
    await server.close()
    throw error
  }
  return server
}

class RunningMailServer implements MailServer {
  readonly #options: MailServerOptions
  readonly #logger: Logger
  readonly #limits: ConnectionLimits
  readonly #table: ConnectionTable
  readonly #rooms: EngineRoom
  readonly #tls: ServerIdentity | undefined
  readonly #opened: { readonly options: ListenerOptions; readonly listener: Listener }[] = []
  #closing: Promise<void> | null = null
  #count = 0

  constructor(options: MailServerOptions) {
    this.#options = options
    this.#logger = options.logger ?? SILENT
    this.#limits = { ...CONNECTION_LIMITS, ...options.limits?.connections }
    this.#table = new ConnectionTable(this.#limits)
    this.#rooms = new EngineRoom(options, {
      clock: options.clock ?? systemClock,
      random: options.random ?? systemRandom,
      logger: this.#logger,
    })
    const { certificate, certificates, clientCertificates, tls } = options
    if (certificate !== undefined) {
      this.#tls = new ServerIdentity(
        { certificate, ...(certificates === undefined ? {} : { certificates }) },
        { ...tls, ...(clientCertificates === undefined ? {} : { clientCertificates }) },
      )
    }
  }

  get listeners(): readonly RunningListener[] {
    return this.#opened.map(({ options, listener }) => ({
      protocol: options.protocol,
      tls: listener.role.tlsMode,
      address: listener.bound,
    }))
  }

  get transfer(): MailTransfer | undefined {
    return this.#rooms.transfer
  }

  get connections(): number {
    return this.#table.size
  }

  port(protocol: ListenerProtocol, tls?: TlsMode): number {
    for (const listener of this.listeners) {
      if (listener.protocol !== protocol || (tls !== undefined && listener.tls !== tls)) continue
      if ('port' in listener.address) return listener.address.port
    }
    throw new HostError(`there is no ${protocol} listener${tls === undefined ? '' : ` with TLS ${tls}`}`)
  }

  replaceCertificates(certificates: ServerCertificates): void {
    if (this.#tls === undefined) throw new HostError('this server began without a certificate')
    this.#tls.replace(certificates)
  }

  async open(options: ListenerOptions): Promise<void> {
    const role = this.#role(options)
    const listener = await listen(role, {
      clock: this.#options.clock ?? systemClock,
      handshakeTimeout: this.#limits.handshake,
      writeTimeout: this.#limits.write,
      admits: (address) => this.#admits(role, address),
      onProxyFault: ({ name }, rip, why) => this.#logger.info({ listener: name, rip, why }, 'proxyRefused'),
      seat: (address, guest) => this.#table.add(address, guest),
      changes: this.#options.changes,
    })
    this.#opened.push({ options, listener })
    this.#logger.info({ protocol: options.protocol, tls: role.tlsMode, ...listener.bound }, 'listening')
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const listeners = this.#opened.map(({ listener }) => listener.close())
    const clock = this.#options.clock ?? systemClock
    let release: () => void = () => {}
    const grace = new Promise<void>((resolve) => {
      release = clock.after(this.#limits.closeGrace, resolve)
    })
    await this.#table.close(grace)
    release()
    await Promise.all(listeners)
    await this.#rooms.transfer?.close()
    this.#logger.info({}, 'closed')
  }

  #admits(role: ListenerRole, address: string): boolean {
    if (this.#closing === null && this.#table.admits(address)) return true
    this.#logger.warn({ listener: role.name, rip: address }, 'tooManyConnections')
    return false
  }

  #role(options: ListenerOptions): ListenerRole {
    const { protocol, host = '127.0.0.1', port, path, proxyProtocol } = options
    const tlsMode = options.tls ?? (this.#tls === undefined || path !== undefined ? 'none' : 'starttls')
    if (tlsMode !== 'none' && this.#tls === undefined) {
      throw new HostError(`the ${protocol} listener asks for TLS (${tlsMode}), but no certificate was given`)
    }
    if (path === undefined && port === undefined)
      throw new HostError(`the ${protocol} listener has neither port nor path`)
    if (path !== undefined && proxyProtocol !== undefined)
      throw new HostError(
        `the ${protocol} listener is a Unix socket: its peers have no address to be known as proxies by`,
      )
    this.#rooms.check(protocol)
    const address: ListenAddress = path === undefined ? { host, port: port ?? 0 } : { path }
    return {
      name: protocol,
      address,
      tlsMode,
      tls: this.#tls,
      ...(proxyProtocol === undefined ? {} : { proxies: parseNetworks(proxyProtocol) }),
      refusal: this.#rooms.refusal(protocol),
      accept: (peer) => this.#accept(options, tlsMode, peer),
    }
  }

  #accept(options: ListenerOptions, tlsMode: TlsMode, peer: PeerFacts): ReturnType<ListenerRole['accept']> {
    const session = (++this.#count).toString(36)
    const context = { service: options.protocol, session, rip: peer.address, lip: peer.localAddress }
    let seat: Seat | null = null
    const admitsUser = (user: string): boolean => {
      if (seat?.admitsUser(user) !== false) return true
      this.#logger.warn({ ...context, user }, 'tooManySessions')
      return false
    }
    const { engine, adapters } = this.#rooms.engine(options, tlsMode, peer, session, admitsUser)
    return {
      engine,
      adapters,
      onEvent: (event: EngineEvent) => {
        const standing = STANDINGS.get(event.name)
        if (standing !== undefined) seat?.rise(standing)
        if (event.name === 'unauthenticate') seat?.fall()
        // By XCLIENT it speaks for another: what follows is that one's.
        if (event.name === 'impersonated') context.rip = String(event['address'])
        logEvent(this.#logger, context, event)
      },
      onConnection: (connection) => {
        seat = this.#table.add(peer.address, connection)
      },
    }
  }
}

import { chmod, lstat, unlink } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { AnyCall, ChangeHint, Clock, Engine, EngineEvent, Networks, PeerFacts } from '@mailwright/core'
import { type Connection, drive } from '@mailwright/core/driver'
import { type ServerTls, socketDuplex, tlsFacts } from '@mailwright/core/node'
import { SetupError } from '../setup-error.js'
import type { Guest, Seat } from './connection-table.js'
import { awaitProxyHeader } from './proxied.js'

/** Connections that may wait to be accepted. Default 4,096, the most Linux keeps: a burst is served late, not sent away to try again in a second. */
const BACKLOG = 4_096

/** How a listener's connections are encrypted. */
export type TlsMode = 'none' | 'starttls' | 'implicit'

/** Where a listener listens. */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  /** A Unix socket; `mode` as in chmod, default 0o600. */
  | { readonly path: string; readonly mode?: number }

/** What happens with each connection of a listener. */
export interface ListenerRole {
  readonly name: string
  readonly address: ListenAddress
  readonly tlsMode: TlsMode
  readonly tls: ServerTls | undefined
  /** Present: every connection comes from one of these proxies, and begins with its header. */
  readonly proxies?: Networks
  /** Makes the engine of one connection, and what else it needs. */
  accept(peer: PeerFacts): {
    readonly engine: Engine<AnyCall, never> | Engine<AnyCall, ChangeHint>
    readonly adapters: readonly object[]
    readonly onEvent: (event: EngineEvent) => void
    readonly onConnection: (connection: Connection) => void
  }
  /** Said to a client that has too many connections already, before its socket is closed. */
  readonly refusal: string
}

/** What a listener needs of its server. */
export interface ListenerHost {
  readonly clock: Clock
  readonly handshakeTimeout: number
  readonly writeTimeout: number
  admits(address: string): boolean
  /** A connection to a port that is for proxies was closed. */
  onProxyFault(role: ListenerRole, address: string, why: string): void
  /** Counts a connection that has no engine yet. */
  seat(address: string, guest: Guest): Seat
  readonly changes: Parameters<typeof drive>[2]['changes']
}

/** A listening socket. */
export interface Listener {
  readonly role: ListenerRole
  /** Where it listens: the port is the true one where 0 was asked for. */
  readonly bound: ListenAddress
  /** Accepts no more connections. Those that exist go on. */
  close(): Promise<void>
}

/**
 * Opens a listening socket.
 *
 * @throws {SetupError} in plain words when the port is in use, needs rights, or the address is not this machine's.
 */
export async function listen(role: ListenerRole, host: ListenerHost): Promise<Listener> {
  // Sockets are paused until an engine reads them; a peer's half-close must not close our half.
  const isPaused = role.tlsMode === 'implicit' || role.proxies !== undefined
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: isPaused })
  server.on('connection', (socket) => {
    // A socket's error must never end the process; the duplex listens too, from when it exists.
    socket.on('error', () => {})
    const facts = peerFacts(socket)
    if (role.proxies === undefined) welcome(socket, facts, role, host)
    else if (role.proxies.has(facts.address)) greetProxy(socket, facts, role, host)
    else {
      host.onProxyFault(role, facts.address, 'no proxy of ours')
      socket.destroy()
    }
  })
  await bind(server, role)
  server.on('error', () => {
    // An accept that failed (out of file descriptors) is the next accept's to repeat.
  })
  return {
    role,
    bound: boundAddress(server, role.address),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Hears from a proxy for whom it speaks. Bounds on clients are for those, not for the proxy, but nobody may sit down without end. */
function greetProxy(socket: Socket, proxy: PeerFacts, role: ListenerRole, host: ListenerHost): void {
  if (!host.admits('')) {
    refuse(socket, role)
    return
  }
  awaitProxyHeader(socket, host, (heard) => {
    if (heard.kind === 'heard') {
      const { ends } = heard
      const plain = ends && {
        ...ends,
        address: plainAddress(ends.address),
        localAddress: plainAddress(ends.localAddress),
      }
      welcome(socket, plain ?? proxy, role, host)
    } else {
      host.onProxyFault(role, proxy.address, heard.why)
    }
  })
}

function welcome(socket: Socket, facts: PeerFacts, role: ListenerRole, host: ListenerHost): void {
  if (!host.admits(facts.address)) {
    refuse(socket, role)
    return
  }
  if (role.tlsMode !== 'implicit') {
    // Behind a proxy's header the socket was paused by hand.
    if (socket.isPaused()) socket.resume()
    converse(socket, facts, role, host)
    return
  }
  const { tls } = role
  if (tls === undefined) {
    socket.destroy()
    return
  }
  shakeHands(socket, tls, host, facts.address, (secure) =>
    converse(secure, { ...facts, tls: tlsFacts(secure, tls.clientUser) }, role, host),
  )
}

function refuse(socket: Socket, role: ListenerRole): void {
  if (role.tlsMode === 'implicit') socket.destroy()
  else socket.end(role.refusal, () => socket.destroy())
}

/** Negotiates TLS from the first octet. Whoever does not come to its end counts as a connection until its time is over. */
function shakeHands(
  socket: Socket,
  tls: ServerTls,
  host: ListenerHost,
  address: string,
  done: (secure: TLSSocket) => void,
): void {
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: tls.secureContext,
    ...(tls.sniCallback === undefined ? {} : { SNICallback: tls.sniCallback }),
    ...(tls.clientUser === undefined ? {} : { requestCert: true, rejectUnauthorized: false }),
  })
  const giveUp = (): void => void socket.destroy()
  const closed = new Promise<void>((resolve) => secure.once('close', () => resolve()))
  const seat = host.seat(address, { stop: giveUp, destroy: giveUp, closed })
  const release = host.clock.after(host.handshakeTimeout, giveUp)
  secure.on('error', giveUp)
  // Half a connection is of no use before the handshake is over.
  secure.once('end', giveUp)
  secure.once('close', release)
  secure.once('secure', () => {
    release()
    secure.off('end', giveUp)
    seat.leave()
    done(secure)
  })
}

function converse(socket: Socket, peer: PeerFacts, role: ListenerRole, host: ListenerHost): void {
  const { engine, adapters, onEvent, onConnection } = role.accept(peer)
  const duplex = socketDuplex(socket, role.tls === undefined ? {} : { tls: role.tls })
  const connection = drive(engine, duplex, {
    adapters,
    clock: host.clock,
    onEvent,
    writeTimeout: host.writeTimeout,
    handshakeTimeout: host.handshakeTimeout,
    ...(host.changes === undefined ? {} : { changes: host.changes }),
  })
  onConnection(connection)
}

function peerFacts(socket: Socket): PeerFacts {
  return {
    address: plainAddress(socket.remoteAddress),
    port: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
  }
}

/** An IPv4 peer on an IPv6 socket is an IPv4 peer. Empty for Unix sockets. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
}

async function bind(server: Server, role: ListenerRole): Promise<void> {
  const { address } = role
  if ('path' in address) await removeStaleSocket(address.path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(bindFailure(error, role)))
    const place = 'path' in address ? { path: address.path } : { host: address.host, port: address.port }
    server.listen({ ...place, backlog: BACKLOG }, resolve)
  })
  server.removeAllListeners('error')
  if ('path' in address) await chmod(address.path, address.mode ?? 0o600)
}

/** A Unix socket that nobody listens on any more is left by a process that was killed. */
async function removeStaleSocket(path: string): Promise<void> {
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect({ path })
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
  // Whatever else stands there is not ours to remove.
  const found = await lstat(path).catch(() => undefined)
  if (!isAlive && found?.isSocket() === true) await unlink(path).catch(() => {})
}

function bindFailure(error: NodeJS.ErrnoException, role: ListenerRole): SetupError {
  const { address } = role
  const where = 'path' in address ? address.path : `port ${address.port} on ${address.host}`
  switch (error.code) {
    case 'EADDRINUSE':
      return new SetupError(`${role.name}: ${where} is in use by another program`, { cause: error })
    case 'EACCES':
      return new SetupError(
        'path' in address
          ? `${role.name}: ${where} cannot be made; its folder must exist and this user may write there`
          : `${role.name}: ${where} may not be opened by this user (ports below 1024 need rights)`,
        { cause: error },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new SetupError(`${role.name}: ${where} is no address of this machine`, { cause: error })
    default:
      return new SetupError(`${role.name}: cannot listen on ${where} (${error.code ?? error.message})`, {
        cause: error,
      })
  }
}

function boundAddress(server: Server, asked: ListenAddress): ListenAddress {
  if ('path' in asked) return asked
  const bound: AddressInfo | string | null = server.address()
  return typeof bound === 'object' && bound !== null ? { host: bound.address, port: bound.port } : asked
}

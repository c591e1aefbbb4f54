import { connect } from 'node:net'
import type { Millis } from '../brands.js'
import type { Duplex } from '../driver/duplex.js'
import type { TlsFacts } from '../engine.js'
import { type ClientTls, secureClient, settled } from './client-tls.js'
import { socketDuplex } from './socket-duplex.js'

export interface DialOptions {
  /** A host's address or name with its port, or a Unix socket. */
  readonly to: { readonly host: string; readonly port: number } | { readonly path: string }
  /** From one of our own addresses. */
  readonly localAddress?: string
  /** How long it may take, a TLS handshake included. */
  readonly timeout: Millis
  /** For STARTTLS, or for the first octet where `implicit`. */
  readonly tls?: ClientTls
  readonly implicit?: 'tls'
}

/** A connection that was opened. */
export interface Dialled {
  readonly duplex: Duplex
  /** Present when it is encrypted already. */
  readonly tls?: TlsFacts
}

/**
 * Opens a connection.
 *
 * @throws what the socket's error was; a timeout has the code `ETIMEDOUT`; the signal's reason.
 */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<Dialled> {
  signal.throwIfAborted()
  const { to, localAddress, tls } = options
  const socket =
    'path' in to ? connect(to.path) : connect({ ...to, ...(localAddress === undefined ? {} : { localAddress }) })
  const interrupt = (): void => void socket.destroy(asError(signal.reason))
  signal.addEventListener('abort', interrupt)
  const timer = setTimeout(() => socket.destroy(timedOut()), options.timeout)
  try {
    await settled(socket, 'connect')
    if (tls === undefined) return { duplex: socketDuplex(socket) }
    if (options.implicit === undefined) return { duplex: socketDuplex(socket, { clientTls: tls }) }
    const { socket: secure, facts } = await secureClient(socket, tls)
    return { duplex: socketDuplex(secure), tls: facts }
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
  }
}

function timedOut(): Error {
  return Object.assign(new Error('Connection timed out'), { code: 'ETIMEDOUT' })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

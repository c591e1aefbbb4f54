import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import type { Duplex, DuplexSink } from '../driver/duplex.js'
import type { TlsFacts } from '../engine.js'
import type { CompressionLimits } from '../limits.js'
import { type ClientTls, secureClient } from './client-tls.js'
import { DeflateLayer } from './deflate-layer.js'
import { type CertificateUser, tlsFacts } from './tls-facts.js'

/** How a connection is encrypted once STARTTLS is asked for. */
export interface ServerTls {
  readonly secureContext: SecureContext
  /** Chooses by the name the peer asks for; absent: always `secureContext`. */
  readonly sniCallback?: (serverName: string, done: (error: Error | null, context?: SecureContext) => void) => void
  /** Clients are asked for a certificate, and this field of it is who they are; who has none, or one that nobody believes, is served all the same. */
  readonly clientUser?: CertificateUser
}

/** Octets that may wait in a socket before the engine is held back. Default 256 KiB: a fast peer never runs dry. */
const WRITE_BACKLOG = 262_144

export interface SocketDuplexOptions {
  /** Absent: STARTTLS cannot be served, `secure` rejects. */
  readonly tls?: ServerTls
  /** The connection is one that we opened: STARTTLS is negotiated as the client. */
  readonly clientTls?: ClientTls
  readonly compression?: CompressionLimits
}

/** A duplex over a TCP, Unix or TLS socket of Node. Owns the socket from now on; its errors never reach the process. */
export function socketDuplex(socket: Socket, options: SocketDuplexOptions = {}): Duplex {
  return new SocketDuplex(socket, options)
}

class SocketDuplex implements Duplex {
  readonly #options: SocketDuplexOptions
  #socket: Socket
  /** What stands between the socket and the sink once the connection is compressed. */
  #layer: DeflateLayer | null = null
  #isPaused = false
  #sink: DuplexSink | null = null
  #isClosed = false
  #error: unknown = null
  readonly #onData = (chunk: Uint8Array): void => (this.#layer ?? this.#sink)?.received(chunk)
  readonly #onEnd = (): void => (this.#layer ?? this.#sink)?.ended()
  readonly #onDrain = (): void => (this.#layer ?? this.#sink)?.drained()

  constructor(socket: Socket, options: SocketDuplexOptions) {
    this.#socket = socket
    this.#options = options
    // Replies are batched already: Nagle's delay would only hold them back.
    socket.setNoDelay(true)
    socket.on('error', (error) => {
      this.#error ??= error
    })
    socket.once('close', () => this.#closed())
  }

  open(sink: DuplexSink): void {
    this.#sink = sink
    this.#listen(this.#socket)
    if (this.#socket.destroyed) queueMicrotask(() => this.#closed())
  }

  pause(): void {
    this.#isPaused = true
    const reader = this.#layer ?? this.#socket
    reader.pause()
  }

  resume(): void {
    this.#isPaused = false
    const reader = this.#layer ?? this.#socket
    reader.resume()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosed || !this.#socket.writable) return true
    return this.#layer === null ? this.#send(bytes) : this.#layer.write(bytes)
  }

  #send(bytes: Uint8Array): boolean {
    return this.#socket.write(bytes) || this.#socket.writableLength < WRITE_BACKLOG
  }

  secure(): Promise<TlsFacts> {
    const plain = this.#socket
    const { tls, clientTls } = this.#options
    if (clientTls !== undefined) return this.#secureAsClient(plain, clientTls)
    if (tls === undefined) return Promise.reject(new Error('no certificate: STARTTLS cannot be served'))
    this.#unlisten(plain)
    const secure = new TLSSocket(plain, {
      isServer: true,
      secureContext: tls.secureContext,
      ...(tls.sniCallback === undefined ? {} : { SNICallback: tls.sniCallback }),
      ...(tls.clientUser === undefined ? {} : { requestCert: true, rejectUnauthorized: false }),
    })
    this.#socket = secure
    return new Promise((resolve, reject) => {
      secure.on('error', (error) => {
        this.#error ??= error
        reject(error)
      })
      const left = (): void => reject(new Error('the peer left during the TLS handshake'))
      secure.once('end', left)
      secure.once('close', () => {
        this.#closed()
        left()
      })
      secure.once('secure', () => {
        secure.off('end', left)
        this.#listen(secure)
        resolve(tlsFacts(secure, tls.clientUser))
      })
    })
  }

  async #secureAsClient(plain: Socket, tls: ClientTls): Promise<TlsFacts> {
    this.#unlisten(plain)
    const { socket, facts } = await secureClient(plain, tls)
    socket.on('error', (error) => {
      this.#error ??= error
    })
    socket.once('close', () => this.#closed())
    this.#socket = socket
    this.#listen(socket)
    return facts
  }

  compress(received: Uint8Array): void {
    const sink = this.#sink
    if (sink === null || this.#isClosed) return
    const base = {
      write: (bytes: Uint8Array): boolean => this.#send(bytes),
      pause: (): void => void this.#socket.pause(),
      resume: (): void => void this.#socket.resume(),
      end: (sent: () => void): void => this.#finish(sent),
      fail: (error: unknown): void => {
        this.#error ??= error
        this.#socket.destroy()
      },
    }
    this.#layer = new DeflateLayer(base, sink, this.#options.compression)
    // From now on the layer reads the socket, and the driver the layer.
    if (this.#isPaused) this.#layer.pause()
    this.#socket.resume()
    this.#layer.received(received)
  }

  end(sent: () => void = () => {}): void {
    if (this.#layer === null) this.#finish(sent)
    else this.#layer.end(sent)
  }

  #finish(sent: () => void): void {
    // Node calls back with an error where the socket was destroyed first.
    this.#socket.end((error?: Error | null) => {
      if (error === undefined || error === null) sent()
    })
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #listen(socket: Socket): void {
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('drain', this.#onDrain)
  }

  /** What is read from now on is TLS's. */
  #unlisten(socket: Socket): void {
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.off('drain', this.#onDrain)
    socket.pause()
  }

  #closed(): void {
    if (this.#isClosed || this.#sink === null) return
    this.#isClosed = true
    this.#layer?.destroy()
    this.#sink.closed(this.#error)
  }
}

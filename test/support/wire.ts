import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { within } from './wait.js'

/** How long a peer may take for what a test expects of it. */
const PATIENCE = 20_000
const LF = 10

/** A connection on which a test says what it likes, octet by octet, and reads what comes. */
export class Wire {
  #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #hasEnded = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen()
  }

  /** @param options.trust the file of a certificate: TLS from the first octet. @param options.from an address of ours to come from. */
  static async open(port: number, options: { readonly trust?: string; readonly from?: string } = {}): Promise<Wire> {
    const { trust, from } = options
    const to = { host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) }
    const socket = trust === undefined ? connect(to) : connectTls({ ...to, ca: readFileSync(trust) })
    await opened(socket, trust === undefined ? 'connect' : 'secureConnect')
    return new Wire(socket)
  }

  /** TLS from here on, after the peer agreed to STARTTLS. */
  async secure(trust: string): Promise<void> {
    this.#socket.removeAllListeners()
    const socket = connectTls({ socket: this.#socket, ca: readFileSync(trust), host: '127.0.0.1' })
    await opened(socket, 'secureConnect')
    this.#socket = socket
    this.#listen()
  }

  /** Sends; resolves when the octets left us. A peer that has gone is no fault here: it shows in what comes back. */
  send(octets: string | Uint8Array): Promise<void> {
    const chunk = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets
    return new Promise((resolve) => {
      this.#socket.write(chunk, () => resolve())
    })
  }

  /** Sends a line with its CRLF. */
  sendLine(line: string): Promise<void> {
    return this.send(`${line}\r\n`)
  }

  /** The next line without its CRLF, as latin1. @throws when the peer closes before. */
  async line(): Promise<string> {
    const end = await this.#until('a line comes', () => {
      const lineFeed = this.#received.indexOf(LF)
      return lineFeed === -1 ? undefined : lineFeed + 1
    })
    const line = this.#take(end).toString('latin1')
    if (!line.endsWith('\r\n')) throw new Error(`a line without CR: ${JSON.stringify(line)}`)
    return line.slice(0, -2)
  }

  /** Exactly so many octets. @throws when the peer closes before. */
  async octets(count: number): Promise<Buffer> {
    await this.#until(`${count} octets come`, () => (this.#received.length >= count ? true : undefined))
    return this.#take(count)
  }

  /** All that still comes until the peer closes. */
  async rest(): Promise<string> {
    await within(PATIENCE, 'the peer closes', this.#ended())
    return this.#take(this.#received.length).toString('latin1')
  }

  /** Whether anything came that was not read yet. */
  get isQuiet(): boolean {
    return this.#received.length === 0 && !this.#hasEnded
  }

  /** Reads no more from the network until {@link resume}: the peer's window fills. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    // A reset is an end, too.
    this.#socket.on('error', () => {})
    this.#socket.once('close', () => {
      this.#hasEnded = true
      this.#wake()
    })
    this.#socket.once('end', () => {
      this.#hasEnded = true
      this.#wake()
    })
  }

  async #ended(): Promise<void> {
    while (!this.#hasEnded) await this.#change()
  }

  async #until<T>(what: string, fits: () => T | undefined): Promise<T> {
    return within(PATIENCE, what, this.#poll(what, fits))
  }

  async #poll<T>(what: string, fits: () => T | undefined): Promise<T> {
    for (;;) {
      const found = fits()
      if (found !== undefined) return found
      if (this.#hasEnded) {
        throw new Error(`closed before ${what}; left: ${JSON.stringify(this.#received.toString('latin1'))}`)
      }
      await this.#change()
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #take(count: number): Buffer {
    const taken = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return taken
  }
}

function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return within(
    PATIENCE,
    'the connection opens',
    new Promise((resolve, reject) => {
      socket.once(event, () => resolve())
      socket.once('error', reject)
    }),
  )
}

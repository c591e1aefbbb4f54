import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { constants, inflateRawSync } from 'node:zlib'

/** One connection through a {@link Tap}, so far. */
interface Connection {
  readonly said: Buffer[]
  readonly answered: Buffer[]
}

/**
 * A relay before an IMAP server that notes what a client says: some clients tell nobody what they do. What comes after COMPRESS is
 * read, too (RFC 4978); what comes after STARTTLS is not.
 */
export class Tap {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #connections: Connection[] = []

  private constructor(to: number) {
    this.#server = createServer((client) => this.#relay(client, to))
  }

  /** Opens one before a port of this machine. */
  static async open(to: number): Promise<Tap> {
    const tap = new Tap(to)
    tap.#server.listen(0, '127.0.0.1')
    await once(tap.#server, 'listening')
    return tap
  }

  get port(): number {
    // It listens on TCP.
    return (this.#server.address() as AddressInfo).port
  }

  /** Commands of all connections, without their tags, each connection's in order; literals are left out. */
  get commands(): readonly string[] {
    return this.#connections.flatMap((connection) => commands(readable(connection).said))
  }

  /** What the server said on all connections, one after the other. */
  get answers(): string {
    return this.#connections.map((connection) => readable(connection).answered.toString('latin1')).join('')
  }

  /** What comes from now on is all there is. */
  forget(): void {
    this.#connections = []
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #relay(client: Socket, to: number): void {
    const server = connect(to, '127.0.0.1')
    const connection: Connection = { said: [], answered: [] }
    this.#connections.push(connection)
    client.on('data', (chunk: Buffer) => connection.said.push(chunk))
    server.on('data', (chunk: Buffer) => connection.answered.push(chunk))
    for (const [from, into] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from.pipe(into)
      // One side's loss is the other's.
      from.on('error', () => into.destroy())
      from.once('close', () => this.#sockets.delete(from))
    }
  }
}

/** Both sides in clear. All is compressed after the line that asks for it, and after the one that agrees. RFC 4978 §3. */
function readable(connection: Connection): { readonly said: Buffer; readonly answered: Buffer } {
  const said = Buffer.concat(connection.said)
  const answered = Buffer.concat(connection.answered)
  const [, tag] = /^(\S+) COMPRESS DEFLATE\r\n/im.exec(said.toString('latin1')) ?? []
  if (tag === undefined) return { said, answered }
  const agreed = new RegExp(`^${tag.replaceAll('.', '\\.')} OK .*\\r\\n`, 'm')
  if (!agreed.test(answered.toString('latin1'))) return { said, answered }
  return { said: inflated(said, /^\S+ COMPRESS DEFLATE\r\n/im), answered: inflated(answered, agreed) }
}

/** @param turn the last line in clear. */
function inflated(octets: Buffer, turn: RegExp): Buffer {
  const found = turn.exec(octets.toString('latin1'))
  const end = found === null ? octets.length : found.index + found[0].length
  const rest = octets.subarray(end)
  if (rest.length === 0) return octets
  return Buffer.concat([octets.subarray(0, end), inflateRawSync(rest, { finishFlush: constants.Z_SYNC_FLUSH })])
}

function commands(octets: Buffer): readonly string[] {
  const text = octets.toString('latin1')
  const found: string[] = []
  let command = ''
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    if (end === -1) break
    const line = text.slice(at, end).replace(/\r$/, '')
    at = end + 1
    command += line
    const literal = /\{(\d+)\+?\}$/.exec(line)?.[1]
    if (literal !== undefined) {
      at += Number(literal)
      continue
    }
    const [, said] = /^[^\s{]+ (.+)$/.exec(command) ?? []
    if (said !== undefined) found.push(said)
    command = ''
  }
  return found
}

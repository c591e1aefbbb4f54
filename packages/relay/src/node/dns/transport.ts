import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { DnsQuery, DnsReply } from './message.js'

/** A DNS server. */
export interface DnsServer {
  readonly address: string
  readonly port: number
}

/** Asks by UDP, and by TCP where the answer does not fit (RFC 7766 §5). Rejects when the server cannot be reached, or `signal` aborts. */
export async function ask(server: DnsServer, query: DnsQuery, signal: AbortSignal): Promise<DnsReply> {
  const reply = await askByUdp(server, query, signal)
  return reply.hasMore ? await askByTcp(server, query, signal) : reply
}

/** The socket is connected: only the server's datagrams arrive, and the system tells when nobody listens there. */
function askByUdp({ address, port }: DnsServer, query: DnsQuery, signal: AbortSignal): Promise<DnsReply> {
  return settled(signal, (resolve, reject) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    socket.on('error', reject)
    socket.on('message', (datagram) => {
      const reply = query.accept(datagram, 'udp')
      if (reply !== undefined) resolve(reply)
    })
    // What went wrong comes as `error`.
    socket.connect(port, address, () => socket.send(query.octets))
    return () => socket.close()
  })
}

function askByTcp({ address, port }: DnsServer, query: DnsQuery, signal: AbortSignal): Promise<DnsReply> {
  return settled(signal, (resolve, reject) => {
    const socket = connect({ host: address, port })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(query.octets.length)
    const chunks: Buffer[] = []
    let received = 0
    socket.on('connect', () => socket.write(Buffer.concat([length, query.octets])))
    socket.on('error', reject)
    socket.on('end', () => reject(new Error('the DNS server closed the connection')))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      received += chunk.length
      const [first] = chunks
      if (received < 2 || first === undefined) return
      const start = first.length < 2 ? Buffer.concat(chunks) : first
      const whole = 2 + start.readUInt16BE(0)
      if (received < whole) return
      const reply = query.accept(Buffer.concat(chunks).subarray(2, whole), 'tcp')
      if (reply === undefined) reject(new Error('the DNS server answered something else'))
      else resolve(reply)
    })
    return () => socket.destroy()
  })
}

/** A promise of something that is begun, and ended once, however it ends. */
function settled<T>(
  signal: AbortSignal,
  begin: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    let isOver = false
    const finish = (settle: () => void): void => {
      if (isOver) return
      isOver = true
      signal.removeEventListener('abort', onAbort)
      end()
      settle()
    }
    const onAbort = (): void => finish(() => reject(signal.reason))
    signal.addEventListener('abort', onAbort)
    const end = begin(
      (value) => finish(() => resolve(value)),
      (reason) => finish(() => reject(reason)),
    )
  })
}

import type { TLSSocket } from 'node:tls'
import type { TlsFacts } from '../engine.js'

/** What TLS negotiated on a socket whose handshake is over. */
export function tlsFacts(socket: TLSSocket): TlsFacts {
  const serverName = (socket as { readonly servername?: string | false }).servername
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName ?? socket.getCipher().name,
    ...(typeof serverName === 'string' && serverName !== '' ? { serverName } : {}),
  }
}

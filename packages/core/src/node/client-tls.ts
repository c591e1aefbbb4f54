import type { Socket } from 'node:net'
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls'
import type { TlsFacts } from '../engine.js'
import { tlsFacts } from './tls-facts.js'

/** How a connection that we open is encrypted. */
export interface ClientTls {
  /** Whose certificate it must be, and the name that is asked for (SNI, unless it is an address). */
  readonly serverName: string
  /** Who is believed, and our own certificate. Default: Node's list of authorities, TLS 1.2 and better. */
  readonly secureContext?: SecureContext
  /** Judges the server's certificate instead of the authorities: by its fingerprint, by DNS. */
  readonly judge?: (certificate: ServerCertificate) => NonNullable<TlsFacts['trust']>
}

/** What a server showed. */
export interface ServerCertificate {
  /** DER; `null` when it showed none. */
  readonly raw: Uint8Array | null
  /** SHA-256, as in `AB:CD:…`. */
  readonly fingerprint256: string | null
  /** The chain ends at an authority that is believed, and the name is the one that was asked for. */
  readonly isVerified: boolean
}

/** Negotiates TLS as the client. Whether the certificate will do is the caller's to say: any is taken. */
export async function secureClient(
  socket: Socket,
  { serverName, secureContext, judge }: ClientTls,
): Promise<{ readonly socket: TLSSocket; readonly facts: TlsFacts }> {
  const isAddress = /^[\d.]+$|:/.test(serverName)
  const secure = connectTls({
    socket,
    // The name that the certificate is held against; SNI has no addresses (RFC 6066 §3).
    host: serverName,
    ...(isAddress ? {} : { servername: serverName }),
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ...(secureContext === undefined ? {} : { secureContext }),
  })
  await settled(secure, 'secureConnect')
  return { socket: secure, facts: { ...tlsFacts(secure), trust: trustIn(secure, judge) } }
}

/** How far a server's certificate is believed, in Postfix's words. */
function trustIn(socket: TLSSocket, judge: ClientTls['judge']): NonNullable<TlsFacts['trust']> {
  const certificate = socket.getPeerCertificate()
  // Node gives an empty object for none.
  const raw: Uint8Array | undefined = certificate.raw
  if (judge !== undefined) {
    const fingerprint256 = raw === undefined ? null : certificate.fingerprint256
    return judge({ raw: raw ?? null, fingerprint256, isVerified: socket.authorized })
  }
  if (raw === undefined) return 'Anonymous'
  if (socket.authorized) return 'Verified'
  // Node gives the code where its types say Error.
  const reason: unknown = socket.authorizationError
  return String(reason) === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'Trusted' : 'Untrusted'
}

/** Resolves with the event; rejects when the socket fails or ends before. */
export function settled(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = (): void => reject(new Error('the peer closed the connection'))
    socket.once('error', reject)
    socket.once('close', left)
    socket.once(event, () => {
      socket.off('error', reject)
      socket.off('close', left)
      resolve()
    })
  })
}

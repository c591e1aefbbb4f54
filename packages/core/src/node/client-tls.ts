import type { Socket } from 'node:net'
import { connect as connectTls, type DetailedPeerCertificate, type SecureContext, type TLSSocket } from 'node:tls'
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
  /** DER: its own certificate, then those who vouch for each other, as far as they are known. Empty when it showed none. */
  readonly chain: readonly Uint8Array[]
  /** The chain ends at an authority that is believed; whatever names are in it. */
  readonly isTrusted: boolean
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
  // Node gives the code where its types say Error.
  const reason: unknown = socket.authorizationError
  const isTrusted = socket.authorized || String(reason) === 'ERR_TLS_CERT_ALTNAME_INVALID'
  const chain = chainOf(socket)
  if (judge !== undefined) return judge({ chain, isTrusted })
  if (chain.length === 0) return 'Anonymous'
  if (socket.authorized) return 'Verified'
  return isTrusted ? 'Trusted' : 'Untrusted'
}

/** Certificates of a chain that are looked at. Default 10: real ones have three. Passed: the rest counts as not shown. */
const CHAIN = 10

function chainOf(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  while (chain.length < CHAIN) {
    // Node gives an empty object for none, and a root as its own issuer.
    const raw: Uint8Array | undefined = certificate?.raw
    if (raw === undefined) break
    chain.push(raw)
    const issuer: DetailedPeerCertificate | undefined = certificate?.issuerCertificate
    if (issuer === certificate) break
    certificate = issuer
  }
  return chain
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

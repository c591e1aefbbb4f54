import { createHash } from 'node:crypto'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import type { ClientCertificate, TlsFacts } from '../engine.js'

/** Which field of a client's certificate is a user's name (Dovecot's ssl_cert_username_field). */
export type CertificateUser = 'commonName' | 'emailAddress'

/**
 * What TLS negotiated on a socket whose handshake is over.
 *
 * @param clientUser clients were asked for a certificate, and this field of it is who they are.
 */
export function tlsFacts(socket: TLSSocket, clientUser?: CertificateUser): TlsFacts {
  const serverName = (socket as { readonly servername?: string | false }).servername
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName ?? socket.getCipher().name,
    ...(typeof serverName === 'string' && serverName !== '' ? { serverName } : {}),
    ...(clientUser === undefined ? {} : { client: clientCertificate(socket, clientUser) }),
  }
}

function clientCertificate(socket: TLSSocket, clientUser: CertificateUser): ClientCertificate | null {
  const whole = socket.getPeerX509Certificate()
  if (whole === undefined) return null
  const { subject, issuer } = socket.getPeerCertificate()
  const key = whole.publicKey.export({ type: 'spki', format: 'der' })
  return {
    name: one(subject, 'CN'),
    issuer: one(issuer, 'CN'),
    user: one(subject, clientUser === 'commonName' ? 'CN' : 'emailAddress'),
    fingerprint: whole.fingerprint256,
    keyFingerprint: colons(createHash('sha256').update(key).digest('hex')),
    isTrusted: isVerified(socket),
  }
}

/** A field that stands once; of several nobody knows which is meant. */
function one(names: PeerCertificate['subject'] | undefined, field: string): string | null {
  const value: unknown = names === undefined ? undefined : Reflect.get(names, field)
  return typeof value === 'string' && value !== '' ? value : null
}

function colons(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(':')
}

/** Whether OpenSSL found the chain good. Node tells only sockets of its own `tls.Server` (`authorized`), and reads it there as it is read here. */
function isVerified(socket: TLSSocket): boolean {
  // Not in the types: nobody but Node was meant to ask.
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle !== 'object' || handle === null) return false
  const verifyError: unknown = Reflect.get(handle, 'verifyError')
  return typeof verifyError === 'function' && verifyError.call(handle) === null
}

import { createSecureContext } from 'node:tls'
import type { TlsFacts } from '@mailwright/core'
import { type ClientTls, dial, type ServerCertificate } from '@mailwright/core/node'
import type { Dialer, DialTarget, TlsPolicy } from '../delivery/dialer.js'
import { SMTP_DELIVERY_LIMITS } from '../delivery/limits.js'

export interface SocketDialerOptions {
  /** From one of our own addresses. Default: the system's choice. */
  readonly localAddress?: string
  /** PEM: authorities that are believed, instead of Node's list. */
  readonly authorities?: string
  /** PEM: what we show a server that asks for a certificate. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** Default 30 s. */
  readonly connectTimeout?: number
}

/** Opens connections by TCP, Unix sockets and TLS. */
export function socketDialer(options: SocketDialerOptions = {}): Dialer {
  const { localAddress, authorities, certificate, connectTimeout = SMTP_DELIVERY_LIMITS.connect } = options
  const secureContext = createSecureContext({
    minVersion: 'TLSv1.2',
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...certificate,
  })
  return {
    async dial({ to, serverName, policy, implicit }, signal) {
      const judge = judgeOf(policy)
      const tls: ClientTls = {
        serverName: wantedName(serverName, policy),
        secureContext,
        ...(judge === undefined ? {} : { judge }),
      }
      return await dial(
        {
          to,
          timeout: connectTimeout,
          ...(localAddress === undefined || 'path' in to ? {} : { localAddress }),
          ...(policy.level === 'none' ? {} : { tls }),
          ...(implicit === undefined || policy.level === 'none' ? {} : { implicit }),
        },
        signal,
      )
    },
  }
}

/** The name that must stand in the certificate: the host's, or the first that the policy names. */
function wantedName(serverName: DialTarget['serverName'], policy: TlsPolicy): string {
  const named = policy.level === 'verify' || policy.level === 'secure' ? policy.names?.[0] : undefined
  return named ?? serverName
}

function judgeOf(policy: TlsPolicy): ((certificate: ServerCertificate) => NonNullable<TlsFacts['trust']>) | undefined {
  if (policy.level !== 'fingerprint') return undefined
  const wanted = new Set(policy.fingerprints.map((each) => each.toUpperCase()))
  return ({ fingerprint256 }) => (fingerprint256 !== null && wanted.has(fingerprint256) ? 'Verified' : 'Untrusted')
}

import { createSecureContext } from 'node:tls'
import { type ClientTls, dial } from '@mailwright/core/node'
import type { Dialer } from '../delivery/dialer.js'
import { SMTP_DELIVERY_LIMITS } from '../delivery/limits.js'
import type { TlsDemand } from '../delivery/tls-policy.js'
import { judgeOf } from './certificate-judge.js'

export interface SocketDialerOptions {
  /** From which of our own addresses, of either family (smtp_bind_address, smtp_bind_address6). Default: the system's choice. */
  readonly localAddresses?: { readonly ipv4?: string; readonly ipv6?: string }
  /** PEM: authorities that are believed, instead of Node's list. */
  readonly authorities?: string
  /** PEM: what we show a server that asks for a certificate. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** Default 30 s. */
  readonly connectTimeout?: number
}

/** Opens connections by TCP, Unix sockets and TLS. */
export function socketDialer(options: SocketDialerOptions = {}): Dialer {
  const { localAddresses = {}, authorities, certificate, connectTimeout = SMTP_DELIVERY_LIMITS.connect } = options
  const secureContext = createSecureContext({
    minVersion: 'TLSv1.2',
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...certificate,
  })
  return {
    async dial({ to, serverName, tls: demand, implicit }, signal) {
      const judge = judgeOf(demand)
      const localAddress = 'path' in to ? undefined : to.host.includes(':') ? localAddresses.ipv6 : localAddresses.ipv4
      const tls: ClientTls = {
        serverName: wantedName(serverName, demand),
        secureContext,
        ...(judge === undefined ? {} : { judge }),
      }
      return await dial(
        {
          to,
          timeout: connectTimeout,
          ...(localAddress === undefined ? {} : { localAddress }),
          ...(demand.level === 'none' ? {} : { tls }),
          ...(implicit === undefined || demand.level === 'none' ? {} : { implicit }),
        },
        signal,
      )
    },
  }
}

/** The name that is asked for: the host's, or the first that must stand in the certificate. */
function wantedName(serverName: string, demand: TlsDemand): string {
  const named = demand.level === 'names' ? demand.names.find((name) => !name.startsWith('.')) : undefined
  return named ?? serverName
}

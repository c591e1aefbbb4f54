import type { TlsFacts } from '@mailwright/core'
import type { Duplex } from '@mailwright/core/driver'
import type { TlsDemand } from './tls-policy.js'

/** One address to connect to. */
export interface DialTarget {
  readonly to: { readonly host: string; readonly port: number } | { readonly path: string }
  /** The host's name. */
  readonly serverName: string
  readonly tls: TlsDemand
  /** TLS from the first octet (port 465), and not by STARTTLS. */
  readonly implicit?: 'tls'
}

/** Opens connections; of Node's sockets in `relay/node`, of anything else in tests. */
export interface Dialer {
  /** @throws an error whose `code` is the system's: `ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH` … */
  dial(target: DialTarget, signal: AbortSignal): Promise<{ readonly duplex: Duplex; readonly tls?: TlsFacts }>
}

/** The system's words for why there is no connection, as Postfix's log has them. */
export function connectText(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return WORDS[code] ?? (error instanceof Error ? error.message : String(error)).replace(/\p{Cc}/gu, '?')
}

const WORDS: { readonly [code: string]: string } = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
}

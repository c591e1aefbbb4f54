import type { TlsFacts } from '@mailwright/core'
import type { Duplex } from '@mailwright/core/driver'

/** Whether and how a connection to a host is encrypted: Postfix's levels. */
export type TlsPolicy =
  | { readonly level: 'none' }
  /** As far as it is offered; whoever answers. */
  | { readonly level: 'may' }
  /** Always; whoever answers. */
  | { readonly level: 'encrypt' }
  /** Always, and with whom the names say: `verify` by the host's name, `secure` by the domain's or these. */
  | { readonly level: 'verify' | 'secure'; readonly names?: readonly string[] }
  /** Always, and with one of these certificates: SHA-256, as in `AB:CD:…`. */
  | { readonly level: 'fingerprint'; readonly fingerprints: readonly string[] }

/** One address to connect to. */
export interface DialTarget {
  readonly to: { readonly host: string; readonly port: number } | { readonly path: string }
  /** Whose certificate is looked for. */
  readonly serverName: string
  readonly policy: TlsPolicy
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

import {
  CLIENT_MECHANISMS,
  HostError,
  type SaslClientMechanism,
  type SaslCredentials,
  type TlsFacts,
} from '@mailwright/core'
import { SMTP_CLIENT_LIMITS, type SmtpClientLimits } from './limits.js'

/**
 * How much TLS a session must have: `none` uses none, `may` uses what is offered, `encrypt` goes on only with it, `verified` only where the
 * certificate was found to be the right one (`TlsFacts.verified`).
 */
export type ClientTlsPolicy = 'none' | 'may' | 'encrypt' | 'verified'

/** How a client logs in. */
export interface ClientAuth {
  readonly credentials: SaslCredentials
  /** Of these the first that the server offers. Default: all that core has, best first. */
  readonly mechanisms?: readonly SaslClientMechanism[]
  /** A server that offers no AUTH at all: `always`: the session fails; `offered`: it goes on without a login, as Postfix does. Default `always`. */
  readonly needed?: 'always' | 'offered'
  /** Where secrets may cross the wire as they are. Default `overTls`. */
  readonly plaintext?: 'overTls' | 'always'
}

export interface SmtpClientOptions {
  readonly protocol: 'smtp' | 'lmtp'
  /** Our own name, for EHLO. */
  readonly hostname: string
  /** How texts name the server, as in `mx.example.org[192.0.2.1]`. Default: as its greeting does. */
  readonly peerName?: string
  /** Default `may`. A connection that is encrypted from its first octet has it already. */
  readonly tls?: ClientTlsPolicy
  /** What TLS negotiated before the first octet of SMTP; absent in clear text. */
  readonly implicitTls?: TlsFacts
  /** Absent: no login. */
  readonly auth?: ClientAuth
  /** Extensions not to be used, as if the server did not offer them: some break them. Default none. */
  readonly withheld?: readonly string[]
  /** The host has `convert`. Default: it has not. */
  readonly converts?: 'toSevenBit'
  /** What differs from {@link SMTP_CLIENT_LIMITS}. */
  readonly limits?: Partial<SmtpClientLimits>
}

export interface ClientSettings {
  readonly protocol: 'smtp' | 'lmtp'
  readonly hostname: string
  readonly peerName: string | null
  readonly tls: ClientTlsPolicy
  readonly implicitTls: TlsFacts | null
  readonly auth: Required<ClientAuth> | null
  readonly withheld: ReadonlySet<string>
  readonly converts: boolean
  readonly limits: SmtpClientLimits
}

/** Fills in the defaults. @throws {HostError} when the hostname could not stand in a command. */
export function settleClient(options: SmtpClientOptions): ClientSettings {
  if (!/^[!-~]{1,255}$/.test(options.hostname)) throw new HostError(`not a host name: ${options.hostname}`)
  return {
    protocol: options.protocol,
    hostname: options.hostname,
    peerName: options.peerName ?? null,
    tls: options.tls ?? 'may',
    implicitTls: options.implicitTls ?? null,
    auth:
      options.auth === undefined
        ? null
        : { mechanisms: CLIENT_MECHANISMS, needed: 'always', plaintext: 'overTls', ...options.auth },
    withheld: new Set((options.withheld ?? []).map((keyword) => keyword.toUpperCase())),
    converts: options.converts === 'toSevenBit',
    limits: { ...SMTP_CLIENT_LIMITS, ...options.limits },
  }
}

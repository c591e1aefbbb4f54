import {
  FAILURE_DELAY,
  HostError,
  LOGIN,
  type Millis,
  type PeerFacts,
  PLAIN,
  type SaslMechanism,
  type StoreAbilities,
} from '@mailwright/core'
import { IMAP_LIMITS, type ImapLimits } from './limits.js'

/** What the host decides about one connection. */
export interface ImapServerOptions {
  readonly peer: PeerFacts
  /** What the store behind the `MailStore` calls can do. */
  readonly supports: StoreAbilities
  /** `offered`: STARTTLS is in the capabilities until the connection is encrypted. Default `none`. */
  readonly startTls?: 'offered' | 'none'
  /**
   * Where a password may cross the wire as it is: `secured` once TLS is on, `anywhere` also before (a loopback or trusted net,
   * the host's choice). Default `secured`; without TLS LOGIN is then disabled (RFC 3501 §11.1).
   */
  readonly passwords?: 'secured' | 'anywhere'
  /** In the order they are advertised. Default PLAIN and LOGIN. */
  readonly mechanisms?: readonly SaslMechanism[]
  /** What the greeting says. Default `Mailwright ready.` */
  readonly banner?: string
  /** Stands between the levels of mailbox names on the wire. Default `/`; Dovecot on Maildir++ has `.`. */
  readonly separator?: '/' | '.'
  /** What ID answers (RFC 2971 §3.3). Default name `Mailwright`; `null` answers NIL. */
  readonly id?: { readonly [field: string]: string } | null
  /** Capabilities named here stand first, in this order. Default: Dovecot 2.3's order. */
  readonly capabilityOrder?: readonly string[]
  /** Capabilities not told to this client; what they stand for still works. Default none. */
  readonly hiddenCapabilities?: readonly string[]
  /** Least wait before a failed login is answered. Default 2 s. */
  readonly failureDelay?: Millis
  readonly limits?: Partial<ImapLimits>
}

/** Options with their defaults, as the engine uses them. */
export interface ImapSettings {
  readonly peer: PeerFacts
  readonly supports: StoreAbilities
  readonly startTls: 'offered' | 'none'
  readonly passwords: 'secured' | 'anywhere'
  readonly mechanisms: readonly SaslMechanism[]
  readonly banner: string
  readonly separator: '/' | '.'
  readonly id: { readonly [field: string]: string } | null
  readonly capabilityOrder: readonly string[]
  readonly hiddenCapabilities: ReadonlySet<string>
  readonly failureDelay: Millis
  readonly limits: ImapLimits
}

/** @throws {HostError} for a banner that is not one line of printable US-ASCII. */
export function settings(options: ImapServerOptions): ImapSettings {
  const banner = options.banner ?? 'Mailwright ready.'
  if (!/^[\x20-\x7e]+$/.test(banner)) throw new HostError('the banner must be one line of printable US-ASCII')
  return {
    peer: options.peer,
    supports: options.supports,
    startTls: options.startTls ?? 'none',
    passwords: options.passwords ?? 'secured',
    mechanisms: options.mechanisms ?? [PLAIN, LOGIN],
    banner,
    separator: options.separator ?? '/',
    id: options.id === undefined ? { name: 'Mailwright' } : options.id,
    capabilityOrder: options.capabilityOrder ?? [],
    hiddenCapabilities: new Set(options.hiddenCapabilities ?? []),
    failureDelay: options.failureDelay ?? FAILURE_DELAY,
    limits: { ...IMAP_LIMITS, ...options.limits },
  }
}

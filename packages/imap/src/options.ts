import {
  FAILURE_DELAY,
  fromUtf8,
  HostError,
  LOGIN,
  type Millis,
  type PeerFacts,
  PLAIN,
  type SaslMechanism,
  type StoreAbilities,
} from '@mailwright/core'
import { type Offer, offer } from './capabilities.js'
import { CAPABILITY_PROFILES, type CapabilityProfileName } from './capability-profiles.js'
import { DEFAULT_LANGUAGE, LANGUAGES, languageOf } from './language/languages.js'
import { IMAP_LIMITS, type ImapLimits } from './limits.js'

/** What the host decides about one connection. */
export interface ImapServerOptions {
  readonly peer: PeerFacts
  /** What the store behind the `MailStore` calls can do. */
  readonly supports: StoreAbilities
  /** `offered`: STARTTLS is in the capabilities until the connection is encrypted. Default `none`. */
  readonly startTls?: 'offered' | 'none'
  /** `offered`: the host's driver can deflate, so clients may ask for COMPRESS (RFC 4978). Default `none`. */
  readonly compression?: 'offered' | 'none'
  /**
   * Where a password may cross the wire as it is: `secured` once TLS is on, `anywhere` also before (a loopback or trusted net,
   * the host's choice). Default `secured`; without TLS LOGIN is then disabled (RFC 3501 §11.1).
   */
  readonly passwords?: 'secured' | 'anywhere'
  /** In the order they are advertised. Default PLAIN and LOGIN. */
  readonly mechanisms?: readonly SaslMechanism[]
  /** What the greeting says. Default the profile's, without one `Mailwright ready.` */
  readonly banner?: string
  /** Stands between the levels of mailbox names on the wire. Default `/`; Dovecot on Maildir++ has `.`. */
  readonly separator?: '/' | '.'
  /** What ID answers: 30 fields at most, of 30 and 1,024 octets (RFC 2971 §3.3). Default name `Mailwright`; `null` answers NIL. */
  readonly id?: { readonly [field: string]: string } | null
  /** `told`: replies say how long their commands took, as Dovecot's do from 2.2 on. Default the profile's, without one `none`. */
  readonly timings?: 'told' | 'none'
  /** How often IDLE says that it is still here, so that no router forgets the connection. Default 2 min (Dovecot); `null`: never. */
  readonly stillHere?: Millis | null
  /** What a client hears that leaves the choice of language to us (RFC 5255 §3.2): a tag. Default `i-default`. */
  readonly language?: string
  /** The JMAP session resource that serves the same mail (RFC 9698). Default none. */
  readonly jmapUrl?: string
  /** The host answers `UrlAuthority`, so users may authorise URLs (RFC 4467). Default `null`: it does not. */
  readonly urlAuth?: UrlAuthRoles | null
  /** The server to look like: its banner, its capabilities in its order, and no others. Default none: everything. */
  readonly profile?: CapabilityProfileName
  /**
   * The capabilities to offer, in the order they are told, instead of the profile's. One that is not named is switched off: its commands
   * and words are unknown. Those that the store or the host is not able to are left out. Default: everything, in Dovecot 2.3's order.
   */
  readonly capabilities?: readonly string[]
  /** Capabilities to switch off, out of whichever list. Default none. */
  readonly switchedOff?: readonly string[]
  /** Least wait before a failed login is answered. Default 2 s. */
  readonly failureDelay?: Millis
  readonly limits?: Partial<ImapLimits>
}

/** Users who are somebody else to URLs than others are (RFC 4467 §3). Names in the form that the authenticator gives them. */
export interface UrlAuthRoles {
  /** Submission servers: they may fetch what `submit+` admits them to, on anybody's behalf. Default none. */
  readonly submitters?: readonly string[]
  /** Names that anybody may log in by: for `authuser` they are nobody. Default none. */
  readonly anonymous?: readonly string[]
}

/** Options with their defaults. */
export interface HostSettings {
  readonly peer: PeerFacts
  readonly supports: StoreAbilities
  readonly startTls: 'offered' | 'none'
  readonly compression: 'offered' | 'none'
  readonly passwords: 'secured' | 'anywhere'
  readonly mechanisms: readonly SaslMechanism[]
  readonly banner: string
  readonly separator: '/' | '.'
  readonly id: { readonly [field: string]: string } | null
  readonly timings: 'told' | 'none'
  readonly stillHere: Millis | null
  readonly language: string
  readonly jmapUrl: string | null
  readonly urlAuth: UrlAuthRoles | null
  readonly profile: CapabilityProfileName | null
  readonly capabilities: readonly string[] | null
  readonly switchedOff: readonly string[]
  readonly failureDelay: Millis
  readonly limits: ImapLimits
}

/** What the engine goes by. */
export interface ImapSettings extends HostSettings {
  readonly offer: Offer
}

/** @throws {HostError} for a banner that is not one line of printable US-ASCII, and for capabilities that cannot be. */
export function settings(options: ImapServerOptions): ImapSettings {
  const profile = options.profile ?? null
  const banner = options.banner ?? (profile === null ? 'Mailwright ready.' : CAPABILITY_PROFILES[profile].banner)
  if (!/^[\x20-\x7e]+$/.test(banner)) throw new HostError('the banner must be one line of printable US-ASCII')
  checkId(options.id ?? {})
  const language = options.language ?? DEFAULT_LANGUAGE
  if (languageOf(language) === undefined) throw new HostError(`the language must be one of ${LANGUAGES.join(', ')}`)
  if (options.jmapUrl !== undefined && !/^https?:\/\/[\x21-\x7e]+$/.test(options.jmapUrl)) {
    throw new HostError('the JMAP URL must be one of http or https, in US-ASCII')
  }
  const host: HostSettings = {
    peer: options.peer,
    supports: options.supports,
    startTls: options.startTls ?? 'none',
    compression: options.compression ?? 'none',
    passwords: options.passwords ?? 'secured',
    mechanisms: options.mechanisms ?? [PLAIN, LOGIN],
    banner,
    separator: options.separator ?? '/',
    id: options.id === undefined ? { name: 'Mailwright' } : options.id,
    timings: options.timings ?? (profile === null ? 'none' : CAPABILITY_PROFILES[profile].timings),
    stillHere: options.stillHere === undefined ? 120_000 : options.stillHere,
    language,
    jmapUrl: options.jmapUrl ?? null,
    urlAuth: options.urlAuth ?? null,
    profile,
    capabilities: options.capabilities ?? null,
    switchedOff: options.switchedOff ?? [],
    failureDelay: options.failureDelay ?? FAILURE_DELAY,
    limits: { ...IMAP_LIMITS, ...options.limits },
  }
  return { ...host, offer: offer(host) }
}

/** RFC 2971 §3.3: no more than 30 fields, names of 30 octets, values of 1,024. */
function checkId(fields: { readonly [field: string]: string }): void {
  const entries = Object.entries(fields)
  const isSmall = entries.every(([name, value]) => name.length <= 30 && fromUtf8(value).length <= 1_024)
  if (entries.length > 30 || !isSmall) throw new HostError('ID has 30 fields at most, of 30 and 1,024 octets')
}

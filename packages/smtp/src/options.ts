import { HostError, type LineEndPolicy, type PeerFacts, type SaslMechanism, type UnixMillis } from '@mailwright/core'
import type { ExtensionKeyword } from './extensions/extension.js'
import { PROFILES, type SmtpProfile } from './extensions/profiles.js'
import type { SpeaksFor } from './extensions/speaks-for.js'
import type { PathSyntax } from './grammar/mailbox.js'
import type { SmtpQuestion } from './handler.js'
import { SMTP_LIMITS, type SmtpLimits } from './limits.js'
import { ROLES, type RoleTraits } from './roles.js'
import type { SmtpRole } from './session.js'

/** Who may log in, and how. */
export interface SmtpAuth {
  /** In the order in which EHLO lists them. */
  readonly mechanisms: readonly SaslMechanism[]
  /** Where secrets may cross the wire as they are. Default `overTls`: in clear text such mechanisms are hidden, and refused with 538. */
  readonly plaintext?: 'overTls' | 'always'
}

/**
 * What the host does with a message beyond keeping it. What is absent it does not do: the extension that needs it is neither
 * offered nor taken.
 */
export interface SmtpAbilities {
  /** Reports on delivery, or passes on what was asked to who does (RFC 3461). */
  readonly dsn?: true
  /** Keeps addresses and headers in UTF-8, and gives them only to who takes them (RFC 6531). */
  readonly smtpUtf8?: true
  /** Keeps messages octet for octet, also such as are no text, and gives them only to who takes them (RFC 3030 §3). */
  readonly binaryMime?: true
  /** Gives a message on only over verified TLS where that is asked (RFC 8689). */
  readonly requireTls?: true
  /** Returns or reports a message that is not delivered in time (RFC 2852). `leastSeconds`: a return is not promised sooner. */
  readonly deliverBy?: { readonly leastSeconds: number }
  /** Submission only: keeps a message until its time, for up to `seconds` counted from `from`, which is when the peer connected (RFC 4865). */
  readonly futureRelease?: { readonly seconds: number; readonly from: UnixMillis }
  /**
   * Gives on what is urgent first (RFC 6710). Positive priorities are for who logged in, unless `trusts` says `everybody`: on a listener that only
   * peers of the same site reach. `profile`: the name of the policy, to be told.
   */
  readonly priority?: { readonly profile?: string; readonly trusts?: 'users' | 'everybody' }
}

/** STARTTLS: not there, offered, or demanded before anything else (not on a public MX: RFC 3207 §4). */
export type StartTlsPolicy = 'none' | 'offered' | 'required'

interface CommonOptions {
  /** Our name in greetings and replies; a domain name or address literal (RFC 5321 §4.1.3). */
  readonly hostname: string
  readonly peer: PeerFacts
  /** The software's name in the greeting. Default `Mailwright`. */
  readonly mailName?: string
  /** The greeting's text, with `$myhostname` and `$mail_name`. Default `$myhostname ESMTP $mail_name`, with LMTP where that is spoken. */
  readonly banner?: string
  /** The optional decisions that the handler takes. Default none. */
  readonly asks?: readonly SmtpQuestion[]
  /** Default `none`: the host needs a certificate first. Of no effect on a connection that began encrypted. */
  readonly startTls?: StartTlsPolicy
  /** Whether MAIL needs HELO, EHLO or LHLO before it. Default `required`, RFC 5321 §4.1.4. */
  readonly hello?: 'required' | 'optional'
  /** How addresses may be written. Default `lenient`. */
  readonly paths?: PathSyntax
  /** Default `offered`: 252, or what the handler's `verify` says. `disabled`: 502, and not in EHLO's list. */
  readonly vrfy?: 'offered' | 'disabled'
  /** What becomes of a CR or LF that stands alone. Default `reject`. In neither case does it end the data. */
  readonly lineEnds?: LineEndPolicy
  /** What the host does with messages. Default nothing: extensions that need more than a place to keep a message are not offered. */
  readonly abilities?: SmtpAbilities
  /** Which extensions this server has at all, `postfix-classic` those of Postfix until 3.4. Default `default`: every one. */
  readonly profile?: SmtpProfile
  /** Extensions kept from this peer: not in EHLO's list, and answered as if they did not exist. Default none. */
  readonly withheld?: readonly ExtensionKeyword[]
  /**
   * Commands by which this peer may say for whom it speaks: a proxy of ours (XCLIENT: it is that peer then, in every decision), a filter of ours
   * (XFORWARD: for logs). Default none: they are refused, and not told of.
   */
  readonly speaksFor?: readonly SpeaksFor[]
  /** `noted`: the session says when a peer did not wait where it must ({@link SmtpSession.isHasty}). Default: nobody looks. */
  readonly haste?: 'noted'
  /** What differs from {@link SMTP_LIMITS}. */
  readonly limits?: Partial<SmtpLimits>
}

/** Takes mail for its own domains from anybody, port 25. */
export interface MxOptions extends CommonOptions {
  readonly role: 'mx'
  readonly auth?: SmtpAuth
}

/** Takes mail from its users, ports 587 and 465: MAIL needs a login (RFC 6409 §4.3). */
export interface SubmissionOptions extends CommonOptions {
  readonly role: 'submission'
  readonly auth: SmtpAuth
  /**
   * IMAP servers, as `imap.example.com` or `imap.example.com:1143`, of which the handler's `resolveUrl` finds also what URLs without authorisation stand
   * for, with the rights of who logged in; told behind BURL (RFC 4468 §3.3). Default none: URLs must be authorised (RFC 4467).
   */
  readonly imapServers?: readonly string[]
}

/** Delivers mail for a queue on the same site, never on port 25 (RFC 2033 §5). */
export interface LmtpOptions extends CommonOptions {
  readonly role: 'lmtp'
  readonly auth?: SmtpAuth
}

/** One kind of server each; defaults are named with each option. */
export type SmtpServerOptions = MxOptions | SubmissionOptions | LmtpOptions

/** The options with every default filled in. */
export interface SmtpSettings {
  readonly role: SmtpRole
  readonly traits: RoleTraits
  readonly hostname: string
  readonly peer: PeerFacts
  readonly mailName: string
  readonly banner: string
  readonly asks: ReadonlySet<SmtpQuestion>
  readonly auth: Required<SmtpAuth> | null
  readonly startTls: StartTlsPolicy
  readonly hello: 'required' | 'optional'
  readonly paths: PathSyntax
  readonly vrfy: 'offered' | 'disabled'
  readonly lineEnds: LineEndPolicy
  readonly abilities: SmtpAbilities
  /** `null` for all. */
  readonly known: ReadonlySet<ExtensionKeyword> | null
  readonly withheld: ReadonlySet<ExtensionKeyword>
  readonly speaksFor: ReadonlySet<SpeaksFor>
  readonly haste: 'noted' | 'ignored'
  readonly imapServers: readonly string[]
  readonly limits: SmtpLimits
}

/**
 * Fills in the defaults.
 *
 * @throws {HostError} when the hostname, or what EHLO's list tells of an ability or a server, could not stand in a reply.
 */
export function settle(options: SmtpServerOptions): SmtpSettings {
  if (!/^[!-~]{1,255}$/.test(options.hostname)) throw new HostError(`not a host name: ${options.hostname}`)
  const traits = ROLES[options.role]
  return {
    role: options.role,
    traits,
    hostname: options.hostname,
    peer: options.peer,
    mailName: options.mailName ?? 'Mailwright',
    banner: options.banner ?? traits.banner,
    asks: new Set(options.asks ?? []),
    auth: options.auth === undefined ? null : { plaintext: 'overTls', ...options.auth },
    startTls: options.startTls ?? 'none',
    hello: options.hello ?? 'required',
    paths: options.paths ?? 'lenient',
    vrfy: options.vrfy ?? 'offered',
    lineEnds: options.lineEnds ?? 'reject',
    abilities: checked(options.abilities ?? {}),
    known: PROFILES[options.profile ?? 'default'],
    withheld: new Set(options.withheld ?? []),
    speaksFor: new Set(options.speaksFor ?? []),
    haste: options.haste ?? 'ignored',
    imapServers: authorities(options.role === 'submission' ? (options.imapServers ?? []) : []),
    limits: { ...SMTP_LIMITS, ...options.limits },
  }
}

/** `authority = host [ ":" port ]`, RFC 3986 §3.2: fit for a line of EHLO's list. */
function authorities(servers: readonly string[]): readonly string[] {
  for (const each of servers) {
    if (!/^(?:[A-Za-z0-9.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/.test(each)) {
      throw new HostError(`not the authority of an IMAP URL: ${each}`)
    }
  }
  return servers
}

/** RFC 2852 §2, RFC 4865 §3: up to nine digits; RFC 6710 §7: a profile's name. */
function checked(abilities: SmtpAbilities): SmtpAbilities {
  const { deliverBy, futureRelease, priority } = abilities
  const seconds = [deliverBy?.leastSeconds ?? 0, futureRelease?.seconds ?? 1]
  if (!seconds.every((each) => Number.isInteger(each) && each >= 0 && each < 1e9) || futureRelease?.seconds === 0) {
    throw new HostError(`not a number of seconds: ${seconds.join(', ')}`)
  }
  if (!/^[A-Za-z0-9_.-]{1,20}$/.test(priority?.profile ?? 'MIXER')) {
    throw new HostError(`not the name of a priority profile: ${priority?.profile}`)
  }
  return abilities
}

import { HostError, type PeerFacts, PLAIN, type SaslMechanism } from '@mailwright/core'
import { POP3_LIMITS, type Pop3Limits, REPLY_LINE_OCTETS } from './limits.js'
import { UIDL_FORMAT, type UniqueId, uidlFormat } from './uidl-format.js'

/** What a host decides for one connection. */
export interface Pop3Options {
  readonly peer: PeerFacts
  /** Names this connection among all that share the maildrop lock; never used twice at a time. */
  readonly session: string
  /** What follows `+OK ` in the greeting. Printable ASCII. Default `POP3 server ready`. RFC 1939 §4. */
  readonly banner?: string
  /**
   * APOP's timestamp: `<`, something never given before and not to be guessed, `@`, the host's name, `>`. It ends the
   * greeting. Absent: no APOP. RFC 1939 §7.
   */
  readonly challenge?: string
  /** SASL mechanisms, in the order they are listed. Default PLAIN. RFC 5034. */
  readonly mechanisms?: readonly SaslMechanism[]
  /**
   * Passwords may cross the wire in clear text: the host knows the network (loopback). Default false. RFC 2595 §2.3.
   */
  readonly allowPlaintext?: boolean
  /**
   * STLS is listed and obeyed while the connection is in clear text. Default true; the host needs a certificate for
   * it. RFC 2595 §4.
   */
  readonly offerStls?: boolean
  /** The form of unique-ids, see {@link uidlFormat}. Default `%08Xu%08Xv`. */
  readonly uidlFormat?: string
  /**
   * `complete`: everything, and listed as RFC 2449 §5 wants. `dovecot`: lists exactly what Dovecot 2.3 lists, which
   * has no UTF8 and LANG and omits USER and SASL after login. Default `complete`.
   */
  readonly profile?: 'complete' | 'dovecot'
  /**
   * `exclusive`: one POP3 session of an account at a time (RFC 1939 §4). `shared`: any number, as Dovecot's default.
   * Default `exclusive`.
   */
  readonly locking?: 'exclusive' | 'shared'
  /**
   * QUIT sets `\Seen` on what RETR fetched and stays, as Dovecot does; `never` leaves flags alone. Default `onQuit`.
   */
  readonly seen?: 'onQuit' | 'never'
  /**
   * What happens to a message with octets outside ASCII in its header when the client did not say UTF8. `refuse`
   * answers `-ERR [UTF8]` (RFC 6856 §5). `asIs`, the default, sends it all the same, against RFC 6856 §2.1: a client
   * that is refused one message never gets past it, raw eight-bit headers are old and common, and Dovecot and Courier
   * send them.
   */
  readonly utf8Headers?: 'asIs' | 'refuse'
  readonly limits?: Partial<Pop3Limits>
}

/** Options with every default filled in, checked once. */
export interface Pop3Settings {
  readonly peer: PeerFacts
  readonly session: string
  /** The greeting without its end. */
  readonly greeting: string
  readonly challenge: string | null
  readonly mechanisms: readonly SaslMechanism[]
  readonly allowPlaintext: boolean
  readonly offerStls: boolean
  readonly uniqueId: UniqueId
  readonly profile: 'complete' | 'dovecot'
  readonly locking: 'exclusive' | 'shared'
  readonly seen: 'onQuit' | 'never'
  readonly utf8Headers: 'asIs' | 'refuse'
  readonly limits: Pop3Limits
}

/** @throws {HostError} for a greeting, challenge or UIDL format that the protocol does not allow. */
export function pop3Settings(options: Pop3Options): Pop3Settings {
  const challenge = options.challenge ?? null
  return {
    peer: options.peer,
    session: options.session,
    greeting: greeting(options.banner ?? 'POP3 server ready', challenge),
    challenge,
    mechanisms: options.mechanisms ?? [PLAIN],
    allowPlaintext: options.allowPlaintext ?? false,
    offerStls: options.offerStls ?? true,
    uniqueId: uidlFormat(options.uidlFormat ?? UIDL_FORMAT),
    profile: options.profile ?? 'complete',
    locking: options.locking ?? 'exclusive',
    seen: options.seen ?? 'onQuit',
    utf8Headers: options.utf8Headers ?? 'asIs',
    limits: { ...POP3_LIMITS, ...options.limits },
  }
}

/** RFC 822 §6.1, of which only atoms make sense here. */
const TIMESTAMP = /^<[!#-'*+\-./-9=?A-Z^-~]+@[!#-'*+\-./-9=?A-Z[\]^-~]+>$/

/**
 *     greeting = "+OK" [resp-code] *gchar [timestamp] *gchar CRLF ;512 octets maximum
 *
 * RFC 2449 §3. A `<` in the banner would be taken for a timestamp by clients that speak APOP.
 */
function greeting(banner: string, challenge: string | null): string {
  if (!/^[ -;=-~]*$/.test(banner)) throw new HostError('a POP3 banner is printable ASCII without "<"')
  if (challenge !== null && !TIMESTAMP.test(challenge))
    throw new HostError('an APOP challenge has the form <left@right>')
  const line = ['+OK', banner, challenge ?? ''].filter((part) => part !== '').join(' ')
  if (line.length + 2 > REPLY_LINE_OCTETS)
    throw new HostError(`a POP3 greeting has at most ${REPLY_LINE_OCTETS} octets`)
  return line
}

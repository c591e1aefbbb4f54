import type { Authenticator, Body, ChangeBus, Clock, MailStore, Octets, Random, UrlAuthority } from '@mailwright/core'
import type { ImapLimits, ImapServerOptions, UrlAuthRoles } from '@mailwright/imap'
import type { Pop3Limits } from '@mailwright/pop3'
import type { MxOptions, SmtpHandler, SmtpLimits } from '@mailwright/smtp'
import type { Logger } from '../log/logger.js'
import type { ConnectionLimits } from '../net/limits.js'
import type { TlsMode } from '../net/listener.js'
import type { Certificate } from '../tls/certificate.js'
import type { ClientCertificates, ServerCertificates, TlsChoices } from '../tls/server-identity.js'
import type { RelayOptions } from './relay-options.js'
import type { WithheldExtensions } from './withheld.js'

export type ListenerProtocol = 'smtp' | 'submission' | 'lmtp' | 'imap' | 'pop3'

/** One listening socket: a port, or (smtp, lmtp) a Unix socket. */
export interface ListenerOptions {
  readonly protocol: ListenerProtocol
  /** Address to listen on. Default `127.0.0.1`: nobody else is served until the host says so. */
  readonly host?: string
  /** 0 for any free one; see `MailServer.listeners`. */
  readonly port?: number
  /** A Unix socket instead of a port. */
  readonly path?: string
  /** Default `starttls` where there is a certificate, else `none`. */
  readonly tls?: TlsMode
  /** Where passwords may cross the wire in clear text. Default `loopback`: a connection from this machine. */
  readonly plaintextAuth?: 'never' | 'loopback' | 'always'
  /**
   * Networks of the proxies whose connections begin with a header of HAProxy's PROXY protocol (version 1 or 2), which says who the peer is; as in
   * `['127.0.0.1', '2001:db8::/64']`. Then nobody else is served on this port, and nobody without it. Where a proxy speaks for itself, or does
   * not know for whom, the peer is the proxy. Absent: no header is understood.
   */
  readonly proxyProtocol?: readonly string[]
  /** What the greeting says. */
  readonly banner?: string
  /** Of smtp, submission and lmtp. */
  readonly smtp?: SmtpChoices
}

/** How SMTP looks to clients: `SmtpServerOptions` says what each means. */
export interface SmtpChoices extends Pick<MxOptions, 'profile' | 'paths' | 'vrfy' | 'hello' | 'lineEnds'> {
  /** Extensions that some clients are not offered. Default none. */
  readonly withheld?: readonly WithheldExtensions[]
  /** Networks of proxies of ours that may say, by XCLIENT, whom they speak for: in every decision the peer is that one then. Default nobody. */
  readonly xclient?: readonly string[]
  /** Networks of filters of ours that may say, by XFORWARD, from whom they have a message: for the log. Default nobody. */
  readonly xforward?: readonly string[]
  /** With `relay`: lists of restrictions that stand for the site's here, as `-o smtpd_…_restrictions=` in master.cf does. */
  readonly restrictions?: NonNullable<RelayOptions['restrictions']>
}

/** A message that came in by SMTP or LMTP, for a host that takes it itself. */
export interface InboundMessage {
  /** Its name in the peer's reply and in the log. */
  readonly id: string
  /** The reverse-path; empty for a notification. */
  readonly from: string
  /** Recipients, in order. */
  readonly to: readonly string[]
  /** The login name of whoever submitted it; `null` for nobody. */
  readonly user: string | null
  readonly peerAddress: string
  /** The message with CRLF line ends, its `Received` field first. Read it whole: what is not read is lost. */
  readonly body: Body
}

/** Takes a message. Return when it is safe: the peer is told 250 then. Throw, and it is told to try again later. */
export type ReceiveHook = (message: InboundMessage, signal: AbortSignal) => Promise<void>

/** How IMAP looks to clients: `ImapServerOptions` says what each means. */
export type ImapChoices = Pick<
  ImapServerOptions,
  | 'profile'
  | 'capabilities'
  | 'switchedOff'
  | 'mechanisms'
  | 'id'
  | 'timings'
  | 'stillHere'
  | 'language'
  | 'jmapUrl'
  | 'separator'
>

export interface MailServerOptions {
  /** Our name in greetings and `Received`. */
  readonly hostname: string
  readonly listeners: readonly ListenerOptions[]
  /** Domains whose mail ends here; mail for any other is refused. The first qualifies names without a domain. */
  readonly domains?: readonly string[]
  /** Where mail is kept and read. Not closed by the server. Needed for imap and pop3, and for smtp without `receive` or `handler`. */
  readonly store?: MailStore
  /** Who may log in, and whose addresses exist. Needed wherever `store` is. */
  readonly authenticator?: Authenticator
  /** Takes mail for any address of `domains`, instead of the store. */
  readonly receive?: ReceiveHook
  /** Takes every decision of smtp, submission and lmtp, instead of the above. */
  readonly handler?: SmtpHandler
  /** Mail for elsewhere is queued and delivered, and mail for here rewritten. Absent: mail for other domains is refused. */
  readonly relay?: RelayOptions
  /** Who gets mail for `postmaster` where no such user exists. */
  readonly postmaster?: string
  /** Between a user's name and a suffix of the user's choice. Default `+`. */
  readonly recipientDelimiter?: string
  /** For STARTTLS and TLS. Absent: no encryption is offered. */
  readonly certificate?: Certificate
  /**
   * Clients are asked for a certificate. Whom one of `authorities` (PEM) signed may log in with it (SASL EXTERNAL), as the user that the field `user` names, default
   * `commonName`; and restrictions know it. Who has none logs in as ever. Default: nobody is asked.
   */
  readonly clientCertificates?: ClientCertificates
  /** Certificates by the names that clients ask for (SNI): `mail.example.org`, or `*.example.org`. For all others there is `certificate`. */
  readonly certificates?: ServerCertificates['certificates']
  /** Versions, ciphers, sessions of TLS. Default: TLS 1.2 and 1.3, as Node has them. */
  readonly tls?: TlsChoices
  /** Carries news of mailboxes between connections; give the store the same one. Absent: IDLE learns of changes only by asking. */
  readonly changes?: ChangeBus
  /** How IMAP looks to clients. Default: every capability that the store is able to. */
  readonly imap?: ImapChoices
  /**
   * Users may authorise URLs of their messages (RFC 4467): who keeps the keys, and who is whom. With an imap listener they may submit by such URLs, too
   * (RFC 4468). Absent: IMAP offers no URLAUTH, and submission no BURL.
   */
  readonly urlAuth?: UrlAuthRoles & { readonly authority: UrlAuthority }
  readonly logger?: Logger
  readonly clock?: Clock
  readonly random?: Random
  readonly limits?: {
    readonly connections?: Partial<ConnectionLimits>
    readonly messageOctets?: Octets
    readonly smtp?: Partial<SmtpLimits>
    readonly imap?: Partial<ImapLimits>
    readonly pop3?: Partial<Pop3Limits>
  }
}

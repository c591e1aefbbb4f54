import type { LookupTables, MailQueue, Millis, Resolver } from '@mailwright/core'
import type {
  DeliveryAgent,
  Dialer,
  DoubleBounces,
  Greylist,
  PolicyServices,
  QueueRunnerLimits,
  ReceivingLimits,
  ReportLimits,
  RestrictionCodes,
  RoutingRules,
  SmtpDeliveryLimits,
  Stage,
  TlsPolicy,
} from '@mailwright/relay'
import type { ClientAuth } from '@mailwright/smtp'

/** Makes a server a full mail transfer agent: mail for elsewhere is queued and delivered. */
export interface RelayOptions {
  /** Where mail is between our 250 and the next hop's. Not closed by the server. */
  readonly queue: MailQueue
  /** Networks whose clients may send to anybody without a login, as in `192.168.88.0/24` (Postfix's mynetworks). Default: this machine. */
  readonly networks?: readonly string[]
  /** Domains whose mail anybody may send us, and which we hand on (Postfix's relay_domains). */
  readonly domains?: readonly string[]
  /** Needed for networks that hold half the Internet or more: then anybody may relay, and it is said in as many words. */
  readonly openRelay?: 'iKnowWhatIAmDoing'
  /** Addresses at which others reach us and that are not this machine's: of a NAT, or of a proxy (Postfix's proxy_interfaces). Mail for hosts there would come back. */
  readonly proxyInterfaces?: readonly string[]
  /** Where mail for other domains goes, as in `[smtp.example.net]:587` (Postfix's relayhost). Default: where their MX records point. */
  readonly relayHost?: string
  /** How we log in at a destination, by nexthop and host. Default: not at all. */
  readonly credentials?: (nexthop: string, host: string) => ClientAuth | undefined
  /**
   * Tables of logins by sender, host and nexthop, each `user:password` (smtp_sasl_password_maps); where `credentials` has none. Tables are named as `tables`
   * knows them.
   */
  readonly saslPasswordMaps?: readonly string[]
  /** `sender`: whoever sends has a login of his own, if the tables have one (smtp_sender_dependent_authentication). Default `host`. */
  readonly loginsBy?: 'host' | 'sender'
  /** Where passwords of these tables may cross the wire as they are. Default `overTls`. */
  readonly loginPlaintext?: 'overTls' | 'always'
  /** Tables of TLS policies by nexthop (smtp_tls_policy_maps); before `tlsPolicy`. */
  readonly tlsPolicyMaps?: readonly string[]
  /** How connections are encrypted, by nexthop and host. Default: as far as it is offered. */
  readonly tlsPolicy?: (nexthop: string, host: string) => TlsPolicy
  /** Aliases, virtual domains, canonical addresses, ways: what main.cf says by the same names. Tables are named as `tables` knows them. */
  readonly routing?: Partial<
    Omit<
      RoutingRules,
      'origin' | 'destinations' | 'delimiter' | 'relayDomains' | 'relayHost' | 'postmaster' | 'aliasesMay'
    >
  > & {
    /** Besides addresses aliases may name files with lists (`:include:/etc/list`), commands (`|program`) and files to append to (`/file`). Default nothing. */
    readonly aliasesMay?: ReadonlySet<'include' | 'command' | 'file'>
  }
  /** Whose rights commands of aliases have, and whose files they write (default_privs). Needed where the server is root's. */
  readonly aliasUser?: { readonly uid: number; readonly gid: number }
  /**
   * A program that gets the mail of the site's own users instead of the store (mailbox_command): its path, and templates of its arguments as for pipes; no shell. Users whom this machine
   * knows by name have it run by their own rights, others by those of `aliasUser`, which is needed where the server is root's.
   */
  readonly mailboxCommand?: {
    readonly argv: readonly string[]
    readonly env?: { readonly [name: string]: string }
    readonly timeLimit?: Millis
  }
  /** Needed where `routing` names tables; `TableFiles` of `@mailwright/relay/node` reads Postfix's. */
  readonly tables?: LookupTables
  /**
   * Ways of domains, as a transport table has them: `{ 'lists.example': 'lmtp:unix:/run/lists', '.example.org': 'smtp:[hub.example.org]' }`. For recipients and
   * relayed domains alike, before everything else.
   */
  readonly transports?: { readonly [domain: string]: string }
  /** The folder in which programs of this machine leave mail (`mailwright sendmail`). Absent: none is looked for. */
  readonly maildrop?: string
  /**
   * Lists of restrictions by where they are looked at, each as main.cf has it: `{ recipient: 'reject_non_fqdn_sender, reject_rbl_client bl.example' }`. Default of
   * `relay`: `permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination`; of `expn`: `permit_mynetworks, permit_sasl_authenticated, reject`; of the others: none.
   */
  readonly restrictions?: { readonly [S in Stage]?: string }
  /**
   * `offered`: EXPN tells who is behind aliases and lists, to whom the list `expn` of `restrictions` lets; who may not hears 252. Default: there is no such command.
   */
  readonly expn?: 'offered'
  /** Lists by names of their own, which lists and access tables may name; a class may name those before it. */
  readonly restrictionClasses?: { readonly [name: string]: string }
  /**
   * Tables that say which users may send from an address (smtpd_sender_login_maps); `users:` among them: whoever gets mail for it. Default `users:` alone. What
   * submission listeners look at first is reject_authenticated_sender_login_mismatch, unless they have a list for senders of their own.
   */
  readonly senderLoginMaps?: readonly string[]
  /** Tables of certificates whose clients permit_tls_clientcerts lets send anywhere (relay_clientcerts): fingerprints by SHA-256, as `AA:BB:…`. */
  readonly relayClientCerts?: readonly string[]
  /** Codes of refusals, where they are not Postfix's. */
  readonly rejectCodes?: Partial<RestrictionCodes>
  /** What a restriction does that cannot find out now: if nothing else refuses the mail, the peer must try again; or he must at once. Default `deferIfPermit`. */
  readonly temporaryFailure?: 'deferIfPermit' | 'defer'
  /** Whether refusals wait for RCPT (smtpd_delay_reject). Default `atRecipient`. */
  readonly refusals?: 'atRecipient' | 'atOnce'
  /** Who remembers for check_greylist. Default: this process's memory. */
  readonly greylist?: Greylist
  /** Who asks the services of check_policy_service. Default: TCP and Unix sockets. */
  readonly policies?: PolicyServices
  /** `lookedUp`: the name of each client is asked of DNS when it connects, and stands in `Received` and in the log. Default: only for restrictions that ask. */
  readonly clientNames?: 'lookedUp'
  /** Delivery agents by the names of transports; they come before our own: `local`, `smtp`, `relay`, `lmtp`, `error`, `retry`, `discard`. */
  readonly agents?: { readonly [transport: string]: DeliveryAgent }
  /** DNS. Default: as the machine asks it. */
  readonly resolver?: Resolver
  /** Which addresses of hosts are used (inet_protocols). Default `any`. */
  readonly addresses?: 'any' | 'ipv4' | 'ipv6'
  /** How connections are opened. Default: sockets, with Node's list of authorities. */
  readonly dialer?: Dialer
  /** Who hears of reports that nobody can be sent. Default `postmaster`. */
  readonly doubleBounces?: DoubleBounces
  /** Mail for local users over quota. Default `deferred`. */
  readonly overQuota?: 'deferred' | 'failed'
  /** Mail for users of our own store: at once, before the peer hears our 250, or by way of the queue. Default `atOnce`. */
  readonly localMail?: 'atOnce' | 'queued'
  /** How long the server waits for deliveries under way when it closes. Default 10 s. */
  readonly closeGrace?: Millis
  readonly limits?: {
    readonly queue?: Partial<QueueRunnerLimits>
    readonly receiving?: Partial<ReceivingLimits>
    readonly reports?: Partial<ReportLimits>
    readonly delivery?: Partial<SmtpDeliveryLimits>
  }
}

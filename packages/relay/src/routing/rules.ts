/**
 * How a site routes: what Postfix's main.cf says by the same names. Lists of domains hold names, and tables (`hash:/etc/domains`) in which a domain
 * is looked for. Tables are named `kind:path`; several are asked in turn.
 */
export interface RoutingRules {
  /** Completes addresses without a domain (myorigin). */
  readonly origin: string
  /** Completes domains without a dot (mydomain), where `dotless` says so (append_dot_mydomain, off since Postfix 3.0). */
  readonly domain?: string
  readonly dotless?: 'append'
  /** Between a user's name and a suffix (recipient_delimiter): one of these characters. Empty for none. */
  readonly delimiter: string
  /** Domains whose users are this machine's (mydestination). */
  readonly destinations: readonly string[]
  /** Domains that hold aliases only. */
  readonly virtualAliasDomains: readonly string[]
  readonly virtualAliasMaps: readonly string[]
  /** Domains whose users are mailboxes, each by its whole address. */
  readonly virtualMailboxDomains: readonly string[]
  /** Who is in them; none: whoever the authenticator knows. */
  readonly virtualMailboxMaps: readonly string[]
  /** Domains that we take mail for, to hand it on. */
  readonly relayDomains: readonly string[]
  /** Who is in them; none: anybody. */
  readonly relayRecipientMaps: readonly string[]
  /** aliases(5). */
  readonly aliasMaps: readonly string[]
  /** canonical(5): for senders and recipients, for senders, for recipients. */
  readonly canonicalMaps: readonly string[]
  readonly senderCanonicalMaps: readonly string[]
  readonly recipientCanonicalMaps: readonly string[]
  /** transport(5). */
  readonly transportMaps: readonly string[]
  /** Where classes go that no transport table names: `transport:nexthop`. */
  readonly localTransport: string
  readonly virtualTransport: string
  readonly relayTransport: string
  readonly defaultTransport: string
  /** Where mail for elsewhere goes, instead of where its domain says (relayhost). Empty for none. */
  readonly relayHost: string
  /** The same by sender (sender_dependent_relayhost_maps). */
  readonly senderRelayHostMaps: readonly string[]
  /** Who gets mail for local users that there are not (luser_relay). */
  readonly luserRelay?: string
  /** Who gets `postmaster` where neither an alias nor a user of that name is (RFC 5321 §4.5.1). */
  readonly postmaster?: string
  /** What aliases may do beside naming addresses: nothing by default (allow_mail_to_commands, allow_mail_to_files, `:include:`). */
  readonly aliasesMay: ReadonlySet<'command' | 'file' | 'include'>
}

export const ROUTING_RULES: Omit<RoutingRules, 'origin' | 'destinations'> = {
  delimiter: '',
  virtualAliasDomains: [],
  virtualAliasMaps: [],
  virtualMailboxDomains: [],
  virtualMailboxMaps: [],
  relayDomains: [],
  relayRecipientMaps: [],
  aliasMaps: [],
  canonicalMaps: [],
  senderCanonicalMaps: [],
  recipientCanonicalMaps: [],
  transportMaps: [],
  localTransport: 'local',
  virtualTransport: 'virtual',
  relayTransport: 'relay',
  defaultTransport: 'smtp',
  relayHost: '',
  senderRelayHostMaps: [],
  aliasesMay: new Set(),
}

import type { SiteName } from './dialogue.js'

/** What stands before the names of tables in lists: both servers read the same files. */
export const FOLDER = 'FOLDER'

/** A site's restriction lists, in the words of main.cf. */
export interface RestrictionLists {
  readonly client?: string
  readonly helo?: string
  readonly sender?: string
  readonly relay?: string
  readonly recipient?: string
  readonly data?: string
}

export interface RestrictedSite {
  readonly lists: RestrictionLists
  /** smtpd_delay_reject. Default `atRecipient`. */
  readonly refusals?: 'atRecipient' | 'atOnce'
  /** smtpd_sender_login_maps. */
  readonly senderLoginMaps?: string
  /** smtpd_helo_required. Default `optional`. */
  readonly hello?: 'required'
  /** `some`: a proxy and a filter may say for whom they speak. */
  readonly speakers?: 'some'
}

/** Postfix's default, with a refusal for good. */
const RELAY = 'permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination'

const table = (name: string): string => `texthash:${FOLDER}/${name}`

/** By what DNS, or a proxy of ours, says of a client's name. */
const NAMES: RestrictionLists = {
  client:
    `check_client_access ${table('clients')}, check_client_access ${table('hosts')}, ` +
    `check_reverse_client_hostname_access ${table('reverses')}, reject_unknown_client_hostname`,
  helo: `check_helo_access ${table('helos')}`,
  relay: RELAY,
}

/** Rows C6 to C10, C12. */
export const RESTRICTED: { readonly [name in SiteName]?: RestrictedSite } = {
  helo: {
    lists: {
      helo: 'reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname',
      relay: RELAY,
    },
    hello: 'required',
  },
  atOnce: {
    lists: {
      helo: 'reject_invalid_helo_hostname reject_non_fqdn_helo_hostname reject_unknown_helo_hostname',
      sender: 'reject_non_fqdn_sender reject_unknown_sender_domain',
      relay: RELAY,
    },
    refusals: 'atOnce',
  },
  sender: {
    lists: { sender: 'reject_non_fqdn_sender, reject_unknown_sender_domain, reject_unlisted_sender', relay: RELAY },
  },
  recipient: {
    lists: {
      relay: 'permit',
      recipient: 'reject_non_fqdn_recipient, reject_unknown_recipient_domain, reject_unauth_destination',
    },
  },
  // Row C7, as seed 000 has it, but for the names of its lists of addresses.
  seed: {
    lists: {
      relay: RELAY,
      recipient:
        'permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination, reject_invalid_hostname, reject_non_fqdn_hostname, ' +
        'reject_non_fqdn_sender, reject_non_fqdn_recipient, reject_unknown_sender_domain, reject_rbl_client sbl.example, ' +
        'reject_rbl_client cbl.example',
    },
  },
  defer: { lists: { relay: 'permit_mynetworks permit_sasl_authenticated defer_unauth_destination' } },
  owners: { lists: { sender: 'reject_sender_login_mismatch', relay: RELAY }, senderLoginMaps: table('logins') },
  // Row C9: a listener of master.cf with lists of its own.
  users: {
    lists: {
      client: 'permit_sasl_authenticated,reject',
      relay: RELAY,
      recipient: 'reject_non_fqdn_recipient,reject_unknown_recipient_domain,permit_sasl_authenticated,reject',
    },
  },
  access: {
    lists: {
      client: `check_client_access ${table('clients')}`,
      helo: `check_helo_access ${table('helos')}`,
      sender: `check_sender_access ${table('senders')}`,
      relay: RELAY,
      recipient: `check_recipient_access ${table('recipients')}`,
    },
  },
  // Row C11.
  lists: {
    lists: {
      relay: RELAY,
      recipient:
        'permit_dnswl_client white.example=127.0.0.[4..6], reject_rbl_client lists.example=127.0.0.2, reject_rbl_client lists.example=127.0.0.[3;7], ' +
        'reject_rhsbl_helo domains.example, reject_rhsbl_sender domains.example, reject_rhsbl_recipient domains.example, ' +
        'reject_rhsbl_client domains.example, reject_rbl_client broken.example',
    },
  },
  names: {
    lists: {
      client: `check_client_access ${table('hosts')}, reject_unknown_client_hostname`,
      relay: RELAY,
      recipient: `check_sasl_access ${table('logged-in')}`,
    },
  },
  reverse: {
    lists: {
      client: `check_reverse_client_hostname_access ${table('hosts')}, reject_unknown_reverse_client_hostname`,
      relay: RELAY,
    },
  },
  data: { lists: { relay: RELAY, data: 'reject_multi_recipient_bounce, reject_unauth_pipelining' } },
  servers: {
    lists: {
      helo: `check_helo_mx_access ${table('servers')}`,
      sender: `check_sender_mx_access ${table('servers')}, check_sender_ns_access ${table('servers')}, check_sender_a_access ${table('servers')}`,
      relay: RELAY,
    },
  },
  backup: { lists: { relay: 'permit_mx_backup, permit_auth_destination, reject' } },
  proxied: { lists: { helo: `check_helo_access ${table('helos')}`, relay: RELAY }, speakers: 'some' },
  proxiedNames: { lists: NAMES, speakers: 'some' },
  proxiedAtOnce: { lists: NAMES, refusals: 'atOnce', speakers: 'some' },
  moods: {
    lists: {
      client: 'warn_if_reject reject_unknown_client_hostname, warn_if_reject reject',
      helo: 'reject_plaintext_session',
      relay: 'permit_mynetworks, permit_auth_destination, reject',
      recipient: `check_recipient_access ${table('moods')}, defer_if_permit, permit`,
    },
  },
}

/** The tables of those lists. */
export const TABLES: { readonly [name: string]: string } = {
  logins: 'alice@postfix.example alice, alice@postfix.example\nbob@postfix.example bob, bob@postfix.example\n',
  clients: '127.9.0.4 REJECT\n127.9.5 554 5.7.1 not from there\n127.9.0.5 OK\n',
  helos: 'bad.example.org REJECT\nevil.example 550 go away\n.evil.example 550 go away\n',
  senders: `spam@example.org REJECT
evil.example REJECT
.evil.example REJECT no subdomains either
words@example.org 553 5.1.8 say it otherwise
code1@example.org REJECT 5.1.1 a code of recipients
code4@example.org 550 5.1.4 ambiguous
code6@example.org DEFER 4.1.6 moved
code5@example.org REJECT 5.1.5 fine
later@example.org 450 4.7.1 come again
perhaps@example.org DEFER_IF_PERMIT not now
unlikely@example.org DEFER_IF_REJECT not now
anyone-bad@ REJECT
hold@example.org HOLD for a look
discard@example.org DISCARD without a word
redirect@example.org REDIRECT bob@postfix.example
prepend@example.org PREPEND X-Seen: yes
warn@example.org WARN look at this
<> DUNNO
`,
  hosts: 'friendly.example.org OK\nevil.example REJECT\n.evil.example REJECT by name\n',
  reverses: 'reverse.example.org REJECT by its reverse name\n',
  'logged-in': 'alice 550 5.7.1 not you\nalice@postfix.example 550 5.7.1 not you\n',
  servers:
    '192.0.2.66 REJECT that server\nmail.evil.example REJECT by name\nns.evil.example 550 5.7.1 that name server\n',
  moods: 'alice@postfix.example permit\nbob@postfix.example reject\nstaff@postfix.example nonsense\n',
  recipients: 'bob@postfix.example 550 5.7.1 bob is away\n',
}

/** What DNS says. Each zone is served to both. */
export const ZONES: { readonly [zone: string]: string | 'broken' } = {
  'example.org': `@ MX 10 mail
mail A 192.0.2.10
client A 127.9.0.1
listed A 127.9.0.2
friend A 127.9.0.3
proxy A 127.9.0.7
friendly A 127.9.2.1
elsewhere A 192.0.2.99
mxonly MX 10 mail
null MX 0 .
`,
  'example.net': '@ MX 10 mail\nmail A 192.0.2.11\n',
  'postfix.example': '@ MX 10 mail\nmail A 127.0.0.1\n',
  'relay.example': '@ MX 10 mail\nmail A 192.0.2.12\n',
  'broken.example': 'broken',
  'backed.example': '@ MX 10 best\n@ MX 20 us\nbest A 192.0.2.20\nus A 127.0.0.1\n',
  'first.example': '@ MX 10 us\n@ MX 20 other\nother A 192.0.2.20\nus A 127.0.0.1\n',
  'named.example': '@ MX 10 best\n@ MX 20 mail.postfix.example.\nbest A 192.0.2.20\n',
  'lost.example': '@ MX 10 best\n@ MX 20 us.broken.example.\nbest A 192.0.2.20\n',
  'evil.example': '@ MX 10 mail\n@ NS ns.evil.example.\nmail A 192.0.2.13\nhost A 127.9.2.3\n',
  'served.example': '@ MX 10 mail\nmail A 192.0.2.66\n',
  'sbl.example': '2.0.0.127 A 127.0.0.2\n2.0.9.127 A 127.0.0.2\n2.0.9.127 TXT "listed by a test"\n',
  'cbl.example': '2.0.0.127 A 127.0.0.2\n',
  'lists.example': `1.1.9.127 A 127.0.0.2
1.1.9.127 TXT "two"
2.1.9.127 A 127.0.0.3
3.1.9.127 A 127.0.0.10
4.1.9.127 A 127.0.0.2
5.1.9.127 A 127.0.0.2
5.1.9.127 A 127.0.0.7
`,
  'white.example': '4.1.9.127 A 127.0.0.5\n5.1.9.127 A 127.0.0.9\n',
  'domains.example': 'evil.example A 127.0.0.2\nevil.example TXT "a bad domain"\npostfix.example A 10.0.0.1\n',
  '127.in-addr.arpa': `1.0.9 PTR client.example.org.
2.0.9 PTR listed.example.org.
3.0.9 PTR friend.example.org.
7.0.9 PTR proxy.example.org.
1.2.9 PTR friendly.example.org.
2.2.9 PTR elsewhere.example.org.
3.2.9 PTR host.evil.example.
4.2.9 PTR nowhere.example.org.
`,
}

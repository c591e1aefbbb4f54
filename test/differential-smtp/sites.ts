import { LOGIN, PLAIN } from '@mailwright/core'
import type { MxOptions } from '@mailwright/smtp'
import { FOLDER, RESTRICTED, type RestrictedSite } from './restriction-sites.js'

export const DOMAIN = 'postfix.example'
export const HOSTNAME = `mail.${DOMAIN}`
/** One that both servers take mail for, to hand it on. */
export const RELAY_DOMAIN = 'relay.example'
/** A client of our networks. */
const FRIEND = '127.9.0.3'
/** Whom XCLIENT and XFORWARD are for, and XFORWARD alone. */
export const PROXY = '127.9.0.7'
export const FILTER = '127.9.0.8'
const SPEAKERS = [
  'inet_protocols=all',

  `smtpd_authorized_xclient_hosts=${PROXY}`,
  `smtpd_authorized_xforward_hosts=${PROXY} ${FILTER}`,
] as const
/** A network that no test comes from. */
export const STRANGERS = '192.0.2.0/24'
export const USER = 'alice'
export const USERS: readonly string[] = [USER, 'bob', 'dave']
/** A virtual alias of both. */
export const MAPPED = `inline:{mapped@${DOMAIN}=${USER}@${DOMAIN}}`
/** As the harness has it. */
export const PASSWORD = `secret-of-${USER}`

/** Both servers' configuration, in the words of each. */
export interface Site {
  /** Overrides of Postfix's listener. */
  readonly theirs: readonly string[]
  readonly ours: Partial<MxOptions>
  /** Whose mail ours takes for anywhere. Default {@link STRANGERS}, who never come. */
  readonly networks?: readonly string[]
  /** `some`: {@link PROXY} and {@link FILTER} may say for whom they speak. Default nobody. */
  readonly speakers?: 'some'
  /** Lists of restrictions; Default Postfix's, `reject_unauth_destination` for good. */
  readonly restricted?: RestrictedSite
}

/** As a host that has a queue and reports would have it. */
const ABILITIES = { dsn: true, smtpUtf8: true } as const
/** Of what Postfix has not. */
const FOREIGN = ['LIMITS'] as const
/** Nobody has to wait for who errs much: the dialogues would take minutes. */
const HASTE = { softErrors: 1_000, failureDelay: 0, loginFailures: 100 } as const

const ENGINE: { readonly [name: string]: Site } = {
  mx: { theirs: [], ours: { hello: 'optional', abilities: ABILITIES, withheld: FOREIGN, limits: HASTE } },
  strict: {
    theirs: ['strict_rfc821_envelopes=yes', 'smtpd_helo_required=yes', 'disable_vrfy_command=yes'],
    ours: { paths: 'strict', vrfy: 'disabled', abilities: ABILITIES, withheld: FOREIGN, limits: HASTE },
  },
  small: {
    theirs: [
      'message_size_limit=1000',
      'smtpd_recipient_limit=3',
      'smtpd_recipient_overshoot_limit=2',
      'smtpd_hard_error_limit=5',
      'smtpd_junk_command_limit=4',
      'line_length_limit=512',
    ],
    ours: {
      hello: 'optional',
      abilities: ABILITIES,
      withheld: FOREIGN,
      limits: {
        ...HASTE,
        messageOctets: 1_000,
        recipients: 3,
        recipientOvershoot: 2,
        hardErrors: 5,
        junkCommands: 4,
        lineOctets: 512,
      },
    },
  },
  classic: {
    theirs: ['smtpd_discard_ehlo_keywords=chunking', 'smtputf8_enable=no'],
    ours: { hello: 'optional', profile: 'postfix-classic', abilities: ABILITIES, limits: HASTE },
  },
  trusted: {
    theirs: ['mynetworks=127.0.0.0/8,192.0.2.0/24'],
    ours: { hello: 'optional', abilities: ABILITIES, withheld: FOREIGN, limits: HASTE },
    networks: ['127.0.0.0/8', STRANGERS],
  },
  proxiedPlain: {
    theirs: SPEAKERS,
    ours: { hello: 'optional', abilities: ABILITIES, withheld: FOREIGN, limits: HASTE },
    speakers: 'some',
  },
  logins: {
    theirs: ['smtpd_sasl_auth_enable=yes', 'smtpd_sasl_mechanism_filter=plain,login'],
    ours: {
      hello: 'optional',
      abilities: ABILITIES,
      withheld: FOREIGN,
      limits: HASTE,
      auth: { mechanisms: [PLAIN, LOGIN], plaintext: 'always' },
    },
  },
}

/** A site of restriction lists, in the words of both. */
function restricted(site: RestrictedSite): Site {
  const lists = Object.entries(site.lists).map(([stage, list]) => `smtpd_${stage}_restrictions=${list}`)
  const owners = site.senderLoginMaps === undefined ? [] : [`smtpd_sender_login_maps=${site.senderLoginMaps}`]
  const overrides = [...lists, ...owners].map((each) => each.replaceAll(FOLDER, '$config_directory'))
  return {
    theirs: [
      ...overrides,
      ...(site.refusals === 'atOnce' ? ['smtpd_delay_reject=no'] : []),
      ...(site.hello === 'required' ? ['smtpd_helo_required=yes'] : []),
      ...(site.speakers === undefined ? [] : SPEAKERS),
      `mynetworks=${FRIEND}`,
      'smtpd_sasl_auth_enable=yes',
      'smtpd_sasl_mechanism_filter=plain,login',
    ],
    ours: {
      hello: site.hello ?? 'optional',
      abilities: ABILITIES,
      withheld: FOREIGN,
      limits: HASTE,
      auth: { mechanisms: [PLAIN, LOGIN], plaintext: 'always' },
    },
    networks: [FRIEND],
    ...(site.speakers === undefined ? {} : { speakers: site.speakers }),
    restricted: site,
  }
}

export const SITES: { readonly [name: string]: Site } = {
  ...ENGINE,
  ...Object.fromEntries(Object.entries(RESTRICTED).map(([name, site]) => [name, restricted(site)])),
}

/** Of Postfix as a whole. */
export const SETTINGS: readonly string[] = [
  `mynetworks = ${STRANGERS}`,
  `relay_domains = ${RELAY_DOMAIN}`,
  'parent_domain_matches_subdomains =',
  'relay_recipient_maps =',
  `virtual_alias_maps = inline:{postmaster@${DOMAIN}=${USER}@${DOMAIN}}, ${MAPPED}`,
  'transport_maps = texthash:$config_directory/ways',
  'smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination',
  'smtpd_soft_error_limit = 1000',
  'smtpd_error_sleep_time = 0',
  'smtpd_forbid_bare_newline = reject',
  'strict_smtputf8 = yes',
  'smtpd_forbid_bare_newline_exclusions =',
  'smtpd_sasl_security_options = noanonymous',
  'recipient_delimiter = +',
  'append_dot_mydomain = no',
  'default_transport = discard:',
  'relay_transport = discard:',
  'virtual_transport = discard:',
]

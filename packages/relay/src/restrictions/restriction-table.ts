import { parseTableName } from '../tables/table-kinds.js'
import { parseDnsList } from './dns-list.js'
import { parsePolicyService } from './policy-service.js'
import type { Rule } from './rule.js'
import { ACCESS_RULES } from './rules/access.js'
import { ADDRESS_RULES } from './rules/address.js'
import { CLIENT_RULES } from './rules/client.js'
import { DESTINATION_RULES } from './rules/destination.js'
import { DNS_LIST_RULES } from './rules/dns-lists.js'
import { GENERAL_RULES } from './rules/general.js'
import { HELO_RULES } from './rules/helo.js'
import { LOGIN_RULES } from './rules/login.js'
import { POLICY_RULES } from './rules/policy.js'
import { VERIFICATION_RULES } from './rules/verification.js'

/** What stands behind a restriction's name. */
export type ArgumentKind = 'table' | 'dnsList' | 'seconds' | 'service'

/** Every restriction by its name: postconf(5), and `check_greylist` of our own. */
export const RESTRICTIONS = {
  ...GENERAL_RULES,
  ...CLIENT_RULES,
  ...HELO_RULES,
  ...ADDRESS_RULES,
  ...DESTINATION_RULES,
  ...LOGIN_RULES,
  ...DNS_LIST_RULES,
  ...ACCESS_RULES,
  ...POLICY_RULES,
  ...VERIFICATION_RULES,
} as const satisfies { readonly [name: string]: Rule }

export type RestrictionName = keyof typeof RESTRICTIONS

/** Names of old, which configurations still have. */
export const ALIASES: { readonly [name: string]: RestrictionName } = {
  reject_unknown_client: 'reject_unknown_client_hostname',
  reject_invalid_hostname: 'reject_invalid_helo_hostname',
  reject_unknown_hostname: 'reject_unknown_helo_hostname',
  reject_non_fqdn_hostname: 'reject_non_fqdn_helo_hostname',
  reject_unknown_address: 'reject_unknown_sender_domain',
  reject_rbl: 'reject_rbl_client',
  check_recipient_maps: 'reject_unlisted_recipient',
}

/** Names of Postfix's that we do not have, and why. */
export const ABSENT: { readonly [name: string]: string } = {
  check_relay_domains: 'Postfix 3.9 has dropped it; use reject_unauth_destination',
  reject_maps_rbl: 'Postfix 3.9 has dropped it; use reject_rbl_client with the list behind it',
  permit_naked_ip_address: 'Postfix 3.9 has dropped it; use permit_mynetworks or permit_sasl_authenticated',
}

/** What is wrong with an argument; `undefined` for nothing. */
export function argumentProblem(kind: ArgumentKind, text: string): string | undefined {
  switch (kind) {
    case 'table':
      return parseTableName(text) === undefined
        ? `needs a table behind it, as in hash:/etc/access; found ${JSON.stringify(text)}`
        : undefined
    case 'dnsList':
      return parseDnsList(text) === undefined
        ? `needs the domain of a list behind it, as in zen.example.org=127.0.0.[2..11]; found ${JSON.stringify(text)}`
        : undefined
    case 'seconds':
      return /^\d{1,4}$/.test(text) ? undefined : `needs a number of seconds behind it; found ${JSON.stringify(text)}`
    case 'service':
      return parsePolicyService(text) === undefined
        ? `needs a service behind it, as in inet:127.0.0.1:10023 or unix:/run/policy; found ${JSON.stringify(text)}`
        : undefined
    default:
      return kind satisfies never
  }
}

import type { Networks } from '@mailwright/core'
import type { Router } from '../routing/router.js'

/** Codes of refusals: main.cf's parameters of the same names, and Postfix's defaults. */
export interface RestrictionCodes {
  /** access_map_reject_code: REJECT in an access table. */
  readonly accessReject: number
  /** access_map_defer_code: DEFER in an access table. */
  readonly accessDefer: number
  /** reject_code, defer_code: `reject` and `defer`. */
  readonly reject: number
  readonly defer: number
  readonly invalidHostname: number
  readonly unknownHostname: number
  readonly nonFqdn: number
  readonly unknownAddress: number
  readonly unknownClient: number
  /** relay_domains_reject_code; a hundred less where relaying is deferred. */
  readonly relayDomains: number
  /** maps_rbl_reject_code. */
  readonly rbl: number
  readonly multiRecipientBounce: number
  readonly plaintext: number
  /** unknown_local_recipient_reject_code and its kin. */
  readonly unknownLocalRecipient: number
  readonly unknownVirtualAlias: number
  readonly unknownVirtualMailbox: number
  readonly unknownRelayRecipient: number
  /** unverified_sender_reject_code, unverified_recipient_reject_code: Postfix's defaults defer, until somebody has seen that it works. */
  readonly unverifiedSender: number
  readonly unverifiedRecipient: number
}

export const RESTRICTION_CODES: RestrictionCodes = {
  accessReject: 554,
  accessDefer: 450,
  reject: 554,
  defer: 450,
  invalidHostname: 501,
  unknownHostname: 450,
  nonFqdn: 504,
  unknownAddress: 450,
  unknownClient: 450,
  relayDomains: 554,
  rbl: 554,
  multiRecipientBounce: 550,
  plaintext: 450,
  unknownLocalRecipient: 550,
  unknownVirtualAlias: 550,
  unknownVirtualMailbox: 550,
  unknownRelayRecipient: 550,
  unverifiedSender: 450,
  unverifiedRecipient: 450,
}

/** In place of a table of owners: whoever gets mail for an address, by its name or by aliases, may write from it. */
export const USERS = 'users:'

/** What restrictions ask of a site. */
export interface RestrictionSite {
  /** Classes of domains, who exists, what completes an address. */
  readonly router: Router
  /** mynetworks. */
  readonly networks: Networks
  /** Our names in lower case, and the addresses that we listen on (permit_inet_interfaces, permit_mx_backup). */
  readonly ownHosts: ReadonlySet<string>
  readonly ownAddresses: ReadonlySet<string>
  /** smtpd_sender_login_maps: who may use a sender's address. {@link USERS} stands for the users who get mail for it. None: nobody is asked. */
  readonly senderLoginMaps: readonly string[]
  /** relay_clientcerts: fingerprints of those who may send anywhere, SHA-256 as `AA:BB:…`. */
  readonly relayClientCerts: readonly string[]
  readonly codes: RestrictionCodes
  /** reject_tempfail_action: what a look-up that fails for now does where it could have led to a refusal. */
  readonly temporaryFailure: 'deferIfPermit' | 'defer'
}

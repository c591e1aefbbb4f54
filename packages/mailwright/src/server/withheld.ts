import { parseNetworks } from '@mailwright/core'
import type { ExtensionKeyword } from '@mailwright/smtp'

/** Extensions that some clients are not offered. */
export interface WithheldExtensions {
  /** Which clients, as in `192.0.2.0/24`. Default: all. */
  readonly networks?: readonly string[]
  readonly extensions: readonly ExtensionKeyword[]
}

/**
 * What is kept from a client, by its address (Postfix's `smtpd_discard_ehlo_keyword_address_maps`): for peers that break on an extension.
 *
 * @throws {HostError} for what is no network.
 */
export function withheldFrom(rules: readonly WithheldExtensions[]): (address: string) => ExtensionKeyword[] {
  const read = rules.map(({ networks, extensions }) => ({
    networks: networks === undefined ? null : parseNetworks(networks),
    extensions,
  }))
  return (address) =>
    read.flatMap(({ networks, extensions }) => (networks === null || networks.has(address) ? extensions : []))
}

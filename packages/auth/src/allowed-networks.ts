import { holds, type Network, parseAddress, rawAddress } from '@mailwright/core'

/** Tells whether a peer's address is within a list of networks. */
export type NetworkTest = (peerAddress: string) => boolean

/**
 * Reads Dovecot's `allow_nets`: addresses and CIDR blocks between commas; `local` stands for a connection without an
 * address. What stands behind the bits of a network does not count. `null` when an item is neither.
 */
export function parseAllowedNetworks(text: string): NetworkTest | null {
  const networks: Network[] = []
  let admitsLocal = false
  for (const item of text.split(',')) {
    if (item === 'local') {
      admitsLocal = true
      continue
    }
    const network = parseItem(item)
    if (network === null) return null
    networks.push(network)
  }
  return (peerAddress) => {
    const octets = parseAddress(peerAddress)
    return octets === undefined ? admitsLocal : networks.some((network) => holds(network, octets))
  }
}

function parseItem(item: string): Network | null {
  const [, base = '', length] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(item) ?? []
  const bare = base.replace(/^\[(.*)\]$/, '$1')
  const octets = parseAddress(bare)
  const width = (rawAddress(bare)?.length ?? 0) * 8
  const written = length === undefined ? width : Number(length)
  if (octets === undefined || written > width) return null
  // Peers are compared in their IPv4 form, so the 96 bits before a mapped address are dropped here too.
  const bits = written - (width - octets.length * 8)
  return bits < 0 ? null : { octets, bits }
}

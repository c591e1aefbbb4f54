import { parseAddress } from '../receiving/networks.js'

/** Names the network of an address, as greylists reckon: IPv4 by 24 bits, IPv6 by 64. What is no address is its own. */
export function networkKey(address: string): string {
  const octets = parseAddress(address)
  return octets === undefined ? address : octets.slice(0, octets.length === 4 ? 3 : 8).join('.')
}

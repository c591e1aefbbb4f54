import { holds, parseNetwork } from '@mailwright/core'

/** Networks of which everybody has one (RFC 1918, RFC 1122, RFC 4193, RFC 4291): whoever is in them is a neighbour. */
const PRIVATE = ['127.0.0.0/8', '10.0.0.0/8', 'fc00::/7', 'fe80::/10']

/**
 * Finds the network that nobody has to himself: of IPv4 a class A and more, of IPv6 what a registry gets (RFC 4291). Who lets such a network
 * relay lets strangers.
 */
export function openNetwork(texts: readonly string[]): string | undefined {
  const own = PRIVATE.map(parseNetwork)
  return texts.find((text) => {
    const { octets, bits } = parseNetwork(text)
    const isWide = bits <= (octets.length === 4 ? 8 : 18)
    return isWide && !own.some((network) => network.bits <= bits && holds(network, octets))
  })
}

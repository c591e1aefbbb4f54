import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** An address in one form: IPv4 as text, IPv6 as eight numbers of 16 bits. */
export type Address =
  | { readonly family: 'ipv4'; readonly text: string }
  | { readonly family: 'ipv6'; readonly text: string; readonly groups: readonly number[] }

/** Reads an address; an IPv4-mapped one (RFC 4291 §2.5.5.2) is IPv4, and a zone (`%eth0`) is dropped. `null` for all else. */
export function parseAddress(text: string): Address | null {
  const [bare = ''] = text.split('%', 1)
  if (isIPv4(bare)) return { family: 'ipv4', text: bare }
  if (!isIPv6(bare)) return null
  const groups = ipv6Groups(bare)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (!isMapped) return { family: 'ipv6', text: bare, groups }
  const [high = 0, low = 0] = groups.slice(6)
  return { family: 'ipv4', text: `${high >>> 8}.${high & 0xff}.${low >>> 8}.${low & 0xff}` }
}

/** Expands `::` and a dotted tail. The text is known to be a valid IPv6 address. */
function ipv6Groups(text: string): readonly number[] {
  const [head = '', tail] = text.split('::')
  const front = groupsOf(head)
  if (tail === undefined) return front
  const back = groupsOf(tail)
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
}

function groupsOf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [(a << 8) | b, (c << 8) | d]
  })
}

/**
 * Names the network of a peer: an IPv4 address itself, an IPv6 address's first `ipv6Prefix` bits. What is no address (a
 * local socket's empty one) is its own network.
 */
export function networkOf(peerAddress: string, ipv6Prefix: number): string {
  const address = parseAddress(peerAddress)
  if (address === null) return peerAddress
  if (address.family === 'ipv4') return address.text
  const masked = address.groups.map((group, index) => {
    const bits = Math.min(16, Math.max(0, ipv6Prefix - 16 * index))
    return group & (0xffff << (16 - bits)) & 0xffff
  })
  return `${masked.map((group) => group.toString(16)).join(':')}/${ipv6Prefix}`
}

/** Tells whether a peer's address is within a list of networks. */
export type NetworkTest = (peerAddress: string) => boolean

/**
 * Reads Dovecot's `allow_nets`: addresses and CIDR blocks between commas; `local` stands for a connection without an
 * address. `null` when an item is neither.
 */
export function parseNetworks(text: string): NetworkTest | null {
  const list = new BlockList()
  let admitsLocal = false
  for (const item of text.split(',')) {
    if (item === 'local') {
      admitsLocal = true
      continue
    }
    const [, base = '', prefixText] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(item) ?? []
    const bare = base.replace(/^\[(.*)\]$/, '$1')
    const address = parseAddress(bare)
    if (address === null || bare.includes('%')) return null
    const width = isIPv4(bare) ? 32 : 128
    const written = prefixText === undefined ? width : Number(prefixText)
    // Peers are compared in their IPv4 form, so the 96 bits before a mapped address are dropped here too.
    const prefix = address.family === 'ipv4' ? written - (width - 32) : written
    if (written > width || prefix < 0) return null
    list.addSubnet(address.text, prefix, address.family)
  }
  return (peerAddress) => {
    const address = parseAddress(peerAddress)
    return address === null ? admitsLocal : list.check(address.text, address.family)
  }
}

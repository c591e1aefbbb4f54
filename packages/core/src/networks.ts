import { HostError } from './errors.js'

/** Networks by address, as Postfix's mynetworks and Dovecot's allow_nets. */
export interface Networks {
  has(address: string): boolean
}

/** A network: its octets, four or sixteen, of which the first bits count. */
export interface Network {
  readonly octets: readonly number[]
  readonly bits: number
}

/**
 * Reads networks: `192.168.88.0/24`, `127.0.0.1`, `[::1]/128`, `2001:db8::/32`. An IPv4 address that comes as IPv6 (`::ffff:192.0.2.1`) is the
 * IPv4 one.
 *
 * @throws {HostError} for what is none, and for one whose host part is not zero: somebody meant something else (as in Postfix).
 */
export function parseNetworks(texts: readonly string[]): Networks {
  const networks = texts.map(parseNetwork)
  return {
    has(address) {
      const octets = parseAddress(address)
      return octets !== undefined && networks.some((network) => holds(network, octets))
    },
  }
}

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/** @throws {HostError} as {@link parseNetworks}. */
export function parseNetwork(text: string): Network {
  const network = readNetwork(text)
  if (typeof network === 'string') throw new HostError(network)
  return isMapped(network.octets) && network.bits >= 96
    ? { octets: network.octets.slice(12), bits: network.bits - 96 }
    : network
}

/** A network as it is written; or what is wrong with it, in a sentence. */
export function readNetwork(text: string): Network | string {
  const [, bracketed, plain, length] = /^(?:\[([^[\]/]+)\]|([^[\]/]+))(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const octets = rawAddress(bracketed ?? plain ?? '')
  if (octets === undefined) return `not a network: ${JSON.stringify(text)}`
  const most = octets.length * 8
  const bits = length === undefined ? most : Number(length)
  if (bits > most) return `not a network: ${JSON.stringify(text)}: at most ${most} bits`
  if (!holds({ octets: octets.map((octet, at) => octet & mask(bits, at)), bits: most }, octets)) {
    return `not a network: ${JSON.stringify(text)}: there is something behind its ${bits} bits`
  }
  return { octets, bits }
}

/** An address as octets, four or sixteen; `undefined` for what is none. */
export function parseAddress(text: string): readonly number[] | undefined {
  const octets = rawAddress(text)
  return octets !== undefined && isMapped(octets) ? octets.slice(12) : octets
}

/** As {@link parseAddress}, but an IPv4 address that comes as IPv6 stays sixteen octets. */
export function rawAddress(text: string): readonly number[] | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const [head = '', tail, ...more] = text.replace(/%.*$/, '').split('::')
  const before = groups(head)
  const behind = groups(tail ?? '')
  if (before === undefined || behind === undefined || more.length > 0) return undefined
  const missing = 16 - before.length - behind.length
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  return [...before, ...new Array<number>(missing).fill(0), ...behind]
}

/** Groups of hexadecimal digits, the last of which may be an IPv4 address. RFC 4291 §2.2. */
function groups(text: string): readonly number[] | undefined {
  if (text === '') return []
  const octets: number[] = []
  const words = text.split(':')
  for (const [at, word] of words.entries()) {
    const ipv4 = at === words.length - 1 ? parseIpv4(word) : undefined
    if (ipv4 !== undefined) octets.push(...ipv4)
    else if (/^[0-9a-f]{1,4}$/i.test(word)) octets.push(Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255)
    else return undefined
  }
  return octets
}

function parseIpv4(text: string): readonly number[] | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined
  const octets = text.split('.').map(Number)
  return octets.every((octet) => octet < 256) ? octets : undefined
}

function isMapped(octets: readonly number[]): boolean {
  return octets.length === 16 && MAPPED.every((octet, at) => octets[at] === octet)
}

/** Whether an address of the same family is in a network. */
export function holds({ octets, bits }: Network, address: readonly number[]): boolean {
  return (
    octets.length === address.length &&
    octets.every((octet, at) => ((octet ^ (address[at] ?? 0)) & mask(bits, at)) === 0)
  )
}

/** The bits of one octet that belong to the network. */
function mask(bits: number, at: number): number {
  const own = Math.min(8, Math.max(0, bits - at * 8))
  return (0xff << (8 - own)) & 0xff
}

/**
 * Names the network of a peer by the first bits of its address; a whole IPv4 address names itself. What is no address (a local socket's empty
 * one) is its own network.
 */
export function networkOf(
  peerAddress: string,
  { ipv4 = 32, ipv6 }: { readonly ipv4?: number; readonly ipv6: number },
): string {
  const octets = parseAddress(peerAddress)
  if (octets === undefined) return peerAddress
  const bits = octets.length === 4 ? ipv4 : ipv6
  const masked = octets.map((octet, at) => octet & mask(bits, at))
  if (octets.length === 4) return bits === 32 ? masked.join('.') : `${masked.join('.')}/${bits}`
  const groups = Array.from({ length: 8 }, (_, at) => ((masked[2 * at] ?? 0) << 8) | (masked[2 * at + 1] ?? 0))
  return `${groups.map((group) => group.toString(16)).join(':')}/${bits}`
}

/** 127.0.0.0/8 and `::1`: this machine (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopback(address: string): boolean {
  const octets = parseAddress(address)
  if (octets === undefined) return false
  return octets.length === 4 ? octets[0] === 127 : octets.every((octet, at) => octet === (at === 15 ? 1 : 0))
}

import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import type { Octets } from '@mailwright/core'
import { PROXY_HEADER_OCTETS } from './limits.js'

/** Both ends of the connection that a proxy took, as it tells them. */
export interface ProxiedEnds {
  readonly address: string
  readonly port: number
  readonly localAddress: string
  readonly localPort: number
}

/** What a connection from a proxy begins with. `octets`: how long it is; what stands behind it is the peer's. */
export type ProxyHeader =
  | { readonly kind: 'proxied'; readonly octets: Octets; readonly ends: ProxiedEnds }
  /** The proxy speaks for itself, to see whether we are there; or it does not know for whom. */
  | { readonly kind: 'itself'; readonly octets: Octets }
  | { readonly kind: 'more' }
  | { readonly kind: 'bad'; readonly why: string }

/** "\r\n\r\n\0\r\nQUIT\n": a line that a server of no protocol mistakes for something else. */
const SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a)
const WORD = Uint8Array.of(0x50, 0x52, 0x4f, 0x58, 0x59, 0x20)

/** The longest line there can be, its end included: "PROXY UNKNOWN" with two IPv6 addresses and two ports. */
const LINE_OCTETS = 107
const FIXED_OCTETS = 16

/**
 * Reads the header of HAProxy's PROXY protocol, version 1 or 2, at the start of what came.
 *
 * Additions (TLVs) are passed over. Addresses of families other than IPv4 and IPv6, and UDP, are refused: their peer would have no address.
 */
export function readProxyHeader(received: Uint8Array): ProxyHeader {
  if (startsAs(received, WORD)) return received.length < WORD.length ? { kind: 'more' } : readLine(received)
  if (startsAs(received, SIGNATURE)) return received.length < FIXED_OCTETS ? { kind: 'more' } : readBinary(received)
  return { kind: 'bad', why: 'no PROXY header' }
}

/**
 *     line = "PROXY" SP ( "TCP4" / "TCP6" ) SP source SP destination SP source-port SP destination-port CRLF
 *          / "PROXY UNKNOWN" *CHAR CRLF
 */
function readLine(received: Uint8Array): ProxyHeader {
  const end = received.subarray(0, LINE_OCTETS).indexOf(0x0a)
  if (end === -1) return received.length < LINE_OCTETS ? { kind: 'more' } : { kind: 'bad', why: 'a line without end' }
  const line = Buffer.from(received.subarray(0, end + 1)).toString('latin1')
  if (!line.endsWith('\r\n')) return { kind: 'bad', why: 'a line that ends with LF' }
  const octets = line.length
  const [, family, source = '', destination = '', sourcePort, destinationPort, ...more] = line.slice(0, -2).split(' ')
  if (family === 'UNKNOWN') return { kind: 'itself', octets }
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : () => false
  const isSound = [source, destination].every((address) => isAddress(address) && !address.includes('%'))
  const port = portOf(sourcePort)
  const localPort = portOf(destinationPort)
  if (!isSound || port === undefined || localPort === undefined || more.length > 0) {
    return { kind: 'bad', why: 'addresses that are none' }
  }
  return { kind: 'proxied', octets, ends: { address: source, port, localAddress: destination, localPort } }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:0|[1-9]\d{0,4})$/.test(text)) return undefined
  const port = Number(text)
  return port < 65_536 ? port : undefined
}

/**
 *     header = signature version-and-command family-and-transport length addresses *TLV
 *
 * Numbers are in network order; `length` counts what stands behind it.
 */
function readBinary(received: Uint8Array): ProxyHeader {
  const view = new DataView(received.buffer, received.byteOffset, received.byteLength)
  const versionAndCommand = view.getUint8(12)
  const octets = FIXED_OCTETS + view.getUint16(14)
  if (versionAndCommand !== 0x20 && versionAndCommand !== 0x21) return { kind: 'bad', why: 'an unknown version' }
  if (octets > PROXY_HEADER_OCTETS) return { kind: 'bad', why: 'a header that is too long' }
  if (received.length < octets) return { kind: 'more' }
  if (versionAndCommand === 0x20) return { kind: 'itself', octets }
  const size = ADDRESS_OCTETS.get(view.getUint8(13))
  if (size === undefined) return { kind: 'bad', why: 'neither IPv4 nor IPv6' }
  const at = FIXED_OCTETS + 2 * size
  if (octets < at + 4) return { kind: 'bad', why: 'addresses cut short' }
  const ends = {
    address: addressOf(received.subarray(FIXED_OCTETS, FIXED_OCTETS + size)),
    port: view.getUint16(at),
    localAddress: addressOf(received.subarray(FIXED_OCTETS + size, at)),
    localPort: view.getUint16(at + 2),
  }
  return { kind: 'proxied', octets, ends }
}

/** TCP over IPv4, TCP over IPv6. */
const ADDRESS_OCTETS: ReadonlyMap<number, Octets> = new Map([
  [0x11, 4],
  [0x21, 16],
])

function addressOf(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.')
  const groups: string[] = []
  for (let at = 0; at < octets.length; at += 2) {
    groups.push((((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)).toString(16))
  }
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address
}

/** Whether what came is the beginning of `word`, or begins with it. */
function startsAs(received: Uint8Array, word: Uint8Array): boolean {
  return word.subarray(0, received.length).every((octet, at) => octet === received[at])
}

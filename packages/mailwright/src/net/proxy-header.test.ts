import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readProxyHeader } from './proxy-header.js'

const text = (line: string): Uint8Array => new TextEncoder().encode(line)

/** The examples of HAProxy's proxy-protocol.txt, §2.1. */
const LINES: readonly (readonly [string, ReturnType<typeof readProxyHeader>])[] = [
  [
    'PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n',
    {
      kind: 'proxied',
      octets: 56,
      ends: { address: '255.255.255.255', port: 65_535, localAddress: '255.255.255.255', localPort: 65_535 },
    },
  ],
  [
    'PROXY TCP6 ffff:f:f:f:f:f:f:fff1 ffff:f:f:f:f:f:f:fff2 0 25\r\n',
    {
      kind: 'proxied',
      octets: 61,
      ends: { address: 'ffff:f:f:f:f:f:f:fff1', port: 0, localAddress: 'ffff:f:f:f:f:f:f:fff2', localPort: 25 },
    },
  ],
  ['PROXY UNKNOWN\r\n', { kind: 'itself', octets: 15 }],
  [
    'PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n',
    { kind: 'itself', octets: 107 },
  ],
]

describe('version 1', () => {
  test.each(LINES)('[A9] %j', (line, expected) => {
    expect(readProxyHeader(text(line))).toEqual(expected)
    expect(readProxyHeader(text(`${line}EHLO x\r\n`))).toEqual(expected)
    for (let cut = 0; cut < line.length; cut++)
      expect(readProxyHeader(text(line.slice(0, cut)))).toEqual({ kind: 'more' })
  })

  test.each([
    'EHLO client.example.org\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 25\n',
    'PROXY TCP4 192.0.2.256 192.0.2.2 1 25\r\n',
    'PROXY TCP4 2001:db8::1 2001:db8::2 1 25\r\n',
    'PROXY TCP6 192.0.2.1 192.0.2.2 1 25\r\n',
    'PROXY TCP6 fe80::1%eth0 fe80::2 1 25\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 01 25\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 25 more\r\n',
    'PROXY TCP4  192.0.2.1 192.0.2.2 1 25\r\n',
    'PROXY TCP4 192.0.2.1\r\n',
    'PROXY UDP4 192.0.2.1 192.0.2.2 1 25\r\n',
    'proxy TCP4 192.0.2.1 192.0.2.2 1 25\r\n',
    `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`,
    `PROXY UNKNOWN ${'x'.repeat(10_000)}`,
  ])('[A9] refuses %j', (line) => {
    expect(readProxyHeader(text(line)).kind).toBe('bad')
  })
})

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]

function binary(command: number, family: number, body: readonly number[], length = body.length): Uint8Array {
  return Uint8Array.from([...SIGNATURE, command, family, length >> 8, length & 0xff, ...body])
}

const V4 = [192, 0, 2, 1, 198, 51, 100, 2, 0x12, 0x34, 0, 25]
const V6 = [
  0x20,
  1,
  0x0d,
  0xb8,
  ...new Array(11).fill(0),
  1,
  0x20,
  1,
  0x0d,
  0xb8,
  ...new Array(11).fill(0),
  2,
  0,
  1,
  0,
  25,
]

describe('version 2', () => {
  test('[A9] TCP over IPv4 and IPv6', () => {
    expect(readProxyHeader(binary(0x21, 0x11, V4))).toEqual({
      kind: 'proxied',
      octets: 28,
      ends: { address: '192.0.2.1', port: 0x1234, localAddress: '198.51.100.2', localPort: 25 },
    })
    expect(readProxyHeader(binary(0x21, 0x21, V6))).toEqual({
      kind: 'proxied',
      octets: 52,
      ends: { address: '2001:db8::1', port: 1, localAddress: '2001:db8::2', localPort: 25 },
    })
  })

  test('[A9] additions are passed over, and what is behind them is not', () => {
    const header = binary(0x21, 0x11, [...V4, 0x02, 0, 3, 0x61, 0x62, 0x63])
    expect(readProxyHeader(Uint8Array.from([...header, 0x45]))).toMatchObject({ kind: 'proxied', octets: 34 })
    for (let cut = 0; cut < header.length; cut++) {
      expect(readProxyHeader(header.subarray(0, cut))).toEqual({ kind: 'more' })
    }
  })

  test('[A9] LOCAL is the proxy itself, whatever addresses it brings', () => {
    expect(readProxyHeader(binary(0x20, 0x00, []))).toEqual({ kind: 'itself', octets: 16 })
    expect(readProxyHeader(binary(0x20, 0x11, V4))).toEqual({ kind: 'itself', octets: 28 })
  })

  test.each([
    ['another version', binary(0x11, 0x11, V4)],
    ['an unknown command', binary(0x22, 0x11, V4)],
    ['UDP', binary(0x21, 0x12, V4)],
    ['Unix sockets', binary(0x21, 0x31, new Array(216).fill(0))],
    ['no family', binary(0x21, 0x00, [])],
    ['addresses cut short', binary(0x21, 0x11, V4.slice(0, 11))],
    ['a length over the limit, before it has come', binary(0x21, 0x11, V4, 4_081)],
  ])('[A9] refuses %s', (_, header) => {
    expect(readProxyHeader(header).kind).toBe('bad')
  })
})

test('[A9] whatever comes is answered, and nothing read that has not come', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.uint8Array({ maxLength: 80 }).map((tail) => Uint8Array.from([...SIGNATURE, 0x21, 0x11, ...tail])),
    fc.string({ maxLength: 80 }).map((tail) => text(`PROXY TCP4 ${tail}\r\n`)),
  )
  fc.assert(
    fc.property(anything, (octets) => {
      const header = readProxyHeader(octets)
      if ('octets' in header) expect(header.octets).toBeLessThanOrEqual(octets.length)
    }),
    { seed: 25 },
  )
})

import { describe, expect, test } from 'vitest'
import { HostError } from './errors.js'
import { isLoopback, networkOf, parseNetworks } from './networks.js'

describe('[C1] networks', () => {
  const seed = parseNetworks([
    '192.168.88.0/24',
    '127.0.0.0/8',
    '[::ffff:127.0.0.0]/104',
    '[::1]/128',
    '168.100.189.0/28',
    '2001:db8:5::/48',
    '192.0.2.7',
  ])

  test.each([
    ['192.168.88.0', true],
    ['192.168.88.255', true],
    ['192.168.89.1', false],
    ['127.1.2.3', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:192.168.88.9', true],
    ['::1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['::2', false],
    ['168.100.189.15', true],
    ['168.100.189.16', false],
    ['2001:db8:5:ffff::1', true],
    ['2001:db8:6::1', false],
    ['fe80::1%eth0', false],
    ['192.0.2.7', true],
    ['192.0.2.70', false],
    ['', false],
    ['unix', false],
    ['1:2:3', false],
    ['1::2::3', false],
    ['192.168.88', false],
  ])('%s: %s', (address, expected) => {
    expect(seed.has(address)).toBe(expected)
  })

  test.each(['192.168.88.1/24', '10.0.0.0/33', '300.1.1.1', '[::1', '::/129', 'localhost', ''])(
    '%j is none',
    (text) => {
      expect(() => parseNetworks([text])).toThrow(HostError)
    },
  )
})

describe('the network of an address', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:0:0:0:0/64'],
    ['2001:db8:1:2::', '2001:db8:1:2:0:0:0:0/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2:0:0:0:0/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2:0:0:0:0/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3:0:0:0:0/64'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:0/64'],
    ['::', '0:0:0:0:0:0:0:0/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0:0:0:0:0/64'],
    ['', ''],
    ['unix', 'unix'],
  ])('%s is in %s', (address, network) => {
    expect(networkOf(address, { ipv6: 64 })).toBe(network)
  })

  test('may be cut at any bit', () => {
    expect(networkOf('2001:db8:1:2:3::', { ipv6: 56 })).toBe('2001:db8:1:0:0:0:0:0/56')
    expect(networkOf('2001:db8:1:2ff:3::', { ipv6: 57 })).toBe('2001:db8:1:280:0:0:0:0/57')
    expect(networkOf('2001:db8::1', { ipv6: 128 })).toBe('2001:db8:0:0:0:0:0:1/128')
  })

  test('an IPv4 one by less than all of its bits', () => {
    expect(networkOf('192.0.2.77', { ipv4: 24, ipv6: 64 })).toBe('192.0.2.0/24')
    expect(networkOf('::ffff:192.0.2.77', { ipv4: 26, ipv6: 64 })).toBe('192.0.2.64/26')
  })
})

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::ffff:127.0.0.1', true],
  ['::1', true],
  ['0:0::1', true],
  ['128.0.0.1', false],
  ['::2', false],
  ['', false],
  ['localhost', false],
])('%j is this machine: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected)
})

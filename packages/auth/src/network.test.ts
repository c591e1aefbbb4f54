import { describe, expect, test } from 'vitest'
import { networkOf, parseNetworks } from './network.js'

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
    expect(networkOf(address, 64)).toBe(network)
  })

  test('may be cut at any bit', () => {
    expect(networkOf('2001:db8:1:2:3::', 56)).toBe('2001:db8:1:0:0:0:0:0/56')
    expect(networkOf('2001:db8:1:2ff:3::', 57)).toBe('2001:db8:1:280:0:0:0:0/57')
    expect(networkOf('2001:db8::1', 128)).toBe('2001:db8:0:0:0:0:0:1/128')
  })
})

describe('allow_nets', () => {
  test.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.0/24', '::ffff:192.0.2.1', true],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['[::1]', '::1', true],
    ['[::ffff:127.0.0.0]/104', '127.9.9.9', true],
    ['[::ffff:127.0.0.0]/104', '128.0.0.1', false],
    ['::1,192.0.2.0/24', '192.0.2.1', true],
    ['local', '', true],
    ['local', '192.0.2.1', false],
    ['192.0.2.1', '', false],
    ['0.0.0.0/0', '2001:db8::1', false],
  ])('%s and %j: %s', (text, address, expected) => {
    expect(parseNetworks(text)?.(address)).toBe(expected)
  })

  test.each(['', '192.0.2.0/33', '192.0.2', 'example.com', '::1/129', '192.0.2.1,', '::ffff:0:0/95', 'fe80::%1/64'])(
    '%j is no list of networks',
    (text) => {
      expect(parseNetworks(text)).toBeNull()
    },
  )
})

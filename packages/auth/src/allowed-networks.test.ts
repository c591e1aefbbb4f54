import { describe, expect, test } from 'vitest'
import { parseAllowedNetworks } from './allowed-networks.js'

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
    expect(parseAllowedNetworks(text)?.(address)).toBe(expected)
  })

  test.each(['', '192.0.2.0/33', '192.0.2', 'example.com', '::1/129', '192.0.2.1,', '::ffff:0:0/95', 'fe80::%1/64'])(
    '%j is no list of networks',
    (text) => {
      expect(parseAllowedNetworks(text)).toBeNull()
    },
  )
})

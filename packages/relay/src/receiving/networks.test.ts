import { HostError } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { openNetwork, parseNetworks } from './networks.js'

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

test.each([
  [['0.0.0.0/0'], '0.0.0.0/0'],
  [['192.0.2.0/24', '0.0.0.0/1', '128.0.0.0/1'], '0.0.0.0/1'],
  [['::/0'], '::/0'],
  [['[::ffff:0.0.0.0]/96'], '[::ffff:0.0.0.0]/96'],
  [['8.0.0.0/8'], '8.0.0.0/8'],
  [
    ['10.0.0.0/8', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '[::1]/128', 'fc00::/7', '2001:db8::/32'],
    undefined,
  ],
])('[B17] who of %j is everybody: %s', (networks, expected) => {
  expect(openNetwork(networks)).toBe(expected)
})

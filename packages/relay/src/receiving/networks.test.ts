import { expect, test } from 'vitest'
import { openNetwork } from './networks.js'

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

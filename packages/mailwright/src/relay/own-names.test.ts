import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import type { ListenerOptions } from '../server/options.js'
import { ownNames } from './own-names.js'

const at = (address: string, family: 'IPv4' | 'IPv6'): NetworkInterfaceInfo =>
  ({
    address,
    family,
    netmask: '',
    mac: '',
    internal: false,
    cidr: null,
    ...(family === 'IPv6' ? { scopeid: 0 } : {}),
  }) as NetworkInterfaceInfo
const MACHINE = { lo: [at('127.0.0.1', 'IPv4'), at('::1', 'IPv6')], eth0: [at('192.0.2.1', 'IPv4')], none: undefined }

test.each<[string, readonly ListenerOptions[], readonly string[]]>([
  ['nobody but this machine', [{ protocol: 'smtp', port: 25 }], ['127.0.0.1']],
  ['one address', [{ protocol: 'smtp', host: '192.0.2.1', port: 25 }], ['192.0.2.1']],
  ['all of IPv4', [{ protocol: 'smtp', host: '0.0.0.0', port: 25 }], ['127.0.0.1', '192.0.2.1']],
  ['all', [{ protocol: 'smtp', host: '::', port: 25 }], ['127.0.0.1', '::1', '192.0.2.1']],
  [
    'other ports and protocols',
    [
      { protocol: 'smtp', port: 2525 },
      { protocol: 'submission', host: '::', port: 25 },
    ],
    [],
  ],
])('[A3] %s', (_, listeners, expected) => {
  const own = ownNames('MX.example', listeners, ['203.0.113.1'], MACHINE)
  expect([...own.addresses]).toEqual(['203.0.113.1', ...expected])
  expect([...own.hosts]).toEqual(['mx.example'])
})

import { expect, test } from 'vitest'
import { addressKey, machineFile, parseHosts, parseResolvConf } from './machine-files.js'

const server = (address: string) => ({ address, port: 53 })

test.each([
  ['', { servers: [server('127.0.0.1')], trustsAuthentic: false }],
  [
    '# made by hand\nsearch example.org\nnameserver 192.0.2.53\nnameserver\t2001:db8::53 \nnameserver nonsense\n',
    { servers: [server('192.0.2.53'), server('2001:db8::53')], trustsAuthentic: false },
  ],
  [
    'nameserver 127.0.0.1\noptions edns0 timeout:2 attempts:9 trust-ad',
    { servers: [server('127.0.0.1')], timeout: 2_000, attempts: 5, trustsAuthentic: true },
  ],
  ['nameserver 127.0.0.1\noptions timeout:0 attempts:x', { servers: [server('127.0.0.1')], trustsAuthentic: false }],
])('resolv.conf(5) %#', (text, expected) => {
  expect(parseResolvConf(text)).toEqual(expected)
})

test('hosts(5): the first name of a line is the address’s own', () => {
  const { addresses, names } = parseHosts(
    '127.0.0.1 localhost\n192.0.2.7  Mail.example mail # the old one\n::1 localhost ip6\n#x\nbad y\n',
  )
  expect(addresses.get('localhost')).toEqual(['127.0.0.1', '::1'])
  expect(addresses.get('mail.example')).toEqual(['192.0.2.7'])
  expect(addresses.get('mail')).toEqual(['192.0.2.7'])
  expect(names.get(addressKey('192.0.2.7'))).toEqual(['Mail.example'])
  expect(names.get(addressKey('0:0::1'))).toEqual(['localhost'])
  expect(addresses.has('y')).toBe(false)
})

test('a file that is not there is empty', () => {
  expect(
    machineFile(
      '/nonexistent/file',
      (text) => text,
      () => 0,
    )(),
  ).toBe('')
})

import { expect, test } from 'vitest'
import { findTransport, parseTransport } from './transports.js'

test.each([
  ['smtp:[mx.example.org]:587', { transport: 'smtp', nexthop: '[mx.example.org]:587' }],
  ['lmtp:unix:/run/lmtp', { transport: 'lmtp', nexthop: 'unix:/run/lmtp' }],
  [':[192.0.2.1]', { transport: '', nexthop: '[192.0.2.1]' }],
  ['local:', { transport: 'local', nexthop: '' }],
  ['error:5.7.1 no such place', { transport: 'error', nexthop: '5.7.1 no such place' }],
  ['smtp', undefined],
  ['smtp:a b', undefined],
  ['', undefined],
])('[C12] %s', (text, expected) => {
  expect(parseTransport(text)).toEqual(expected)
})

/** transport(5), "TABLE SEARCH ORDER". */
test.each([
  ['example.org', 'exact'],
  ['EXAMPLE.ORG', 'exact'],
  ['a.example.org', 'parent'],
  ['b.a.example.org', 'parent'],
  ['far.b.example.net', 'near'],
  ['example.com', 'all'],
])('[C12] %s: %s', (domain, expected) => {
  const table = new Map(
    Object.entries({
      'example.org': 'exact',
      '.example.org': 'parent',
      '.b.example.net': 'near',
      '.example.net': 'farther',
      '*': 'all',
    }).map(([key, transport]) => [key, { transport, nexthop: '' }]),
  )
  expect(findTransport(table, domain)?.transport).toBe(expected)
})

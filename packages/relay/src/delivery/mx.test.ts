import type { DnsAnswer, Random } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { describe, expect, test } from 'vitest'
import { parseDestination } from './destination.js'
import { findHosts, type HostsAnswer } from './mx.js'

const NOT_FOUND = { kind: 'notFound' } as const
const AWAY = { kind: 'tryAgain', reason: 'Host not found, try again' } as const
const ZERO: Random = { bytes: (count) => new Uint8Array(count) }
const signal = new AbortController().signal

interface Zone {
  readonly mx?: { readonly [domain: string]: readonly (readonly [number, string])[] }
  readonly a?: { readonly [host: string]: readonly string[] }
  readonly away?: readonly string[]
}

async function hosts(nexthop: string, zone: Zone, random: Random = ZERO): Promise<HostsAnswer> {
  const found = <T>(name: string, records: readonly T[] | undefined): DnsAnswer<T> => {
    if (zone.away?.includes(name) === true) return AWAY
    return records === undefined ? NOT_FOUND : { kind: 'found', records, isAuthentic: false }
  }
  const resolver = {
    resolveMx: async ({ domain }: { domain: string }) =>
      found(
        `MX ${domain}`,
        zone.mx?.[domain]?.map(([preference, exchange]) => ({ preference, exchange })),
      ),
    resolveAddresses: async ({ host }: { host: string }) => found(host, zone.a?.[host]),
  }
  const destination = parseDestination(nexthop, 25)
  if (destination === undefined || destination.kind === 'unix') return expect.fail(nexthop)
  const own = { hosts: new Set(['us.example']), addresses: new Set(['192.0.2.99']) }
  return runFlow(findHosts(destination, own, random), performer([resolver]), signal)
}

/** Names and addresses in the order in which they are tried. */
async function order(nexthop: string, zone: Zone, random?: Random): Promise<readonly string[] | string> {
  const answer = await hosts(nexthop, zone, random)
  if (answer.kind !== 'hosts') return `${answer.kind} ${answer.status} ${answer.text}`
  return answer.hosts.map(({ name, addresses, port }) => `${name} ${addresses.join(',')} ${port}`)
}

const A = { 'a.example': ['192.0.2.1'], 'b.example': ['192.0.2.2', '2001:db8::2'], 'us.example': ['192.0.2.99'] }

describe('[A5] the hosts of a destination', () => {
  test.each<[string, string, Zone, readonly string[] | string]>([
    [
      'MX by preference',
      'd.example',
      {
        mx: {
          'd.example': [
            [20, 'a.example'],
            [10, 'B.example.'],
          ],
        },
        a: A,
      },
      ['b.example 192.0.2.2,2001:db8::2 25', 'a.example 192.0.2.1 25'],
    ],
    ['no MX: the domain itself', 'a.example:587', { a: A }, ['a.example 192.0.2.1 587']],
    [
      'brackets: no look at MX',
      '[a.example]',
      { mx: { 'a.example': [[1, 'b.example']] }, a: A },
      ['a.example 192.0.2.1 25'],
    ],
    ['an address', '[2001:db8::7]:2525', {}, ['2001:db8::7 2001:db8::7 2525']],
    [
      'null MX (RFC 7505)',
      'd.example',
      { mx: { 'd.example': [[0, '.']] } },
      'failed 5.1.10 Domain d.example does not accept mail (nullMX)',
    ],
    [
      'an exchange that is not there is passed over',
      'd.example',
      {
        mx: {
          'd.example': [
            [1, 'z.example'],
            [2, 'a.example'],
          ],
        },
        a: A,
      },
      ['a.example 192.0.2.1 25'],
    ],
    [
      'no exchange is there',
      'd.example',
      { mx: { 'd.example': [[1, 'z.example']] } },
      'failed 5.4.4 Host or domain name not found. Name service error for name=z.example type=AAAA: Host not found',
    ],
    [
      'an exchange cannot be looked up now',
      'd.example',
      { mx: { 'd.example': [[1, 'z.example']] }, away: ['z.example'] },
      'deferred 4.4.3 Host or domain name not found. Name service error for name=z.example type=AAAA: Host not found, try again',
    ],
    [
      'neither MX nor address',
      'd.example',
      {},
      'failed 5.4.4 Host or domain name not found. Name service error for name=d.example type=AAAA: Host not found',
    ],
    [
      'DNS is away',
      'd.example',
      { away: ['MX d.example'] },
      'deferred 4.4.3 Host or domain name not found. Name service error for name=d.example type=MX: Host not found, try again',
    ],
    [
      'we are one of them: only better ones',
      'd.example',
      {
        mx: {
          'd.example': [
            [1, 'a.example'],
            [5, 'us.example'],
            [5, 'b.example'],
          ],
        },
        a: A,
      },
      ['a.example 192.0.2.1 25'],
    ],
    [
      'we are the best',
      'd.example',
      {
        mx: {
          'd.example': [
            [5, 'us.example'],
            [7, 'b.example'],
          ],
        },
        a: A,
      },
      'failed 5.4.6 mail for d.example loops back to myself',
    ],
    [
      'we are the best, by our address',
      'd.example',
      { mx: { 'd.example': [[5, 'alias.example']] }, a: { 'alias.example': ['192.0.2.99'] } },
      'failed 5.4.6 mail for d.example loops back to myself',
    ],
  ])('%s', async (_, nexthop, zone, expected) => {
    expect(await order(nexthop, zone)).toEqual(expected)
  })

  test('equals take turns (RFC 5321 §5.1)', async () => {
    const zone = {
      mx: {
        'd.example': [
          [1, 'a.example'],
          [1, 'b.example'],
        ],
      },
      a: A,
    } as const
    const firsts = [0, 1].map(async (byte) => {
      const answer = await order('d.example', zone, { bytes: (count) => new Uint8Array(count).fill(byte) })
      return answer[0]?.split(' ')[0]
    })
    expect(await Promise.all(firsts)).toEqual(['a.example', 'b.example'])
  })
})

test.each([
  ['unix:/run/lmtp', { kind: 'unix', path: '/run/lmtp' }],
  ['inet:host:2424', { kind: 'host', host: 'host', port: 2424 }],
  ['[host]:submission', { kind: 'host', host: 'host', port: 587 }],
  ['[ipv6:2001:db8::1]', { kind: 'host', host: '2001:db8::1', port: 25 }],
  ['example.org', { kind: 'domain', domain: 'example.org', port: 25 }],
  ['unix:', undefined],
  ['host:port:port', undefined],
  ['host:0', undefined],
  ['host:70000', undefined],
  ['[host', undefined],
  ['', undefined],
])('[C4] the nexthop %s', (nexthop, expected) => {
  expect(parseDestination(nexthop, 25)).toEqual(expected)
})

test('addresses of a host in any order, each family by itself, so that none has all the mail', async () => {
  const zone = { a: { 'd.example': ['192.0.2.1', '192.0.2.2', '192.0.2.3', '2001:db8::1', '2001:db8::2'] } }
  const seen = new Set<string>()
  for (let seed = 0; seed < 200; seed++) {
    let state = seed
    const random: Random = {
      bytes: (count) => Uint8Array.from({ length: count }, () => (state = (state * 73 + 41) & 0xff)),
    }
    const answer = await hosts('d.example', zone, random)
    if (answer.kind !== 'hosts') return expect.fail(answer.text)
    const addresses = answer.hosts[0]?.addresses ?? []
    expect([...addresses].sort()).toEqual([...zone.a['d.example']].sort())
    expect(addresses.findIndex((each) => each.includes(':'))).toBe(3)
    seen.add(addresses[0] ?? '')
  }
  expect(seen.size).toBe(3)
})

test.each([
  ['ipv4', ['192.0.2.1'], 'A'],
  ['ipv6', ['2001:db8::1'], 'AAAA'],
] as const)('[A3] only %s', async (family, addresses, type) => {
  const asked: unknown[] = []
  const resolver = {
    resolveMx: async () => NOT_FOUND,
    resolveAddresses: async (args: { readonly host: string; readonly family?: string }): Promise<DnsAnswer<string>> => {
      asked.push(args)
      return args.host === 'd.example' ? { kind: 'found', records: addresses, isAuthentic: false } : NOT_FOUND
    },
  }
  const own = { hosts: new Set<string>(), addresses: new Set<string>() }
  const find = (domain: string) =>
    runFlow(findHosts({ kind: 'domain', domain, port: 25 }, own, ZERO, family), performer([resolver]), signal)
  expect(await find('d.example')).toMatchObject({ kind: 'hosts', hosts: [{ addresses }] })
  expect(asked).toEqual([{ host: 'd.example', family }])
  expect(await find('none.example')).toMatchObject({
    kind: 'failed',
    text: `Host or domain name not found. Name service error for name=none.example type=${type}: Host not found`,
  })
})

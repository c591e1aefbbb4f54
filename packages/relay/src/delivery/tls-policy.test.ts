import type { DnsAnswer, LookupTables, Resolver } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { describe, expect, test } from 'vitest'
import { demandFor } from './tls-demand.js'
import { findTlsPolicy, lookUpTlsPolicy, parseTlsPolicy, type TlsaRecord, type TlsPolicy } from './tls-policy.js'

const signal = new AbortController().signal
const PRINT = Array.from({ length: 32 }, (_, at) => at.toString(16).padStart(2, '0')).join(':')

describe('[D1] policies as smtp_tls_policy_maps has them', () => {
  test.each<[string, string, TlsPolicy | undefined]>([
    ['a level', 'encrypt', { level: 'encrypt' }],
    ['a level by DNS', 'dane-only', { level: 'dane-only' }],
    [
      'names, of more than one attribute',
      'secure match=nexthop:.example.org match=mx.example.net',
      { level: 'secure', names: ['nexthop', '.example.org', 'mx.example.net'] },
    ],
    ['without names', ' verify ', { level: 'verify' }],
    ['fingerprints', `fingerprint match=${PRINT}|${PRINT}`, { level: 'fingerprint', fingerprints: [PRINT, PRINT] }],
    ['no fingerprint', 'fingerprint', undefined],
    ['MD5', 'fingerprint match=00:11', undefined],
    ['an unknown level', 'perhaps', undefined],
    ['an attribute that would ask for more', 'encrypt protocols=TLSv1.3', undefined],
    ['names where none are looked at', 'may match=nexthop', undefined],
    ['an empty name', 'secure match=', undefined],
    ['an empty name among others', 'secure match=a::b', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, expected) => {
    expect(parseTlsPolicy(text)).toEqual(expected)
  })

  test.each([
    ['example.org', 'encrypt'],
    ['EXAMPLE.org', 'encrypt'],
    ['example.org:587', undefined],
    ['a.b.example.org', 'verify'],
    ['a.b.example.org:587', 'verify'],
    ['[mx.example.net]:587', 'secure'],
    ['[mx.example.net]', undefined],
    ['[a.example.org]', undefined],
    ['net', undefined],
  ])('%s', (nexthop, level) => {
    const table = new Map<string, TlsPolicy>([
      ['example.org', { level: 'encrypt' }],
      ['.example.org', { level: 'verify' }],
      ['[mx.example.net]:587', { level: 'secure' }],
    ])
    expect(findTlsPolicy(table, nexthop)?.level).toBe(level)
  })
})

describe('[D1] policies in tables', () => {
  const values: { readonly [key: string]: string } = {
    'example.org': 'encrypt',
    '.example.org': 'verify',
    '[mx.example.net]:587': 'secure match=mx.example.net',
    'typo.test': 'encrpyt',
  }
  const asked: string[] = []
  const tables: LookupTables = {
    async lookup({ table, key }) {
      asked.push(`${table} ${key}`)
      if (table === 'away') return { kind: 'tryAgain', reason: 'away' }
      const value = values[key]
      return value === undefined ? { kind: 'notFound' } : { kind: 'found', value }
    },
  }
  const find = (nexthop: string, names = ['hash:x']) =>
    runFlow(lookUpTlsPolicy(names, nexthop), performer([tables]), signal)

  test.each([
    ['Example.ORG', { level: 'encrypt' }],
    ['a.b.example.org', { level: 'verify' }],
    ['[mx.example.net]:587', { level: 'secure', names: ['mx.example.net'] }],
    ['other.test', 'none'],
    ['typo.test', 'unavailable'],
  ])('%s', async (nexthop, expected) => {
    expect(await find(nexthop)).toEqual(expected)
  })

  test('a table that is away; a pattern sees only the whole', async () => {
    expect(await find('example.org', ['away', 'hash:x'])).toBe('unavailable')
    asked.length = 0
    await find('a.example.com', ['regexp:/x', 'hash:x'])
    expect(asked).toEqual(['regexp:/x a.example.com', 'hash:x a.example.com', 'hash:x .example.com', 'hash:x .com'])
  })
})

const host = { name: 'mx.example.net', port: 25, isAuthentic: true, nexthop: 'example.org' }
const EE: TlsaRecord = { usage: 3, selector: 1, matching: 1, association: new Uint8Array(32) }
const PKIX: TlsaRecord = { ...EE, usage: 1 }
const SHORT: TlsaRecord = { ...EE, association: new Uint8Array(31) }

function ask(policy: TlsPolicy, answer: DnsAnswer<TlsaRecord>, facts: Partial<typeof host> = {}) {
  const asked: string[] = []
  const resolver: Pick<Resolver, 'resolveTlsa'> = {
    async resolveTlsa({ name }) {
      asked.push(name)
      return answer
    },
  }
  return runFlow(demandFor(policy, { ...host, ...facts }), performer([resolver]), signal).then((result) => ({
    result,
    asked,
  }))
}

const found = (...records: readonly TlsaRecord[]): DnsAnswer<TlsaRecord> => ({
  kind: 'found',
  records,
  isAuthentic: true,
})
const demand = (what: object) => ({ kind: 'demand', demand: what })
const later = (text: string) => ({ kind: 'deferred', status: '4.7.5', text })

describe('[D1] what is asked of a host', () => {
  test.each<[string, TlsPolicy, object]>([
    ['verify: the host', { level: 'verify' }, { level: 'names', names: ['mx.example.net'] }],
    [
      'secure: the domain, for DNS may lie',
      { level: 'secure' },
      { level: 'names', names: ['example.org', '.example.org'] },
    ],
    [
      'names of one’s own',
      { level: 'secure', names: ['x.test', 'hostname'] },
      { level: 'names', names: ['x.test', 'mx.example.net'] },
    ],
    ['may', { level: 'may' }, { level: 'may' }],
  ])('%s', async (_, policy, expected) => {
    expect(await ask(policy, { kind: 'notFound' })).toEqual({ result: demand(expected), asked: [] })
  })

  /** RFC 7672 §2.2. */
  test.each<[string, 'dane' | 'dane-only', DnsAnswer<TlsaRecord>, object]>([
    [
      'records',
      'dane',
      found(EE, PKIX),
      demand({ level: 'dane', records: [EE], names: ['mx.example.net', 'example.org'] }),
    ],
    ['no records', 'dane', { kind: 'notFound' }, demand({ level: 'may' })],
    ['no records, and a must', 'dane-only', { kind: 'notFound' }, later('no TLSA records found')],
    ['records of no use', 'dane', found(PKIX, SHORT), demand({ level: 'encrypt' })],
    ['records of no use, and a must', 'dane-only', found(PKIX), later('TLSA records unusable')],
    [
      'records that nobody signed',
      'dane',
      { kind: 'found', records: [EE], isAuthentic: false },
      demand({ level: 'may' }),
    ],
    ['no answer', 'dane', { kind: 'tryAgain', reason: 'SERVFAIL' }, later('TLSA lookup error for mx.example.net:25')],
  ])('by DNS: %s', async (_, level, answer, expected) => {
    expect(await ask({ level }, answer)).toEqual({ result: expected, asked: ['_25._tcp.mx.example.net'] })
  })

  test('by DNS: the way to the host is not proved, so its records are not looked at', async () => {
    expect(await ask({ level: 'dane' }, found(EE), { isAuthentic: false })).toEqual({
      result: demand({ level: 'may' }),
      asked: [],
    })
    expect((await ask({ level: 'dane-only' }, found(EE), { isAuthentic: false })).result).toEqual(
      later('non DNSSEC destination'),
    )
  })
})

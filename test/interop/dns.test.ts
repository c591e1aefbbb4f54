import { dnsResolver } from '@mailwright/relay/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DnsServerProcess } from '../support/dns.js'

const signal = new AbortController().signal
const LONG = Array.from({ length: 40 }, (_, at) => `"${String(at).padStart(60, 'x')}"`)

let server: DnsServerProcess

beforeAll(async () => {
  server = await DnsServerProcess.start({
    // seeds/001: mymail.com has two mail hosts.
    'mymail.com': `
      @ MX 10 mail
      @ MX 20 backup.mymail.com.
      mail A 192.168.88.10
      mail AAAA 2001:db8::10
      backup A 192.168.88.11
      www CNAME mail
      away CNAME host.example.org.
      loop CNAME loop2
      loop2 CNAME loop
      nomail MX 0 .
      text TXT "v=spf1 " "mx -all"
      text TXT "second"
      long TXT ${LONG.join(' ')}
      odd MX 10 bad\\032host
      _25._tcp.mail TLSA 3 1 1 aabbccdd00112233445566778899aabbccddeeff00112233445566778899aabb
    `,
    'example.org': 'host A 192.0.2.5\n@ MX 5 host',
    '88.168.192.in-addr.arpa': '10 PTR mail.mymail.com.\n11 PTR backup.mymail.com.',
    '8.b.d.0.1.0.0.2.ip6.arpa': `0.1.${'0.'.repeat(21)}0 PTR mail.mymail.com.`,
    'broken.example': 'broken',
  })
})

afterAll(() => server.dispose())

const resolver = () => dnsResolver({ servers: [server], hostsFile: null, limits: { timeout: 3_000, attempts: 1 } })

describe('[A5] a real DNS server', () => {
  test('MX by their preference, addresses of both families', async () => {
    const dns = resolver()
    expect(await dns.resolveMx({ domain: 'MyMail.com' }, signal)).toEqual({
      kind: 'found',
      records: expect.toSatisfy(
        (records) =>
          JSON.stringify([...records].sort((a, b) => a.preference - b.preference)) ===
          '[{"preference":10,"exchange":"mail.mymail.com"},{"preference":20,"exchange":"backup.mymail.com"}]',
      ),
      isAuthentic: false,
    })
    const addresses = { kind: 'found', records: ['192.168.88.10', '2001:db8::10'], isAuthentic: false }
    expect(await dns.resolveAddresses({ host: 'mail.mymail.com' }, signal)).toEqual(addresses)
    expect(await dns.resolveAddresses({ host: 'www.mymail.com' }, signal)).toEqual(addresses)
    expect(await dns.resolveAddresses({ host: 'mail.mymail.com', family: 'ipv6' }, signal)).toEqual({
      ...addresses,
      records: ['2001:db8::10'],
    })
  })

  test.each([
    ['192.168.88.10', ['mail.mymail.com']],
    ['::ffff:192.168.88.11', ['backup.mymail.com']],
    ['2001:db8::10', ['mail.mymail.com']],
    ['192.168.88.12', undefined],
  ])('the PTR of %s', async (address, records) => {
    const expected = records === undefined ? { kind: 'notFound' } : { kind: 'found', records, isAuthentic: false }
    expect(await resolver().resolvePtr({ address }, signal)).toEqual(expected)
  })

  test('a chain of aliases goes on in another zone', async () => {
    const found = await resolver().resolveAddresses({ host: 'away.mymail.com' }, signal)
    expect(found).toEqual({ kind: 'found', records: ['192.0.2.5'], isAuthentic: false })
  })

  test('a loop of aliases ends', async () => {
    expect(await resolver().resolveAddresses({ host: 'loop.mymail.com' }, signal)).toMatchObject({ kind: 'tryAgain' })
  })

  test('null MX, text of several strings, text that comes by TCP, TLSA, and a name that is none', async () => {
    const dns = resolver()
    expect(await dns.resolveMx({ domain: 'nomail.mymail.com' }, signal)).toMatchObject({
      records: [{ preference: 0, exchange: '.' }],
    })
    const text = await dns.resolveTxt({ name: 'text.mymail.com' }, signal)
    expect(text.kind === 'found' && text.records.toSorted()).toEqual(['second', 'v=spf1 mx -all'])
    const long = await dns.resolveTxt({ name: 'long.mymail.com' }, signal)
    expect(long).toMatchObject({ records: [LONG.map((each) => each.slice(1, -1)).join('')] })
    expect(await dns.resolveTlsa({ name: '_25._tcp.mail.mymail.com' }, signal)).toMatchObject({
      records: [{ usage: 3, selector: 1, matching: 1, association: { length: 32 } }],
    })
    expect(await dns.resolveMx({ domain: 'odd.mymail.com' }, signal)).toEqual({ kind: 'notFound' })
    expect(await dns.resolveNs({ domain: 'mymail.com' }, signal)).toMatchObject({ records: ['ns.mymail.com'] })
  })

  test.each([
    ['no such name', 'nobody.mymail.com', 'notFound'],
    ['nothing of this kind', 'text.mymail.com', 'notFound'],
    ['SERVFAIL', 'host.broken.example', 'tryAgain'],
    ['REFUSED', 'host.elsewhere.example', 'tryAgain'],
    ['a name that DNS cannot hold', `${'x'.repeat(64)}.mymail.com`, 'notFound'],
  ])('%s', async (_, host, kind) => {
    expect(await resolver().resolveAddresses({ host }, signal)).toMatchObject({ kind })
  })
})

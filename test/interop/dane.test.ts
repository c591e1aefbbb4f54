import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTlsPolicy } from '@mailwright/relay'
import { dnsResolver, socketDialer } from '@mailwright/relay/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Outbound, type OutboundOptions } from '../support/outbound.js'
import { Postfix } from '../support/postfix.js'
import { succeed } from '../support/run.js'
import { ValidatingDns } from '../support/validating-dns.js'

/**
 * RFC 7672 from end to end: zones signed by ldns, served by NSD, validated by Unbound; our agent and Debian's Postfix both deliver to a Postfix by
 * what they say, and must come to the same.
 */
let folder: string
let dns: ValidatingDns
let target: Postfix
let sender: Postfix
let port: number
let leaf: X509Certificate
let authority: X509Certificate

const DOMAINS = [
  'ee.test',
  'wrong.test',
  'none.test',
  'insecure.test',
  'authority.test',
  'othername.test',
  'unusable.test',
  'bogus.test',
  'elsewhere.test',
  'either.test',
] as const

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-dane-'))
  const run = (...args: readonly string[]) => succeed('openssl', args, { cwd: folder })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=Test Authority')
  await run('req', ...key, '-keyout', 'mx.key', '-out', 'mx.csr', '-subj', '/CN=mx')
  writeFileSync(join(folder, 'ext'), 'subjectAltName=DNS:mx.authority.test\n')
  const issue = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext']
  await run('x509', '-req', '-in', 'mx.csr', ...issue, '-out', 'mx.crt')
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  writeFileSync(join(folder, 'chain.pem'), read('mx.key') + read('mx.crt') + read('ca.crt'))
  leaf = new X509Certificate(read('mx.crt'))
  authority = new X509Certificate(read('ca.crt'))
  const sha = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex')
  const ee = `3 1 1 ${sha(leaf.publicKey.export({ type: 'spki', format: 'der' }))}`
  const wrong = `3 1 1 ${'ab'.repeat(32)}`
  const ta = `2 0 1 ${sha(authority.raw)}`

  target = await Postfix.start({
    listeners: { tls: ['smtpd_tls_security_level=may', `smtpd_tls_chain_files=${join(folder, 'chain.pem')}`] },
    settings: ['virtual_mailbox_domains = texthash:$config_directory/domains', 'virtual_mailbox_maps = static:all/'],
    files: { domains: [...DOMAINS, ...Object.keys(policies())].map((domain) => `${domain} x\n`).join('') },
  })
  port = target.port('tls')
  const zone = (...tlsa: readonly string[]): string =>
    ['@ MX 10 mx', 'mx A 127.0.0.1', ...tlsa.map((each) => `_${port}._tcp.mx TLSA ${each}`)].join('\n')
  dns = await ValidatingDns.start({
    zones: {
      'ee.test': zone(ee),
      'wrong.test': zone(wrong),
      'none.test': zone(),
      'insecure.test': zone(wrong),
      'authority.test': zone(ta),
      'othername.test': zone(ta),
      'unusable.test': zone(`1 1 1 ${'ab'.repeat(32)}`, '3 1 9 abcd'),
      'bogus.test': zone(ee),
      // Its host is in a zone that nobody signed.
      'elsewhere.test': '@ MX 10 mx.insecure.test.',
      'either.test': zone(wrong, ee),
      'postfix.example': '',
      ...Object.fromEntries(Object.keys(policies()).map((domain) => [domain, zone()])),
    },
    signed: DOMAINS.filter((domain) => domain !== 'insecure.test'),
    bogus: ['bogus.test'],
  })
  sender = await Postfix.start({
    nameserver: dns.port,
    settings: [
      'smtp_dns_support_level = dnssec',
      'smtp_host_lookup = dns',
      'inet_protocols = all',
      `smtp_tcp_port = ${port}`,
      'smtp_tls_security_level = dane',
      'smtp_tls_loglevel = 1',
      'smtp_tls_fingerprint_digest = sha256',
      'smtp_tls_policy_maps = texthash:$config_directory/policies',
      'transport_maps = inline:{stranger.test=stranger:}',
      `smtp_tls_CAfile = ${join(folder, 'ca.crt')}`,
      'smtp_connection_cache_on_demand = no',
    ],
    services: ['stranger unix - - n - - smtp -o smtp_tls_CAfile='],
    files: {
      policies: Object.entries(policies())
        .map(([domain, policy]) => `${domain} ${policy}\n`)
        .join(''),
    },
  })
})
afterAll(async () => {
  await sender?.dispose()
  await target?.dispose()
  await dns?.dispose()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

function fingerprintOfKey(): string {
  const key = createHash('sha256')
    .update(leaf.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return (key.match(/../g) ?? []).join(':').toUpperCase()
}

/** What became of a message, and how far the server's certificate was believed when it was sent. */
interface Attempt {
  readonly status: string
  /** Why not. */
  readonly text: string
  readonly trust: string | undefined
}

const STATUS: { readonly [kind: string]: string } = { delivered: 'sent', deferred: 'deferred', failed: 'bounced' }

async function byOurs(domain: string, options: OutboundOptions = {}): Promise<Attempt> {
  const resolver = dnsResolver({ servers: [dns], hostsFile: null, limits: { timeout: 5_000, attempts: 1 } })
  const outbound = new Outbound({
    port,
    resolver,
    tlsPolicy: () => ({ level: 'dane' }),
    dialer: socketDialer({ authorities: readFileSync(join(folder, 'ca.crt'), 'utf8') }),
    ...options,
  })
  const [result] = await outbound.results(
    domain,
    [`alice@${domain}`],
    'Subject: x\r\n\r\nx\r\n',
    AbortSignal.timeout(30_000),
  )
  await outbound.agent.close?.()
  const trust = outbound.events.find(({ name }) => name === 'hostConnected')?.['trust']
  return {
    status: `${STATUS[result?.kind ?? '']} ${result?.status}`,
    text: result?.kind === 'delivered' ? '' : (result?.text ?? ''),
    trust: trust === undefined ? undefined : String(trust),
  }
}

async function byPostfix(domain: string): Promise<Attempt> {
  const before = sender.log().length
  await sender.command('sendmail', ['-f', sender.address('bob'), `alice@${domain}`], { input: 'Subject: x\n\nx\n' })
  const [, dsn = '', status = '', text = ''] = await sender.logged(
    new RegExp(`to=<alice@${domain.replace('.', '\\.')}>, .*dsn=(\\S+), status=(\\w+) \\((.*)\\)\n`),
  )
  const lines = sender.log().slice(before)
  const [, trust] = /(\w+) TLS connection established to /.exec(lines) ?? []
  return {
    status: `${status} ${dsn}`,
    text: status === 'sent' ? '' : text,
    trust: status === 'sent' ? trust : undefined,
  }
}

/** Policies as smtp_tls_policy_maps has them, for the domain that is before each. */
const policies = (): { readonly [domain: string]: string } => ({
  'p1.test': 'none',
  'p2.test': 'may',
  'p3.test': 'encrypt',
  'p4.test': 'verify',
  'p5.test': 'verify match=mx.authority.test',
  'p6.test': 'verify match=.authority.test:nexthop',
  'p7.test': 'secure',
  'p8.test': 'secure match=nexthop:mx.authority.test',
  'p9.test': `fingerprint match=${leaf.fingerprint256}`,
  'p10.test': `fingerprint match=${authority.fingerprint256}`,
  'p11.test': `fingerprint match=${'00:'.repeat(31)}00|${fingerprintOfKey()}`,
  'p12.test': 'dane-only',
  // Its sender believes no authority.
  'stranger.test': 'verify match=mx.authority.test',
})

/** Where we see more, and why. */
const DIFFERENCES: { readonly [domain: string]: Partial<Attempt> } = {
  // An authority that both believe signed the certificate. Postfix does not look, having begun with DANE.
  'unusable.test': { trust: 'Trusted' },
}

describe('[D1] [D6] DANE, as Postfix does it', () => {
  test.each(DOMAINS.map((domain) => [domain]))('%s', async (domain) => {
    const theirs = await byPostfix(domain)
    expect(await byOurs(domain)).toEqual({ ...theirs, ...DIFFERENCES[domain] })
  })
})

describe('[D1] [D6] policies of destinations, as Postfix has them', () => {
  const names = Array.from({ length: 12 }, (_, at) => `p${at + 1}.test`)
  test.each([...names, 'stranger.test'])('%s', async (domain) => {
    const policy = parseTlsPolicy(policies()[domain] ?? '')
    if (policy === undefined) throw new Error('no policy')
    const theirs = await byPostfix(domain)
    const dialer = domain === 'stranger.test' ? { dialer: socketDialer() } : {}
    const ours = await byOurs(domain, { tlsPolicy: () => policy, ...dialer })
    expect({ policy: policies()[domain], ...ours }).toEqual({
      policy: policies()[domain],
      ...theirs,
    })
  })
})

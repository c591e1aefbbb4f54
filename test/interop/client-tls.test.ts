import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DnsAnswer } from '@mailwright/core'
import type { TlsaRecord, TlsPolicy } from '@mailwright/relay'
import { socketDialer } from '@mailwright/relay/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Outbound } from '../support/outbound.js'
import { Postfix } from '../support/postfix.js'
import { succeed } from '../support/run.js'

/** Postfix with a certificate of its own making, and a listener whose certificate an authority signed for mx.dane.test. */
let postfix: Postfix
let folder: string
let leaf: X509Certificate
let authority: X509Certificate

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-tls-'))
  const run = (...args: readonly string[]) => succeed('openssl', args, { cwd: folder })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=Test Authority')
  await run('req', ...key, '-keyout', 'mx.key', '-out', 'mx.csr', '-subj', '/CN=mx')
  writeFileSync(join(folder, 'ext'), 'subjectAltName=DNS:mx.dane.test\n')
  await run(
    'x509',
    '-req',
    '-in',
    'mx.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'mx.crt',
    '-days',
    '2',
    '-extfile',
    'ext',
  )
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  writeFileSync(join(folder, 'chain.pem'), read('mx.key') + read('mx.crt') + read('ca.crt'))
  leaf = new X509Certificate(read('mx.crt'))
  authority = new X509Certificate(read('ca.crt'))
  postfix = await Postfix.start({
    tls: 'offered',
    listeners: {
      signed: [`smtpd_tls_chain_files=${join(folder, 'chain.pem')}`],
      plain: ['smtpd_tls_security_level=none'],
      asking: [
        'smtpd_tls_ask_ccert=yes',
        `smtpd_tls_CAfile=${join(folder, 'ca.crt')}`,
        'smtpd_tls_loglevel=1',
        'smtpd_tls_received_header=yes',
      ],
      old: ['smtpd_tls_protocols=TLSv1.1', 'smtpd_tls_mandatory_protocols=TLSv1.1'],
    },
  })
})
afterAll(async () => {
  await postfix?.dispose()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

interface Setting {
  readonly policy: TlsPolicy
  readonly host?: string
  readonly listener?: string
  readonly authorities?: string
  readonly tlsa?: DnsAnswer<TlsaRecord>
}

/** Sends, and says what became of it and how far the certificate was believed. */
async function attempt({
  policy,
  host = 'mx.dane.test',
  listener = 'signed',
  authorities,
  tlsa = { kind: 'notFound' },
}: Setting) {
  const outbound = new Outbound({
    tlsPolicy: () => policy,
    dialer: socketDialer(authorities === undefined ? {} : { authorities }),
    resolver: {
      resolveMx: async () => ({ kind: 'found', records: [{ preference: 10, exchange: host }], isAuthentic: true }),
      resolveAddresses: async () => ({ kind: 'found', records: ['127.0.0.1'], isAuthentic: true }),
      resolveTlsa: async () => tlsa,
    },
  })
  const [result = ''] = await outbound.send(`dane.test:${postfix.port(listener)}`, [postfix.address('alice')])
  await outbound.agent.close?.()
  const trust = outbound.events.find(({ name }) => name === 'hostConnected')?.['trust']
  return [result.replace(/^(delivered \S+) .*/, '$1'), trust]
}

const spki = (of: X509Certificate): Buffer => of.publicKey.export({ type: 'spki', format: 'der' })
const sha = (octets: Buffer, algorithm = 'sha256'): Uint8Array => createHash(algorithm).update(octets).digest()
const tlsa = (usage: number, selector: number, matching: number, association: Uint8Array): DnsAnswer<TlsaRecord> => ({
  kind: 'found',
  records: [{ usage, selector, matching, association }],
  isAuthentic: true,
})

const SENT = 'delivered 2.0.0'
const UNTRUSTED = ['deferred 4.7.5 Server certificate not verified', undefined]
const NO_TLS = ['deferred 4.7.4 TLS is required, but was not offered by host mx.dane.test[127.0.0.1]', undefined]

describe('[D1] [D6] how far a server is believed', () => {
  const cases: [string, () => Setting, unknown][] = [
    ['none', () => ({ policy: { level: 'none' } }), [SENT, undefined]],
    ['may: whoever answers', () => ({ policy: { level: 'may' } }), [SENT, 'Untrusted']],
    ['may: a server without TLS', () => ({ policy: { level: 'may' }, listener: 'plain' }), [SENT, undefined]],
    ['encrypt: whoever answers', () => ({ policy: { level: 'encrypt' } }), [SENT, 'Untrusted']],
    ['encrypt: a server without TLS', () => ({ policy: { level: 'encrypt' }, listener: 'plain' }), NO_TLS],
    [
      'encrypt: an authority vouches, for another name',
      () => ({ policy: { level: 'encrypt' }, host: 'mx.other.test', authorities: ca() }),
      [SENT, 'Trusted'],
    ],
    ['verify: the host’s name', () => ({ policy: { level: 'verify' }, authorities: ca() }), [SENT, 'Verified']],
    ['verify: nobody vouches', () => ({ policy: { level: 'verify' } }), UNTRUSTED],
    [
      'verify: another name',
      () => ({ policy: { level: 'verify' }, host: 'mx.other.test', authorities: ca() }),
      UNTRUSTED,
    ],
    [
      'secure: a name below the domain',
      () => ({ policy: { level: 'secure' }, host: 'mx.other.test', authorities: ca() }),
      [SENT, 'Verified'],
    ],
    [
      'secure: only the domain',
      () => ({ policy: { level: 'secure', names: ['nexthop'] }, authorities: ca() }),
      UNTRUSTED,
    ],
    [
      'fingerprint: of the certificate',
      () => ({ policy: { level: 'fingerprint', fingerprints: [leaf.fingerprint256] } }),
      [SENT, 'Verified'],
    ],
    [
      'fingerprint: of another',
      () => ({ policy: { level: 'fingerprint', fingerprints: [authority.fingerprint256] } }),
      UNTRUSTED,
    ],
    ['dane: nothing in DNS', () => ({ policy: { level: 'dane' } }), [SENT, 'Untrusted']],
    ['dane: 3 1 1', () => ({ policy: { level: 'dane' }, tlsa: tlsa(3, 1, 1, sha(spki(leaf))) }), [SENT, 'Verified']],
    [
      'dane: 3 0 2',
      () => ({ policy: { level: 'dane' }, tlsa: tlsa(3, 0, 2, sha(leaf.raw, 'sha512')) }),
      [SENT, 'Verified'],
    ],
    [
      'dane: 3 0 0, whatever the name',
      () => ({ policy: { level: 'dane' }, host: 'mx.other.test', tlsa: tlsa(3, 0, 0, leaf.raw) }),
      [SENT, 'Verified'],
    ],
    [
      'dane: 3 1 1 of another key',
      () => ({ policy: { level: 'dane' }, tlsa: tlsa(3, 1, 1, sha(spki(authority))) }),
      UNTRUSTED,
    ],
    [
      'dane: 2 0 1, an authority in the chain',
      () => ({ policy: { level: 'dane' }, tlsa: tlsa(2, 0, 1, sha(authority.raw)) }),
      [SENT, 'Verified'],
    ],
    [
      'dane: 2 0 1, and another name',
      () => ({ policy: { level: 'dane' }, host: 'mx.other.test', tlsa: tlsa(2, 0, 1, sha(authority.raw)) }),
      UNTRUSTED,
    ],
    [
      'dane: 2 1 1 of the server itself, which is no authority',
      () => ({ policy: { level: 'dane' }, tlsa: tlsa(2, 1, 1, sha(spki(leaf))) }),
      UNTRUSTED,
    ],
    [
      'dane: there should be TLS, and is none',
      () => ({ policy: { level: 'dane' }, listener: 'plain', tlsa: tlsa(3, 1, 1, sha(spki(leaf))) }),
      NO_TLS,
    ],
    [
      'dane-only: nothing in DNS',
      () => ({ policy: { level: 'dane-only' } }),
      ['deferred 4.7.5 no TLSA records found', undefined],
    ],
  ]
  test.each(cases)('%s', async (_, setting, expected) => {
    expect(await attempt(setting())).toEqual(expected)
  })
})

function ca(): string {
  return readFileSync(join(folder, 'ca.crt'), 'utf8')
}

describe('[D9] a server that speaks no TLS of today', () => {
  test('is met in clear text where TLS is optional, and not where it is a must; the log says why', async () => {
    const to = `[127.0.0.1]:${postfix.port('old')}`
    for (const [level, expected] of [
      ['may', /^delivered 2\.0\.0 /],
      ['encrypt', /^deferred 4\.7\.5 Cannot start TLS: handshake failure$/],
    ] as const) {
      const outbound = new Outbound({ tlsPolicy: () => ({ level }), limits: { plaintextAfter: 0 } })
      expect((await outbound.send(to, [postfix.address('alice')])).join()).toMatch(expected)
      await outbound.agent.close?.()
      const failed = outbound.events.find(({ name }) => name === 'hostFailed')
      expect(failed).toMatchObject({ host: '127.0.0.1', during: 'tls', reason: expect.stringMatching(/protocol/) })
    }
  })
})

describe('[D1] [A3] what we show a server', () => {
  test('a certificate, where it asks for one; and one of our own addresses', async () => {
    const cert = readFileSync(join(folder, 'mx.crt'), 'utf8')
    const key = readFileSync(join(folder, 'mx.key'), 'utf8')
    const dialer = socketDialer({ certificate: { cert, key }, localAddresses: { ipv4: '127.0.1.77', ipv6: '::2' } })
    const outbound = new Outbound({ dialer })
    const sent = await outbound.send(`[127.0.0.1]:${postfix.port('asking')}`, [postfix.address('bob')])
    expect(sent.join()).toMatch(/^delivered /)
    await outbound.agent.close?.()
    await postfix.logged(/Trusted TLS connection established from \S+\[127\.0\.1\.77\]: TLSv1\.3/)
    const [message] = await postfix.arrived('bob')
    expect(message).toMatch(/Client CN "mx", Issuer "Test Authority" \(verified OK\)/)
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RelaySite } from '../config/relay-site.js'
import type { Logger } from '../log/logger.js'
import { makeSelfSigned } from '../tls/certificate.js'
import { openRelay } from './open-relay.js'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-open-relay-'))
  const { certificate, key } = await makeSelfSigned('client.example')
  writeFileSync(join(folder, 'crt'), certificate)
  writeFileSync(join(folder, 'key'), key)
  writeFileSync(join(folder, 'both'), key + certificate)
  writeFileSync(join(folder, 'password'), 'secret\n')
  writeFileSync(join(folder, 'empty'), '\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const open = (relay: Partial<RelaySite>) => openRelay({ queue: join(folder, 'queue'), ...relay }, silent)

describe('[C4] [D1] how other servers are met, as a site says', () => {
  test('TLS: by destination, else as for all', async () => {
    const relay = await open({
      tls: 'encrypt',
      tlsPolicies: { '[Smtp.example.net]:587': 'secure match=smtp.example.net', '.example.org': 'dane-only' },
    })
    expect(relay.tlsPolicy?.('[smtp.example.net]:587', 'x')).toEqual({ level: 'secure', names: ['smtp.example.net'] })
    expect(relay.tlsPolicy?.('a.example.org', 'x')).toEqual({ level: 'dane-only' })
    expect(relay.tlsPolicy?.('example.org', 'x')).toEqual({ level: 'encrypt' })
    expect((await open({})).tlsPolicy?.('example.org', 'x')).toEqual({ level: 'may' })
  })

  test('a login is for the host that it was given for', async () => {
    const login = { user: 'me', passwordFile: join(folder, 'password') }
    const relay = await open({ host: '[smtp.example.net]:587', login })
    expect(relay.relayHost).toBe('[smtp.example.net]:587')
    expect(relay.credentials?.('[smtp.example.net]:587', 'smtp.example.net')).toEqual({
      credentials: { kind: 'password', user: 'me', password: 'secret' },
    })
    expect(relay.credentials?.('example.org', 'mx.example.org')).toBeUndefined()
  })

  test('tables and the rest are handed on', async () => {
    const relay = await open({
      saslPasswordMaps: ['hash:/etc/postfix/sasl_passwd'],
      loginsBy: 'sender',
      tlsPolicyMaps: ['hash:/etc/postfix/tls_policy'],
      addresses: 'ipv4',
      proxyInterfaces: ['203.0.113.1'],
    })
    expect(relay).toMatchObject({
      saslPasswordMaps: ['hash:/etc/postfix/sasl_passwd'],
      loginsBy: 'sender',
      tlsPolicyMaps: ['hash:/etc/postfix/tls_policy'],
      addresses: 'ipv4',
      proxyInterfaces: ['203.0.113.1'],
    })
  })

  test('a certificate of ours, with its key beside it or in the same file', async () => {
    await open({ certificate: join(folder, 'crt'), key: join(folder, 'key') })
    await open({ certificate: join(folder, 'both') })
  })

  test.each<[string, () => Partial<RelaySite>, RegExp]>([
    ['a certificate without its key', () => ({ certificate: join(folder, 'crt') }), /holds no private key/],
    [
      'authorities that are not there',
      () => ({ authorities: join(folder, 'none') }),
      /^relay\.authorities: .* cannot be read \(/,
    ],
    [
      'an empty password',
      () => ({ host: '[x]', login: { user: 'me', passwordFile: join(folder, 'empty') } }),
      /^relay\.login\.passwordFile: .* is empty$/,
    ],
  ])('%s', async (_, relay, expected) => {
    await expect(open(relay())).rejects.toThrow(expected)
  })
})

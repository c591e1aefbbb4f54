import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, makeSelfSigned } from 'mailwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { note } from '../support/messages.js'
import { Postfix } from '../support/postfix.js'

/** Debian's Postfix sends by us: as a user of ours, over TLS that it verifies, by submission and by LMTP. */
let folder: string
let ours: MailHost
let postfix: Postfix
const ports = { submission: 0, submissions: 0, lmtp: 0 }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-relays-'))
  const certificate: Certificate = await makeSelfSigned('mx.ours.test')
  const trusted = join(folder, 'ours.crt')
  writeFileSync(trusted, certificate.certificate)
  for (const name of ['submission', 'submissions', 'lmtp'] as const) ports[name] = await freePort()
  ours = await MailHost.start({
    domain: 'ours.test',
    users: ['alice', 'bob'],
    certificate,
    listeners: [
      { protocol: 'submission', port: ports.submission, plaintextAuth: 'never' },
      { protocol: 'submission', port: ports.submissions, tls: 'implicit' },
      { protocol: 'lmtp', port: ports.lmtp, tls: 'starttls' },
    ],
  })
  const login = [
    'smtp_sasl_auth_enable = yes',
    'smtp_sasl_security_options = noanonymous',
    `smtp_sasl_password_maps = inline:{localhost=alice:secret-of-alice}`,
  ]
  postfix = await Postfix.start({
    settings: [
      ...login,
      'smtp_tls_security_level = verify',
      'smtp_tls_verify_cert_match = hostname, nexthop, dot-nexthop',
      `smtp_tls_CAfile = ${trusted}`,
      'smtp_tls_loglevel = 1',
      'lmtp_tls_security_level = verify',
      `lmtp_tls_CAfile = ${trusted}`,
      'lmtp_tls_loglevel = 1',
      'lmtp_host_lookup = native',
      'transport_maps = texthash:$config_directory/transport',
    ],
    services: [
      'wrapped unix - - n - - smtp -o smtp_tls_wrappermode=yes',
      'stranger unix - - n - - smtp -o smtp_sasl_auth_enable=no',
    ],
    files: {
      transport:
        `bob@ours.test smtp:[localhost]:${ports.submission}\n` +
        `alice@ours.test wrapped:[localhost]:${ports.submissions}\n` +
        `nobody@ours.test stranger:[localhost]:${ports.submission}\n` +
        `ours.test lmtp:inet:localhost:${ports.lmtp}\n`,
    },
  })
})
afterAll(async () => {
  await postfix?.dispose()
  await ours?.close()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

async function send(to: string, subject: string): Promise<string> {
  await postfix.command('sendmail', ['-f', 'alice@ours.test', to], { input: note(subject) })
  const [, status = ''] = await postfix.logged(
    new RegExp(`to=<${to.replace('+', '\\+')}>, .*(dsn=\\S+, status=\\w+ .*)\\n`),
  )
  return status
}

const VERIFIED = (port: number): RegExp =>
  new RegExp(
    `Verified TLS connection established to localhost\\[127\\.0\\.0\\.1\\]:${port}: TLSv1\\.3 with cipher TLS_AES_256_GCM_SHA384`,
  )

describe('[C4] [D1] [I2] Postfix sends by us', () => {
  test('as a user, after STARTTLS, our certificate verified', async () => {
    expect(await send('bob@ours.test', 'by submission')).toMatch(/^dsn=2\.0\.0, status=sent \(250 2\.0\.0 /)
    await postfix.logged(VERIFIED(ports.submission))
    const message = (await ours.arrived('bob')).at(-1)
    expect(message).toContain('Subject: by submission\r\n')
    expect(message).toMatch(/\r\n\t\(Authenticated sender: alice\)|with ESMTPSA/)
    expect(ours.events('login')).toContainEqual(expect.objectContaining({ user: 'alice' }))
  })

  test('as a user, TLS from the first octet', async () => {
    expect(await send('alice@ours.test', 'wrapped')).toMatch(/^dsn=2\.0\.0, status=sent /)
    await postfix.logged(VERIFIED(ports.submissions))
    expect((await ours.arrived('alice')).at(-1)).toContain('Subject: wrapped\r\n')
  })

  test('without a login', async () => {
    expect(await send('nobody@ours.test', 'no login')).toMatch(
      /^dsn=5\.7\.0, status=bounced \(host localhost.* said: 530 5\.7\.0 /,
    )
  })

  test('by LMTP, after STARTTLS', async () => {
    expect(await send('bob+lists@ours.test', 'by LMTP')).toMatch(
      /^dsn=2\.0\.0, status=sent \(250 2\.0\.0 <bob\+lists@ours\.test> /,
    )
    await postfix.logged(VERIFIED(ports.lmtp))
    const texts = await ours.arrived('bob', 2)
    expect(texts.at(-1)).toContain('Subject: by LMTP\r\n')
    expect(texts.at(-1)).toContain('with LMTPS id ')
  })
})

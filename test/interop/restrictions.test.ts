import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@mailwright/core/node'
import { dnsResolver, TableFiles } from '@mailwright/relay/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMAND } from '../support/command.js'
import { smtp, smtpSession } from '../support/dialogue.js'
import { DnsServerProcess } from '../support/dns.js'
import { MailHost } from '../support/mail-world.js'
import { run } from '../support/run.js'

/** The lists of the seeds (000, 001) at a server that asks a real DNS; swaks comes from several addresses of this machine. */
let dns: DnsServerProcess
let host: MailHost
let folder: string

const RECIPIENT = `permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination, reject_invalid_hostname,
  reject_non_fqdn_hostname, reject_non_fqdn_sender, reject_non_fqdn_recipient, reject_unknown_sender_domain,
  reject_rbl_client bl.test=127.0.0.[2..11], reject_rbl_client dead.test`
const HELO = 'reject_non_fqdn_helo_hostname, reject_invalid_helo_hostname, warn_if_reject reject_unknown_helo_hostname'

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-restrictions-'))
  writeFileSync(join(folder, 'clients'), '127.0.0.9 554 5.7.1 not you\n127.0.0.10 PREPEND X-Client: ten\n')
  dns = await DnsServerProcess.start({
    // RFC 5782 §5: 127.0.0.2 is listed, 127.0.0.1 is not.
    'bl.test': '2.0.0.127 A 127.0.0.2\n2.0.0.127 TXT "https://bl.test/127.0.0.2"\n4.0.0.127 A 127.0.0.99',
    'dead.test': 'broken',
    'broken.test': 'broken',
    'good.test': '@ MX 10 mail\nmail A 127.0.0.3',
    'null.test': '@ MX 0 .',
    '127.in-addr.arpa': '3.0.0 PTR mail.good.test.\n4.0.0 PTR mail.good.test.',
  })
  host = await MailHost.start({
    domain: 'home.test',
    users: ['alice'],
    listeners: [
      { protocol: 'smtp', port: 0 },
      // Row C9: lists of one listener.
      {
        protocol: 'submission',
        port: 0,
        smtp: {
          restrictions: {
            client: 'permit_sasl_authenticated,reject',
            recipient: 'reject_non_fqdn_recipient,reject_unknown_recipient_domain,permit_sasl_authenticated,reject',
          },
        },
      },
    ],
    relay: {
      networks: ['127.0.0.77/32'],
      resolver: dnsResolver({ servers: [dns], hostsFile: null, limits: { timeout: 5_000, attempts: 1 } }),
      restrictions: { client: `check_client_access cidr:${folder}/clients`, helo: HELO, recipient: RECIPIENT },
      tables: new TableFiles({ clock: systemClock }),
      clientNames: 'lookedUp',
      rejectCodes: { unknownLocalRecipient: 551 },
    },
  })
})

afterAll(async () => {
  await host?.close()
  await dns?.dispose()
  rmSync(folder, { recursive: true, force: true })
})

interface Attempt {
  readonly client?: string
  readonly helo?: string
  readonly from?: string
  readonly to?: string
}

/** What the server says to RCPT. */
async function rcpt({
  client = '127.0.0.3',
  helo = 'mail.good.test',
  from = 'a@good.test',
  to = 'alice@home.test',
}: Attempt) {
  const { stdout } = await run('swaks', [
    ...['--server', `127.0.0.1:${host.server.port('smtp')}`, '--local-interface', client, '--timeout', '20s'],
    ...['--helo', helo, '--from', from, '--to', to],
  ])
  const lines = stdout.split('\n')
  const at = lines.findIndex((line) => /^ -> RCPT/.test(line))
  return (lines[at + 1] ?? '').replace(/^<(?:-|\*\*) +/, '')
}

describe('[C7] [C8] [C11] the lists of the seeds, by a real DNS', () => {
  test.each<[string, Attempt, string]>([
    ['mail of a host that is in order', {}, '250 2.1.5 Ok'],
    [
      '[RFC 5782] the test point of a list',
      { client: '127.0.0.2' },
      '554 5.7.1 Service unavailable; Client host [127.0.0.2] blocked using bl.test; https://bl.test/127.0.0.2',
    ],
    ['an answer that the filter leaves out', { client: '127.0.0.4' }, '250 2.1.5 Ok'],
    ['one of our networks', { client: '127.0.0.77', from: 'a@nowhere.test' }, '250 2.1.5 Ok'],
    ['relaying', { to: 'x@elsewhere.test' }, '554 5.7.1 <x@elsewhere.test>: Relay access denied'],
    ['a bare name in EHLO', { helo: 'host' }, '504 5.5.2 <host>: Helo command rejected: need fully-qualified hostname'],
    ['an unknown name in EHLO is only warned of', { helo: 'nobody.good.test' }, '250 2.1.5 Ok'],
    [
      'a sender without a domain',
      { from: 'root' },
      '504 5.5.2 <root>: Sender address rejected: need fully-qualified address',
    ],
    [
      'a recipient without a domain',
      { to: 'alice' },
      '504 5.5.2 <alice>: Recipient address rejected: need fully-qualified address',
    ],
    [
      'a domain that there is not',
      { from: 'a@nobody.good.test' },
      '450 4.1.8 <a@nobody.good.test>: Sender address rejected: Domain not found',
    ],
    [
      'a domain that takes no mail',
      { from: 'a@null.test' },
      '550 5.7.27 <a@null.test>: Sender address rejected: Domain null.test does not accept mail (nullMX)',
    ],
    [
      'a domain whose DNS fails: later',
      { from: 'a@broken.test' },
      '450 4.1.8 <a@broken.test>: Sender address rejected: Domain not found',
    ],
    [
      '… unless something refuses it for good',
      { from: 'a@broken.test', to: 'x@elsewhere.test' },
      '554 5.7.1 <x@elsewhere.test>: Relay access denied',
    ],
    [
      '[C13] nobody of ours, by the site’s own code',
      { to: 'nobody@home.test' },
      '551 5.1.1 <nobody@home.test>: Recipient address rejected: User unknown in local recipient table',
    ],
    [
      '[C12] a client in the access table',
      { client: '127.0.0.9' },
      '554 5.7.1 <unknown[127.0.0.9]>: Client host rejected: not you',
    ],
  ])('%s', async (_, attempt, reply) => {
    expect(await rcpt(attempt)).toBe(reply)
  })

  test('[A5] the client’s name is in Received when its address is behind it; else it is unknown', async () => {
    const before = (await host.inbox('alice')).length
    expect(await rcpt({ client: '127.0.0.3' })).toMatch(/^250/)
    expect(await rcpt({ client: '127.0.0.4' })).toMatch(/^250/)
    const messages = (await host.arrived('alice', before + 2)).slice(before)
    expect(messages.map((text) => /^Received: from (.*)/m.exec(text)?.[1]?.trim())).toEqual([
      'mail.good.test (mail.good.test [127.0.0.3])',
      'mail.good.test (unknown [127.0.0.4])',
    ])
  })
})

describe('[C9] a listener with lists of its own', () => {
  const send = async (to: string) => {
    const { stdout } = await run('swaks', [
      ...['--server', `127.0.0.1:${host.server.port('submission')}`, '--timeout', '20s', '--helo', 'mail.good.test'],
      ...['--auth', 'PLAIN', '--auth-user', 'alice', '--auth-password', 'secret-of-alice'],
      ...['--from', 'alice@home.test', '--to', to, '--quit-after', 'RCPT'],
    ])
    const lines = stdout.split('\n')
    return (lines[lines.findIndex((line) => /^ ?~?-> RCPT/.test(line)) + 1] ?? '').replace(/^<~?(?:-|\*\*|\*) +/, '')
  }

  test.each([
    ['alice@home.test', '250 2.1.5 Ok'],
    ['x@good.test', '250 2.1.5 Ok'],
    ['x@nobody.good.test', '450 4.1.2 <x@nobody.good.test>: Recipient address rejected: Domain not found'],
    ['alice', '504 5.5.2 <alice>: Recipient address rejected: need fully-qualified address'],
  ])('a user sends to %s', async (to, reply) => {
    expect(await send(to)).toBe(reply)
  })

  test('[C10] a user sends from no address but his own', async () => {
    const { stdout } = await run('swaks', [
      ...['--server', `127.0.0.1:${host.server.port('submission')}`, '--timeout', '20s', '--helo', 'mail.good.test'],
      ...['--auth', 'PLAIN', '--auth-user', 'alice', '--auth-password', 'secret-of-alice'],
      ...['--from', 'root@home.test', '--to', 'alice@home.test'],
    ])
    expect(stdout).toContain('553 5.7.1 <root@home.test>: Sender address rejected: not owned by user alice')
  })

  test('at the other listener the site’s own lists count', async () => {
    expect(await rcpt({ to: 'x@nobody.good.test' })).toMatch(/^554 5\.7\.1 .*Relay access denied$/)
  })
})

test('reject_unverified_recipient asks the host that a backup hands mail on to, and sends it nothing', async () => {
  const far = await MailHost.start({ domain: 'far.test', users: ['dora'], listeners: [{ protocol: 'smtp', port: 0 }] })
  const backup = await MailHost.start({
    domain: 'backup.test',
    users: ['bob'],
    listeners: [{ protocol: 'smtp', port: 0 }],
    relay: {
      networks: ['192.0.2.0/24'],
      domains: ['far.test'],
      transports: { 'far.test': `smtp:[127.0.0.1]:${far.server.port('smtp')}` },
      restrictions: { recipient: 'reject_unverified_recipient' },
      rejectCodes: { unverifiedRecipient: 550 },
    },
  })
  try {
    const wire = await smtpSession(backup.server.port('smtp'))
    await smtp(wire, 'MAIL FROM:<a@there.test>')
    expect(await smtp(wire, 'RCPT TO:<dora@far.test>')).toBe('250 2.1.5 Ok')
    expect(await smtp(wire, 'RCPT TO:<nobody@far.test>')).toMatch(
      /^550 5\.1\.1 <nobody@far\.test>: Recipient address rejected: undeliverable address: host 127\.0\.0\.1\[127\.0\.0\.1\] said: 550 5\.1\.1 <nobody@far\.test>: Recipient address rejected: User unknown/,
    )
    expect(await smtp(wire, 'RCPT TO:<nobody@backup.test>')).toBe(
      '550 5.1.1 <nobody@backup.test>: Recipient address rejected: undeliverable address: User unknown in local recipient table',
    )
    wire.destroy()
    // It was asked, and nothing came.
    expect(far.events('refused')).toMatchObject([{ verb: 'RCPT', to: 'nobody@far.test' }])
    expect(await far.inbox('dora')).toEqual([])
  } finally {
    await backup.close()
    await far.close()
  }
})

test('mailwright explain prints the rules, the look-ups and the verdict', async () => {
  const config = join(folder, 'site.json')
  writeFileSync(join(folder, 'users'), 'alice:{PLAIN}secret\n')
  writeFileSync(
    config,
    JSON.stringify({
      hostname: 'mx.home.test',
      domains: ['home.test'],
      store: { kind: 'memory' },
      auth: { kind: 'passwd-file', path: 'users' },
      listeners: [{ protocol: 'smtp', port: 0 }],
      relay: {
        queue: 'queue',
        nameservers: [`127.0.0.1:${dns.port}`],
        restrictions: { helo: 'reject_non_fqdn_helo_hostname', recipient: 'reject_rbl_client bl.test' },
      },
    }),
  )
  const explain = (client: string, ...more: readonly string[]) =>
    run(process.execPath, [
      ...[COMMAND, 'explain', '--config', config, '--client', client],
      ...['--from', 'a@good.test', '--to', 'alice@home.test', '--helo', 'mail.good.test'],
      ...more,
    ])
  const refused = await explain('127.0.0.2')
  expect(refused.stderr).toBe('')
  expect(refused.stdout.split('\n')).toEqual([
    'client unknown[127.0.0.2]',
    'smtpd_helo_restrictions:',
    '  reject_non_fqdn_helo_hostname: DUNNO',
    'smtpd_relay_restrictions:',
    '  permit_mynetworks: OK',
    'smtpd_recipient_restrictions:',
    '  reject_rbl_client bl.test: REJECT 554 5.7.1 Service unavailable; Client host [127.0.0.2] blocked using bl.test; https://bl.test/127.0.0.2',
    '    A/AAAA 2.0.0.127.bl.test ipv4 -> ["127.0.0.2"]',
    '    TXT 2.0.0.127.bl.test -> ["https://bl.test/127.0.0.2"]',
    'refused: 554 5.7.1 Service unavailable; Client host [127.0.0.2] blocked using bl.test; https://bl.test/127.0.0.2',
    '',
  ])
  expect(refused.code).toBe(1)
  const permitted = await explain('192.0.2.1')
  expect(permitted.stdout).toMatch(/\n {2}reject_unauth_destination: DUNNO\n[\s\S]*\npermitted\n$/)
  expect(permitted.code).toBe(0)
  const unknown = await explain('192.0.2.1', '--to', 'nobody@home.test', '--json')
  expect(JSON.parse(unknown.stdout)).toMatchObject({
    client: { name: null },
    verdict: { kind: 'refused', reply: { code: 550, enhanced: '5.1.1' } },
  })
})

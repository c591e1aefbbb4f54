import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NODE_CLIENT_MECHANISMS, systemClock } from '@mailwright/core/node'
import { TableFiles } from '@mailwright/relay/node'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dovecot } from '../support/dovecot.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { Outbound, type OutboundOptions } from '../support/outbound.js'
import { Postfix } from '../support/postfix.js'

/** Our client and what Debian's servers make of its mail. */
let postfix: Postfix
let dovecot: Dovecot
let folder: string
let lmtpPort: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-client-'))
  lmtpPort = await freePort()
  const listeners = `unix_listener ${join(folder, 'lmtp')} {\n    mode = 0666\n  }\n  inet_listener lmtp {\n    address = 127.0.0.1\n    port = ${lmtpPort}\n  }`
  dovecot = await Dovecot.start({
    settings: ['protocols = imap lmtp', `service lmtp {\n  chroot =\n  ${listeners}\n}`, 'auth_username_format = %Ln'],
    reach: folder,
  })
  postfix = await Postfix.start({
    settings: ['smtpd_recipient_limit = 2'],
    logins: 'users',
    listeners: {
      users: ['smtpd_client_restrictions=permit_sasl_authenticated,reject', 'smtpd_delay_reject=yes'],
      seven: ['smtpd_discard_ehlo_keywords=8bitmime,chunking'],
      old: ['smtpd_discard_ehlo_keywords=pipelining'],
    },
  })
})
afterAll(async () => {
  await postfix?.dispose()
  await dovecot?.dispose()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

const text = (subject: string, body: string): string =>
  `From: sender@client.example\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${body}`

function inbox(user: string): readonly string[] {
  const place = join(dovecot.maildir(user), 'new')
  return readdirSync(place).map((name) => readFileSync(join(place, name), 'latin1'))
}

describe('[C4] to Postfix', () => {
  test('a server that takes 7 bits gets 7 bits, and the text is the same', async () => {
    const outbound = new Outbound({ type: '8BITMIME' })
    const message = text('seven', 'Gr\xc3\xbc\xc3\x9fe\r\n.\r\n')
    const [result] = await outbound.send(`[127.0.0.1]:${postfix.port('seven')}`, [postfix.address('bob')], message)
    expect(result).toMatch(/^delivered 2\.0\.0 250 2\.0\.0 Ok: queued as /)
    const [arrived] = await postfix.arrived('bob')
    expect(arrived).toMatch(/\nContent-Transfer-Encoding: quoted-printable\n(?:[^\n]+\n)+\nGr=C3=BC=C3=9Fe\n\.\n$/)
    await outbound.agent.close?.()
  })

  test.each(['smtp', 'old'])(
    '%s: each recipient has its own answer, and the session is used again',
    async (listener) => {
      const outbound = new Outbound()
      const nexthop = `[127.0.0.1]:${postfix.port(listener)}`
      const results = await outbound.send(nexthop, [postfix.address('alice'), postfix.address('nobody')])
      expect(results).toEqual([
        expect.stringMatching(/^delivered 2\.0\.0 250 2\.0\.0 Ok: queued as /),
        expect.stringMatching(
          /^failed 5\.1\.1 host 127\.0\.0\.1\[127\.0\.0\.1\] said: 550 5\.1\.1 <nobody@postfix\.example>: Recipient address rejected: .* \(in reply to RCPT TO command\)$/,
        ),
      ])
      expect(await outbound.send(nexthop, [postfix.address('nobody')])).toEqual([
        expect.stringMatching(/^failed 5\.1\.1 /),
      ])
      expect(await outbound.send(nexthop, [postfix.address('alice')])).toEqual([expect.stringMatching(/^delivered /)])
      expect(outbound.events.filter(({ name }) => name === 'hostConnected')).toHaveLength(1)
      await outbound.agent.close?.()
    },
  )

  test('more recipients than it takes: they wait', async () => {
    const outbound = new Outbound()
    const all = ['alice', 'bob', 'alice'].map((user) => postfix.address(user))
    expect(await outbound.send(`[127.0.0.1]:${postfix.port()}`, all)).toEqual([
      expect.stringMatching(/^delivered /),
      expect.stringMatching(/^delivered /),
      expect.stringMatching(/^deferred 4\.5\.3 .* 452 4\.5\.3 Error: too many recipients/),
    ])
    await outbound.agent.close?.()
  })
})

describe('[C4] as a user of Postfix', () => {
  const credentials =
    (password: string): NonNullable<OutboundOptions['credentials']> =>
    () => ({
      credentials: { kind: 'password', user: postfix.address('bob'), password },
      plaintext: 'always',
    })
  const send = async (options: OutboundOptions): Promise<string> => {
    const outbound = new Outbound(options)
    try {
      return (await outbound.send(`[127.0.0.1]:${postfix.port('users')}`, [postfix.address('alice')])).join()
    } finally {
      await outbound.agent.close?.()
    }
  }

  test.each(
    NODE_CLIENT_MECHANISMS.filter(({ name }) => /SCRAM|PLAIN|LOGIN|CRAM/.test(name)).map(
      (each) => [each.name, each] as const,
    ),
  )('%s', async (name, mechanism) => {
    const good = credentials(postfix.password('bob'))
    expect(await send({ credentials: good, mechanisms: [mechanism] })).toMatch(/^delivered 2\.0\.0 /)
    await postfix.logged(new RegExp(`sasl_method=${name}, sasl_username=bob@`))
    expect(await send({ credentials: credentials('wrong'), mechanisms: [mechanism] })).toMatch(
      /^deferred 4\.7\.8 SASL authentication failed; server 127\.0\.0\.1\[127\.0\.0\.1\] said: 535 5\.7\.8 Error: authentication failed/,
    )
  })

  test('the best of those that are offered', async () => {
    await send({ credentials: credentials(postfix.password('bob')), mechanisms: NODE_CLIENT_MECHANISMS })
    expect(
      postfix
        .log()
        .match(/sasl_method=\S+/g)
        ?.at(-1),
    ).toBe('sasl_method=SCRAM-SHA-256,')
  })

  test('without a login', async () => {
    expect(await send({})).toMatch(/^failed 5\.7\.1 .*Client host rejected: Access denied/)
  })
})

describe('[C4] [D1] a site with Postfix’s own tables', () => {
  let ours: MailHost
  beforeAll(async () => {
    const users = `[127.0.0.1]:${postfix.port('users')}`
    const table = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return `texthash:${join(folder, name)}`
    }
    ours = await MailHost.start({
      domain: 'ours.test',
      users: ['carol', 'dave'],
      relay: {
        relayHost: users,
        tables: new TableFiles({ clock: systemClock }),
        saslPasswordMaps: [
          table(
            'sasl_passwd',
            `${users} ${postfix.address('alice')}:${postfix.password('alice')}\n` +
              `carol@ours.test ${postfix.address('bob')}:${postfix.password('bob')}\n`,
          ),
        ],
        loginsBy: 'sender',
        tlsPolicyMaps: [table('tls_policy', `${users} none\n`)],
      },
    })
  })
  afterAll(() => ours?.close())

  test.each([
    ['carol', 'bob'],
    ['dave', 'alice'],
  ])('mail of %s goes by the login of %s', async (from, as) => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: ours.server.port('submission'),
      auth: { user: from, pass: `secret-of-${from}` },
    })
    const before = postfix.messages('bob').length
    await transport.sendMail({ from: `${from}@ours.test`, to: postfix.address('bob'), subject: 'x', text: 'x' })
    transport.close()
    await postfix.arrived('bob', before + 1)
    const line = postfix
      .log()
      .match(/client=.*sasl_method=\S+, sasl_username=\S+/g)
      ?.at(-1)
    expect(line).toMatch(new RegExp(`sasl_method=SCRAM-SHA-256, sasl_username=${as}@`))
  })
})

describe('[I2] to Dovecot by LMTP', () => {
  test.each([
    ['a Unix socket', () => `unix:${join(folder, 'lmtp')}`],
    ['a port', () => `inet:127.0.0.1:${lmtpPort}`],
  ])('%s: an answer for each recipient', async (way, nexthop) => {
    const outbound = new Outbound({ protocol: 'lmtp', type: '8BITMIME' })
    const message = text(way, '.dots\r\n..\r\nGr\xc3\xbc\xc3\x9fe\r\n')
    const results = await outbound.send(nexthop(), ['carol@dovecot.test', 'dave@dovecot.test'], message)
    expect(results).toEqual([
      expect.stringMatching(/^delivered 2\.0\.0 250 2\.0\.0 <carol@dovecot\.test> \S+ Saved$/),
      expect.stringMatching(/^delivered 2\.0\.0 250 2\.0\.0 <dave@dovecot\.test> \S+ Saved$/),
    ])
    for (const user of ['carol', 'dave']) {
      const found = inbox(user).find((each) => each.includes(`Subject: ${way}\n`))
      expect(found).toMatch(/\n\n\.dots\n\.\.\nGr\xc3\xbc\xc3\x9fe\n$/)
    }
    await outbound.agent.close?.()
  })
})

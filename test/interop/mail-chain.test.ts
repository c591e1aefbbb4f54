import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@mailwright/core/node'
import { createCommandAgent, createPipeAgent } from '@mailwright/relay/node'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deliver, smtp, smtpSession } from '../support/dialogue.js'
import { Dovecot } from '../support/dovecot.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { note } from '../support/messages.js'
import { Postfix } from '../support/postfix.js'
import { run, succeed } from '../support/run.js'
import { eventually } from '../support/wait.js'

/** Mail on its way through servers that nobody here wrote: Debian's Postfix and Dovecot, and ours between them. */
let postfix: Postfix
let dovecot: Dovecot
let ours: MailHost
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-chain-'))
  const [smtpPort, lmtpPort] = [await freePort(), await freePort()]
  const socket = join(folder, 'lmtp')
  dovecot = await Dovecot.start({
    settings: [
      'protocols = imap lmtp',
      `service lmtp {\n  chroot =\n  unix_listener ${socket} {\n    mode = 0666\n  }\n}`,
      'auth_username_format = %Ln',
    ],
    reach: folder,
  })
  postfix = await Postfix.start({
    tls: 'offered',
    logins: 'users',
    listeners: {
      submission: ['smtpd_tls_security_level=encrypt', 'smtpd_client_restrictions=permit_sasl_authenticated,reject'],
    },
    settings: ['transport_maps = texthash:$config_directory/transport', 'smtp_dns_support_level = disabled'],
    files: {
      transport: `dovecot.test smtp:[127.0.0.1]:${smtpPort}\nours.test lmtp:inet:127.0.0.1:${lmtpPort}\n`,
    },
  })
  ours = await MailHost.start({
    domain: 'ours.test',
    users: ['alice', 'bob'],
    listeners: [
      { protocol: 'smtp', port: smtpPort },
      { protocol: 'submission', port: 0 },
      { protocol: 'lmtp', port: lmtpPort },
    ],
    relay: {
      networks: [],
      domains: ['dovecot.test'],
      transports: { 'dovecot.test': `lmtp:unix:${socket}`, 'postfix.example': `smtp:[127.0.0.1]:${postfix.port()}` },
    },
  })
})
afterAll(async () => {
  await ours?.close()
  await postfix?.dispose()
  await dovecot?.dispose()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

/** Messages in a Maildir, with the line ends of the file (LF). */
function maildir(path: string): readonly string[] {
  return ['new', 'cur'].flatMap((part) => {
    const place = join(path, part)
    return names(place).map((name) => readFileSync(join(place, name), 'latin1'))
  })
}

function names(place: string): readonly string[] {
  try {
    return readdirSync(place)
  } catch {
    return []
  }
}

function arrived(path: string, subject: string): Promise<string> {
  return eventually(30_000, `${subject} in ${path}`, () =>
    maildir(path).find((message) => message.includes(`Subject: ${subject}\n`)),
  )
}

async function submit(to: string, subject: string, dsn?: object): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: ours.server.port('submission'),
    auth: { user: 'alice', pass: 'secret-of-alice' },
  })
  try {
    const mail = { from: 'alice@ours.test', to, subject, text: 'Grüße' }
    await transport.sendMail(dsn === undefined ? mail : { ...mail, dsn })
  } finally {
    transport.close()
  }
}

describe('[A1] the chain', () => {
  test('Postfix, ours, Dovecot by LMTP: every hop in its trace, the text as it was', async () => {
    const input = Buffer.from(note('through three', 'Gr\xc3\xbc\xc3\x9fe\r\n.\r\n..dots\r\n'), 'latin1')
    const sent = await postfix.command('sendmail', ['-i', '-f', postfix.address('bob'), 'carol@dovecot.test'], {
      input,
    })
    expect(sent.code).toBe(0)
    const message = await arrived(dovecot.maildir('carol'), 'through three')
    expect(message).toMatch(/^Return-Path: <bob@postfix\.example>\nDelivered-To: carol@dovecot\.test\nReceived: /)
    const hops = message.match(/^Received: [^;]*/gm) ?? []
    expect(hops.map((hop) => /\bby (\S+)/.exec(hop)?.[1])).toEqual([
      expect.any(String),
      'mx.ours.test',
      expect.stringContaining('postfix.example'),
    ])
    expect(hops[1]).toMatch(/with ESMTP id [0-9A-F]{12}/)
    expect(message.endsWith('\nGr\xc3\xbc\xc3\x9fe\n.\n..dots\n')).toBe(true)
    await postfix.logged(
      /to=<carol@dovecot\.test>, relay=127\.0\.0\.1\[127\.0\.0\.1\]:\d+, .*status=sent \(250 2\.0\.0 Ok: queued as/,
    )
  })

  test('ours to Postfix, over TLS because it is offered; read in its Maildir', async () => {
    await submit('alice@postfix.example', 'to Postfix')
    const message = await arrived(postfix.maildir('alice'), 'to Postfix')
    expect(message).toMatch(/^Return-Path: <alice@ours\.test>\n/)
    expect(message).toMatch(/^Received: from mx\.ours\.test [^;]* with ESMTPS id /ms)
    expect(message).toMatch(/by mx\.ours\.test \(Mailwright\) with ESMTPA id /)
  })

  test('[I2] Postfix to our LMTP: an answer for each recipient', async () => {
    const input = note('by LMTP')
    const to = ['bob@ours.test', 'nobody@ours.test']
    expect((await postfix.command('sendmail', ['-i', '-f', postfix.address('bob'), ...to], { input })).code).toBe(0)
    const message = (await ours.arrived('bob')).at(-1)
    expect(message).toContain('Delivered-To: bob@ours.test\r\n')
    expect(message).toMatch(/with LMTP id /)
    await postfix.logged(
      /to=<nobody@ours\.test>, relay=127\.0\.0\.1\[127\.0\.0\.1\]:\d+, .*dsn=5\.1\.1, status=bounced/,
    )
    expect(await arrived(postfix.maildir('bob'), 'Undelivered Mail Returned to Sender')).toContain('nobody@ours.test')
  })
})

describe('[B14] reports across systems', () => {
  test('what Postfix reports of success comes to who asked us', async () => {
    const before = (await ours.inbox('alice')).length
    await submit('alice@postfix.example', 'tell me', {
      id: 'ID1',
      return: 'headers',
      notify: ['success'],
      recipient: 'alice@ours.test',
    })
    const report = (await ours.arrived('alice', before + 1)).at(-1)
    expect(report).toContain('X-Postfix-Sender: rfc822; alice@ours.test\r\n')
    expect(report).toContain('Original-Envelope-Id: ID1\r\n')
    expect(report).toMatch(/Action: delivered\r\n/)
  })

  test('whom Postfix does not know: our report quotes it', async () => {
    const before = (await ours.inbox('alice')).length
    await submit('nobody@postfix.example', 'lost')
    const report = (await ours.arrived('alice', before + 1)).at(-1)
    expect(report).toContain('Remote-MTA: dns; 127.0.0.1\r\n')
    expect(report).toMatch(
      /Diagnostic-Code: smtp; 550 5\.1\.1 <nobody@postfix\.example>: Recipient address\r\n rejected/,
    )
  })
})

describe('[C4] [D1] a relay host that wants a login, over TLS', () => {
  test('Postfix takes what its user sends by us', async () => {
    const host = `[127.0.0.1]:${postfix.port('submission')}`
    const small = await MailHost.start({
      domain: 'small.test',
      users: ['sue'],
      relay: {
        relayHost: host,
        tlsPolicy: () => ({ level: 'encrypt' }),
        credentials: (nexthop) =>
          nexthop === host
            ? { credentials: { kind: 'password', user: postfix.address('bob'), password: postfix.password('bob') } }
            : undefined,
      },
    })
    try {
      const reply = await deliver(small.server.port('smtp'), 'alice@postfix.example', note('as bob'))
      expect(reply).toMatch(/^250 2\.0\.0 Ok: queued as /)
      expect(await arrived(postfix.maildir('alice'), 'as bob')).toMatch(
        /^Received: from mx\.small\.test .*with ESMTPSA id /ms,
      )
      await postfix.logged(/sasl_method=[A-Z0-9-]+, sasl_username=bob@postfix\.example/)
    } finally {
      await small.close()
    }
  })
})

describe('programs send by us to another server', () => {
  test('msmtp', async () => {
    const args = ['--host=127.0.0.1', `--port=${ours.server.port('submission')}`, '--auth=plain', '--user=alice']
    const more = ['--passwordeval=echo secret-of-alice', '--tls=off', '--file=/dev/null', '--from=alice@ours.test']
    await succeed('msmtp', [...args, ...more, '--dsn-notify=failure', 'alice@postfix.example'], {
      input: note('msmtp'),
    })
    await arrived(postfix.maildir('alice'), 'msmtp')
  })

  test("Python's smtplib", async () => {
    const script = `
import smtplib, sys
with smtplib.SMTP('127.0.0.1', ${ours.server.port('submission')}) as server:
    server.login('alice', 'secret-of-alice')
    server.sendmail('alice@ours.test', ['alice@postfix.example', 'bob@postfix.example'], sys.stdin.read(), mail_options=['BODY=8BITMIME'])
`
    await succeed('python3', ['-c', script], { input: note('smtplib') })
    await arrived(postfix.maildir('alice'), 'smtplib')
    await arrived(postfix.maildir('bob'), 'smtplib')
  })

  test('swaks', async () => {
    const login = ['--auth', 'PLAIN', '--auth-user', 'alice', '--auth-password', 'secret-of-alice']
    const mail = ['--from', 'alice@ours.test', '--to', 'alice@postfix.example', '--header', 'Subject: swaks']
    const sent = await run('swaks', ['--server', `127.0.0.1:${ours.server.port('submission')}`, ...login, ...mail])
    expect(sent.stdout).toMatch(/<- +250 2\.0\.0 Ok: queued as /)
    await arrived(postfix.maildir('alice'), 'swaks')
  })
})

describe('[I1] programs that mail is given to', () => {
  test('procmail sorts by its recipe', async () => {
    const home = join(folder, 'procmail')
    mkdirSync(home)
    writeFileSync(
      join(home, 'rc'),
      `MAILDIR=${home}\nDEFAULT=${home}/inbox/\nLOGFILE=${home}/log\n\n:0\n* ^Subject:.*urgent\nurgent/\n`,
    )
    const agent = createCommandAgent({
      argv: ['/usr/bin/procmail', '-t', '-a', '$extension', 'ORGMAIL=/dev/null', join(home, 'rc')],
      userOf: () => Promise.resolve({ kind: 'found', user: { name: 'carl', home } }),
      clock: systemClock,
    })
    const host = await MailHost.start({
      domain: 'procmail.test',
      users: ['carl'],
      relay: { agents: { local: agent }, localMail: 'queued' },
    })
    try {
      for (const subject of ['urgent', 'idle']) {
        expect(await deliver(host.server.port('smtp'), 'carl+x@procmail.test', note(subject))).toMatch(/^250 /)
      }
      const urgent = await arrived(join(home, 'urgent'), 'urgent')
      expect(urgent).toMatch(
        /^Return-Path: <sender@example\.org>\nX-Original-To: carl\+x@procmail\.test\nDelivered-To: carl\+x@procmail\.test\n/,
      )
      await arrived(join(home, 'inbox'), 'idle')
      await host.queueEmpty()
      expect(host.events('delivery').map(({ status, relay, text }) => [status, relay, text])).toEqual(
        Array(2).fill(['sent', 'local', 'delivered to command: /usr/bin/procmail']),
      )
    } finally {
      await host.close()
    }
  })

  test("Dovecot's dovecot-lda delivers for the user of the address, and bounces for who is none", async () => {
    const argv = [
      '/usr/lib/dovecot/dovecot-lda',
      '-c',
      dovecot.config,
      '-f',
      '$sender',
      '-a',
      '$recipient',
      '-d',
      '$user',
    ]
    const lda = createPipeAgent({ name: 'dovecot', argv, flags: 'DRhu', clock: systemClock, as: dovecot.account })
    const host = await MailHost.start({
      domain: 'lda.test',
      users: ['dave'],
      relay: { agents: { dovecot: lda }, transports: { 'lda.test': 'dovecot:' } },
    })
    try {
      expect(await deliver(host.server.port('smtp'), 'dave@lda.test', note('lda'))).toMatch(/^250 /)
      expect(await arrived(dovecot.maildir('dave'), 'lda')).toContain('Delivered-To: dave@lda.test\n')
      await host.queueEmpty()
      expect(host.events('delivery')[0]).toMatchObject({
        agent: 'dovecot',
        relay: 'dovecot',
        status: 'sent',
        text: 'delivered via dovecot service',
      })
    } finally {
      await host.close()
    }
  })
})

describe('[B10] a client that goes away after its 250', () => {
  test('its message is on its way', async () => {
    const wire = await smtpSession(ours.server.port('smtp'))
    await smtp(wire, 'MAIL FROM:<x@example.org>')
    await smtp(wire, 'RCPT TO:<eve@dovecot.test>')
    await smtp(wire, 'DATA')
    await wire.send(`${note('goodbye')}.\r\n`)
    expect(await wire.line()).toMatch(/^250 2\.0\.0 Ok: queued as /)
    wire.destroy()
    await arrived(dovecot.maildir('eve'), 'goodbye')
  })
})

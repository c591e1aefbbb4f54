import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapSession } from '../support/dialogue.js'
import { unstamped } from '../support/messages.js'
import { type Finished, run } from '../support/run.js'
import type { ListenerName } from '../support/site.js'

/** swaks shows every line of the dialogue, so these tests read replies as they were on the wire. */
let site: Appliance

const LIMIT = 20_000
/** swaks' exit codes. */
const BANNER_OR_HELO_REFUSED = 22
const RECIPIENTS_REFUSED = 24
const MESSAGE_REFUSED = 26
const AUTH_FAILED = 28

beforeAll(async () => {
  site = await Appliance.start({ users: ['bob', 'carol', 'dora'], limits: { messageOctets: LIMIT } })
})
afterAll(() => site?.dispose())

function swaks(listener: ListenerName, args: readonly string[]): Promise<Finished> {
  const to = args.includes('--to') ? [] : ['--to', site.address('bob')]
  return run('swaks', [
    ...['--server', `127.0.0.1:${site.port(listener)}`, '--helo', 'client.example.org', '--timeout', '20s'],
    ...['--from', 'sender@example.org', ...to, ...args],
  ])
}

function login(user: string, mechanism: string): readonly string[] {
  return ['--auth', mechanism, '--auth-user', user, '--auth-password', site.password(user)]
}

function trusted(): readonly string[] {
  return ['--tls-verify', '--tls-ca-path', site.certificate]
}

/** The last message of a user, as stored. */
async function last(user: string): Promise<string> {
  const wire = await imapSession(site.port('imap'), user, site.password(user))
  try {
    await imap(wire, 's EXAMINE INBOX')
    const [response = ''] = await imap(wire, 'f FETCH * BODY.PEEK[]')
    return /\{\d+\}\r\n([\s\S]*)\)$/.exec(response)?.[1] ?? ''
  } finally {
    wire.destroy()
  }
}

describe('to the mail exchanger', () => {
  test('[B2] is told what there is before TLS, and after', async () => {
    const before = await swaks('smtp', ['--quit-after', 'EHLO'])
    expect(said(before)).toEqual([
      '220 mail.example.test ESMTP Mailwright',
      '250-mail.example.test',
      '250-PIPELINING',
      `250-SIZE ${LIMIT}`,
      '250-LIMITS RCPTMAX=1000',
      '250-VRFY',
      '250-STARTTLS',
      '250-AUTH PLAIN LOGIN',
      '250-ENHANCEDSTATUSCODES',
      '250-8BITMIME',
      '250 CHUNKING',
      '221 2.0.0 Bye',
    ])
    const after = await swaks('smtp', ['--tls', ...trusted(), '--quit-after', 'EHLO'])
    const secured = said(after)
    expect(secured.slice(secured.indexOf('220 2.0.0 Ready to start TLS'))).not.toContain('250-STARTTLS')
  })

  test('[B7] sends in clear text, and every reply is the one we promise', async () => {
    const result = await swaks('smtp', ['--header', 'Subject: plain', '--body', 'A body.'])
    expect(result.code).toBe(0)
    const replies = said(result).slice(-5)
    expect(replies.slice(0, 3)).toEqual(['250 2.1.0 Ok', '250 2.1.5 Ok', '354 End data with <CR><LF>.<CR><LF>'])
    expect(replies[3]).toMatch(/^250 2\.0\.0 Ok: queued as [0-9A-F]{12}$/)
    expect(replies[4]).toBe('221 2.0.0 Bye')
    const { stamp, message } = unstamped(await last('bob'))
    expect(message).toContain('Subject: plain\r\n')
    expect(stamp).toContain(` id ${replies[3]?.split(' ').at(-1)}\r\n`)
  })

  test('[D1] sends by --tls', async () => {
    const result = await swaks('smtp', ['--tls', ...trusted(), '--body', 'By TLS.'])
    expect(result.code).toBe(0)
    expect(result.stdout).toMatch(/^=== TLS started with cipher TLSv1\.3:/m)
    expect(unstamped(await last('bob')).stamp).toContain(' with ESMTPS id ')
  })

  test('[D9] speaks TLS 1.2, and nothing older', async () => {
    expect((await swaks('smtp', ['--tls', '--tls-protocol', 'tlsv1_2', '--quit-after', 'EHLO'])).code).toBe(0)
    expect((await swaks('smtp', ['--tls', '--tls-protocol', 'tlsv1_1', '--quit-after', 'EHLO'])).code).not.toBe(0)
  })

  test('sends by pipelining', async () => {
    const to = ['--to', `${site.address('bob')},${site.address('carol')}`]
    const result = await swaks('smtp', ['--pipeline', ...to, '--body', 'In one go.'])
    expect(result.code).toBe(0)
    const { stamp } = unstamped(await last('carol'))
    // Several recipients: none learns of another (RFC 5321 §7.6).
    expect(stamp).not.toContain(' for <')
    expect(stamp).toContain(`Delivered-To: ${site.address('carol')}\r\n`)
  })

  test('sends an 8-bit body as it is', async () => {
    const body = 'Grüße, ¿qué tal?'
    const result = await swaks('smtp', [
      ...['--add-header', 'MIME-Version: 1.0', '--add-header', 'Content-Type: text/plain; charset=utf-8'],
      ...['--add-header', 'Content-Transfer-Encoding: 8bit', '--body', body],
    ])
    expect(result.code).toBe(0)
    expect(Buffer.from(await last('bob'), 'latin1').toString('utf8')).toContain(`\r\n\r\n${body}\r\n`)
  })

  test('[B11] dots at the beginning of lines come through', async () => {
    const body = '.\\n..\\n.dot\\n\\n. end'
    expect((await swaks('smtp', ['--body', body])).code).toBe(0)
    expect(await last('bob')).toContain('\r\n\r\n.\r\n..\r\n.dot\r\n\r\n. end\r\n')
  })

  test('[C13] an unknown user is refused', async () => {
    const result = await swaks('smtp', ['--to', 'nobody@example.test'])
    expect(result.code).toBe(RECIPIENTS_REFUSED)
    expect(result.stdout).toContain(
      '<** 550 5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in local recipient table',
    )
  })

  test('[B17] nothing is relayed, not for users either', async () => {
    const result = await swaks('smtp', ['--to', 'victim@example.net'])
    expect(result.code).toBe(RECIPIENTS_REFUSED)
    expect(result.stdout).toContain('<** 554 5.7.1 <victim@example.net>: Relay access denied')
    for (const to of [
      'victim%example.net@example.test',
      '"victim@example.net"@example.test',
      '@example.test:v@x.net',
    ]) {
      const trick = await swaks('smtp', ['--to', to])
      expect(trick.code, to).toBe(RECIPIENTS_REFUSED)
    }
  })

  test('[C5] a suffix after + is the same user', async () => {
    expect((await swaks('smtp', ['--to', 'carol+lists@example.test', '--body', 'Suffix.'])).code).toBe(0)
    const stored = unstamped(await last('carol'))
    expect(stored.stamp).toContain('X-Original-To: carol+lists@example.test\r\n')
    expect(stored.message).toContain('Suffix.')
  })

  test('postmaster is somebody', async () => {
    expect((await swaks('smtp', ['--to', 'Postmaster@example.test', '--body', 'Help.'])).code).toBe(0)
    expect(await last('alice')).toContain('Help.')
  })

  test('the null reverse-path is taken', async () => {
    expect((await swaks('smtp', ['--from', '<>', '--body', 'A notification.'])).code).toBe(0)
    expect(await last('bob')).toMatch(/^Return-Path: <>\r\n/)
  })

  test('[B3] a message over the limit is refused when it is over', async () => {
    const result = await swaks('smtp', ['--body', `${'x'.repeat(70)}\\n`.repeat(400)])
    expect(result.code).toBe(MESSAGE_REFUSED)
    expect(result.stdout).toContain('<** 552 5.3.4 Error: message file too big')
    expect((await swaks('smtp', ['--body', 'Small again.'])).code).toBe(0)
  })
})

describe('submission', () => {
  test('[E1] needs a login', async () => {
    const result = await swaks('submission', [])
    expect(result.code).not.toBe(0)
    expect(result.stdout).toContain('<** 530 5.7.0 Authentication required')
  })

  for (const mechanism of ['PLAIN', 'LOGIN']) {
    for (const [name, listener, tls] of [
      ['--tls', 'submission', '--tls'],
      ['--tlsc', 'submissions', '--tlsc'],
    ] as const) {
      test(`[E1] AUTH ${mechanism} by ${name}`, async () => {
        const result = await swaks(listener, [tls, ...trusted(), ...login('dora', mechanism), '--body', mechanism])
        expect(result.code).toBe(0)
        expect(said(result)).toContain('235 2.7.0 Authentication successful')
        expect(unstamped(await last('bob')).stamp).toContain(' with ESMTPSA id ')
      })
    }
  }

  test('[E10] a wrong password is refused after a while, and never written down', async () => {
    const begin = performance.now()
    const wrong = ['--auth', 'PLAIN', '--auth-user', 'dora', '--auth-password', 'wrong-secret-7']
    const result = await swaks('submissions', ['--tlsc', ...wrong])
    expect(performance.now() - begin).toBeGreaterThan(1_900)
    expect(result.code).toBe(AUTH_FAILED)
    expect(result.stdout).toContain('<~* 535 5.7.8 Error: authentication failed: (reason unavailable)')
    const failure = await site.server.until('the failure is logged', () =>
      site.server.log.find(({ msg }) => msg === 'loginFailed'),
    )
    expect(failure).toMatchObject({ service: 'submission', method: 'PLAIN' })
    const log = JSON.stringify(site.server.log)
    expect(log).not.toContain('wrong-secret-7')
    expect(log).not.toContain(Buffer.from('\0dora\0wrong-secret-7').toString('base64'))
    expect(log).not.toContain(site.password('dora'))
  })
})

describe('LMTP', () => {
  test('[I2] answers for each recipient', async () => {
    const to = `${site.address('bob')},nobody@example.test,${site.address('carol')}`
    const result = await swaks('lmtp', ['--protocol', 'LMTP', '--to', to, '--body', 'By LMTP.'])
    const replies = said(result)
    expect(replies[0]).toBe('220 mail.example.test LMTP Mailwright')
    const end = replies.slice(replies.indexOf('354 End data with <CR><LF>.<CR><LF>') + 1)
    expect(end).toEqual([
      expect.stringMatching(/^250 2\.0\.0 <bob@example\.test> [0-9A-F]{12} Saved$/),
      expect.stringMatching(/^250 2\.0\.0 <carol@example\.test> [0-9A-F]{12} Saved$/),
      '221 2.0.0 Bye',
    ])
    const { stamp, message } = unstamped(await last('carol'))
    expect(stamp).toContain(' with LMTP id ')
    expect(message).toContain('By LMTP.')
  })

  test('[I2] EHLO is no greeting there', async () => {
    const result = await swaks('lmtp', ['--protocol', 'ESMTP'])
    expect(result.code).toBe(BANNER_OR_HELO_REFUSED)
  })
})

/** What the server said, line by line. */
function said({ stdout }: Finished): readonly string[] {
  return stdout.split('\n').flatMap((line) => /^<(?:-|~|\*\*|~\*) {1,2}(.*)$/.exec(line)?.[1]?.trimEnd() ?? [])
}

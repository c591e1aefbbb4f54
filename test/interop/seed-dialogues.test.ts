import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver } from '../support/dialogue.js'
import { type Finished, run } from '../support/run.js'
import type { ListenerName } from '../support/site.js'

/**
 * Dialogues that guides show people typing, said again word for word by nc and openssl s_client to the running server.
 * What the guides' servers answered is expected, but for names, numbers and capability lists.
 */
let site: Appliance

beforeAll(async () => {
  site = await Appliance.start({
    hostname: 'mailserver.local',
    domain: 'mailserver.local',
    users: ['vagrant', 'robin'],
  })
})
afterAll(() => site?.dispose())

/** Types lines into nc, all at once, and leaves. */
function nc(listener: ListenerName, lines: readonly string[]): Promise<Finished> {
  const args = ['-C', '-N', '-w', '20', '127.0.0.1', String(site.port(listener))]
  return run('nc', args, { input: lines.map((line) => `${line}\n`).join('') })
}

/** Types lines into s_client. `-quiet` keeps it from taking lines that begin with R or Q for itself. */
function sClient(args: readonly string[], listener: ListenerName, lines: readonly string[]): Promise<Finished> {
  const to = ['-connect', `127.0.0.1:${site.port(listener)}`, '-CAfile', site.certificate]
  return run('openssl', ['s_client', '-crlf', '-quiet', '-verify_return_error', ...to, ...args], {
    input: lines.map((line) => `${line}\n`).join(''),
  })
}

function answers({ stdout }: Finished): readonly string[] {
  return stdout.split('\r\n').slice(0, -1)
}

describe('nc', () => {
  test('[K7] [B4] [B8] mail typed in lower case, without brackets, without a blank line', async () => {
    const said = answers(
      await nc('smtp', [
        'ehlo mailserver.local',
        'mail from: username@example.com',
        'rcpt to: vagrant@mailserver.local',
        'data',
        'Subject: hello',
        'Greetings',
        '.',
      ]),
    )
    const ends = said.filter((line) => !line.startsWith('250-'))
    expect(ends).toEqual([
      '220 mailserver.local ESMTP Mailwright',
      expect.stringMatching(/^250 [0-9A-Z]+/),
      '250 2.1.0 Ok',
      '250 2.1.5 Ok',
      '354 End data with <CR><LF>.<CR><LF>',
      expect.stringMatching(/^250 2\.0\.0 Ok: queued as [0-9A-F]{12}$/),
    ])
  })

  test('[K7] [F4] [F10] [F11] and read over IMAP, with one tag used again', async () => {
    const { stdout } = await nc('imap', [
      `a login vagrant ${site.password('vagrant')}`,
      'b select inbox',
      'b UID SEARCH *',
      'a UID FETCH 1 (BODY.PEEK[1.MIME])',
      'a logout',
    ])
    expect(stdout).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 .*\] /)
    expect(stdout).toMatch(/\r\na OK \[CAPABILITY IMAP4rev1 .*\] Logged in\r\n/)
    expect(stdout).toContain(
      [
        '',
        String.raw`* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)`,
        String.raw`* OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] Flags permitted.`,
        '* 1 EXISTS',
        '* 1 RECENT',
        '* OK [UNSEEN 1] First unseen.',
        '',
      ].join('\r\n'),
    )
    expect(stdout).toMatch(/\r\n\* OK \[UIDVALIDITY \d+\] UIDs valid\r\n\* OK \[UIDNEXT 2\] Predicted next UID\r\n/)
    expect(stdout).toMatch(/\r\nb OK \[READ-WRITE\] Select completed/)
    expect(stdout).toContain('\r\n* SEARCH 1\r\nb OK Search completed')
    const [, size = '', header = ''] =
      /\r\n\* 1 FETCH \(UID 1 BODY\[1\.MIME\] \{(\d+)\}\r\n([\s\S]*)\)\r\na OK Fetch completed/.exec(stdout) ?? []
    expect(header).toHaveLength(Number(size))
    expect(header).toMatch(
      new RegExp(
        [
          '^Return-Path: <username@example\\.com>',
          'X-Original-To: vagrant@mailserver\\.local',
          'Delivered-To: vagrant@mailserver\\.local',
          'Received: from mailserver\\.local \\(unknown \\[127\\.0\\.0\\.1\\]\\)',
          '\\tby mailserver\\.local \\(Mailwright\\) with ESMTP id [0-9A-F]{12}',
          '\\tfor <vagrant@mailserver\\.local>; .* \\+0000 \\(UTC\\)',
          'Subject: hello',
          '',
          '$',
        ].join('\\r\\n'),
      ),
    )
    expect(stdout).toMatch(/\r\n\* BYE Logging out\r\na OK Logout completed[^\r\n]*\r\n$/)
  })

  test('[K7] [B5] EHLO, then HELO, and a connection that ends after the data', async () => {
    const said = answers(
      await nc('smtp', [
        'ehlo local.com',
        'HELO rhel1.local.com',
        'MAIL FROM: user2@rhel2.local.com',
        'RCPT TO: robin@mailserver.local',
        'DATA',
        'Subject: Manual Test',
        'My Message',
        '.',
      ]),
    )
    expect(said.slice(-5)).toEqual([
      '250 mailserver.local',
      '250 2.1.0 Ok',
      '250 2.1.5 Ok',
      '354 End data with <CR><LF>.<CR><LF>',
      expect.stringMatching(/^250 2\.0\.0 Ok: queued as /),
    ])
  })

  test('[K7] [F6] [F9] [F12] examined and fetched whole over IMAP', async () => {
    const { stdout } = await nc('imap', [
      `01 LOGIN robin ${site.password('robin')}`,
      '02 LIST "" "*"',
      '03 EXAMINE INBOX',
      '04 FETCH 1 BODY[]',
      '05 LOGOUT',
    ])
    expect(stdout).toContain('\r\n02 OK List completed')
    expect(stdout).toContain('\r\n* OK [PERMANENTFLAGS ()] Read-only mailbox.\r\n')
    expect(stdout).toContain('\r\n03 OK [READ-ONLY] Select completed')
    const [, size = '', message = ''] =
      /\r\n\* 1 FETCH \(BODY\[\] \{(\d+)\}\r\n([\s\S]*)\)\r\n04 OK Fetch completed/.exec(stdout) ?? []
    expect(message).toHaveLength(Number(size))
    expect(message).toMatch(/\r\nSubject: Manual Test\r\n\r\nMy Message\r\n$/)
    expect(stdout).toMatch(/\r\n\* BYE Logging out\r\n05 OK Logout completed/)
  })

  test('[K7] [B6] an unqualified recipient', async () => {
    const said = answers(
      await nc('smtp', [
        'ehlo usuario.com',
        'MAIL FROM: <usuario@usuario.com>',
        'RCPT TO: <robin>',
        'DATA',
        'Buenas',
        '\u00bfQu\u00e9 tal est\u00e1s?',
        '.',
        'QUIT',
      ]),
    )
    expect(said.slice(-5)).toEqual([
      '250 2.1.0 Ok',
      '250 2.1.5 Ok',
      '354 End data with <CR><LF>.<CR><LF>',
      expect.stringMatching(/^250 2\.0\.0 Ok: queued as /),
      '221 2.0.0 Bye',
    ])
  })
})

describe('openssl s_client', () => {
  test('[K7] [E13] POP3 by TLS', async () => {
    await deliver(site.port('smtp'), site.address('robin'), 'Subject: admin\r\n\r\nText\r\n')
    const said = answers(
      await sClient([], 'pop3s', ['USER robin', `PASS ${site.password('robin')}`, 'STAT', 'LIST', 'RETR 3', 'QUIT']),
    )
    expect(said.slice(0, 4)).toEqual([
      expect.stringMatching(/^\+OK /),
      expect.stringMatching(/^\+OK/),
      expect.stringMatching(/^\+OK maildrop has 3 messages/),
      expect.stringMatching(/^\+OK 3 \d+$/),
    ])
    expect(said.slice(-4)).toEqual(['', 'Text', '.', expect.stringMatching(/^\+OK /)])
  })

  test('[K7] [E13] IMAP by TLS', async () => {
    const { stdout } = await sClient([], 'imaps', [
      `1 LOGIN robin ${site.password('robin')}`,
      '2 LIST "" *',
      '3 LOGOUT',
    ])
    expect(stdout).toMatch(/\r\n1 OK \[CAPABILITY .*\] Logged in\r\n/)
    expect(stdout).toMatch(/\r\n\* LIST \(\\HasNoChildren\) "\/" INBOX\r\n/)
  })

  for (const [protocol, listener, lines, expected] of [
    ['smtp', 'smtp', ['EHLO again.example', 'QUIT'], /250-PIPELINING\r\n(?!.*STARTTLS)/s],
    ['imap', 'imap', ['a LOGIN robin secret-of-robin', 'b LOGOUT'], /^a OK .*Logged in/m],
    ['pop3', 'pop3', ['USER robin', 'PASS secret-of-robin', 'QUIT'], /^\+OK maildrop has /m],
  ] as const) {
    test(`[K7] -starttls ${protocol}`, async () => {
      const result = await sClient(['-starttls', protocol], listener, lines)
      expect(result.stdout).toMatch(expected)
      expect(result.code).toBe(0)
    })
  }

  test('[D9] TLS 1.2 and 1.3, and nothing older', async () => {
    for (const [version, isServed] of [
      ['-tls1_3', true],
      ['-tls1_2', true],
      ['-tls1_1', false],
    ] as const) {
      const result = await sClient([version, '-cipher', 'ALL:@SECLEVEL=0'], 'imaps', ['a LOGOUT'])
      expect(/BYE Logging out/.test(result.stdout), version).toBe(isServed)
    }
  })
})

describe('where passwords need TLS', () => {
  let strict: Appliance

  beforeAll(async () => {
    strict = await Appliance.start({
      plaintextAuth: 'never',
      users: ['robin'],
      listeners: ['imap', 'pop3', 'submission'],
    })
  })
  afterAll(() => strict?.dispose())

  test('[F13] LOGINDISABLED, then STARTTLS, then LOGIN', async () => {
    const port = String(strict.port('imap'))
    const plain = await run('nc', ['-C', '-N', '-w', '20', '127.0.0.1', port], {
      input: 'a1 LOGIN robin robin\na2 LOGOUT\n',
    })
    expect(plain.stdout).toMatch(/^\* OK \[CAPABILITY [^\]]*\bSTARTTLS\b[^\]]*\bLOGINDISABLED\b[^\]]*\] /)
    expect(plain.stdout).not.toContain('AUTH=PLAIN')
    expect(plain.stdout).toContain(
      '\r\n* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS\r\n' +
        'a1 NO [PRIVACYREQUIRED] Plaintext authentication disallowed',
    )
    const secured = await run(
      'openssl',
      ['s_client', '-crlf', '-quiet', '-starttls', 'imap', '-connect', `127.0.0.1:${port}`],
      { input: 'a2 CAPABILITY\na3 LOGIN robin secret-of-robin\na4 LOGOUT\n' },
    )
    expect(secured.stdout).toMatch(/\* CAPABILITY (?!.*LOGINDISABLED).*\bAUTH=PLAIN\b/)
    expect(secured.stdout).toMatch(/\r\na3 OK .*Logged in/s)
  })

  test('[G2] [E3] POP3 and submission hide their logins until TLS', async () => {
    const say = async (listener: ListenerName, input: string): Promise<string> =>
      (await run('nc', ['-C', '-N', '-w', '20', '127.0.0.1', String(strict.port(listener))], { input })).stdout
    const pop3 = await say('pop3', 'CAPA\nUSER robin\nQUIT\n')
    expect(pop3).not.toMatch(/\r\nUSER\r\n/)
    expect(pop3).toContain('\r\nSTLS\r\n')
    expect(pop3).toMatch(/\r\n\.\r\n-ERR /)
    const submission = await say('submission', 'EHLO x\nAUTH PLAIN AHJvYmluAHJvYmlu\nQUIT\n')
    expect(submission).not.toMatch(/^250[- ]AUTH/m)
    expect(submission).toMatch(/^5\d\d 5\.7\.11 /m)
  })
})

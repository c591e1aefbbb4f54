import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver } from '../support/dialogue.js'
import { note, unstamped } from '../support/messages.js'
import { type Finished, type RunOptions, run, succeed } from '../support/run.js'
import { stored, storedMailboxes } from '../support/stored.js'
import { STORES } from '../support/stores.js'
import { Tap } from '../support/tap.js'
import { eventually } from '../support/wait.js'

const USERS = ['sends', 'reads', 'flags', 'appends', 'secret', 'drops', 'pops', 'apops'] as const
type User = (typeof USERS)[number]

const QUIET = ['--silent', '--show-error', '--max-time', '20']

/** curl 7.88 and up as a client of all three protocols, each in clear text, by STARTTLS and by TLS. */
describe.each(STORES)('curl, %s', (_, wishes) => {
  let site: Appliance

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: USERS })
  })
  afterAll(() => site?.dispose())

  function curl(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return succeed('curl', [...QUIET, '--cacert', site.certificate, ...args], options)
  }

  function as(user: User): readonly string[] {
    return ['--user', `${user}:${site.password(user)}`]
  }

  function url(listener: Parameters<Appliance['port']>[0], path: string): string {
    const scheme = listener === 'submissions' ? 'smtps' : listener === 'submission' ? 'smtp' : listener
    return `${scheme}://127.0.0.1:${site.port(listener)}/${path}`
  }

  function envelope(user: User): readonly string[] {
    return ['--mail-from', 'sender@example.org', '--mail-rcpt', site.address(user), '--upload-file', '-']
  }

  /** The user's message of this number, by curl itself. */
  async function fetched(user: User, number: number): Promise<string> {
    const { output } = await curl([`${url('imap', 'INBOX')};MAILINDEX=${number}`, ...as(user)])
    return output.toString('latin1')
  }

  describe('smtp', () => {
    test('sends in clear text', async () => {
      const message = note('clear text')
      await curl([url('smtp', 'client.example.org'), ...envelope('sends')], { input: message })
      const stored = unstamped(await fetched('sends', 1))
      expect(stored.message).toBe(message)
      expect(stored.stamp).toMatch(/^Received: from client\.example\.org \(unknown \[127\.0\.0\.1\]\)\r\n/m)
      expect(stored.stamp).toMatch(/\(Mailwright\) with ESMTP id [0-9A-F]{12}\r\n/)
    })

    test('[D1] sends by STARTTLS, and the trace says so', async () => {
      const message = note('starttls')
      await curl([url('smtp', 'x'), '--ssl-reqd', ...envelope('sends')], { input: message })
      const stored = unstamped(await fetched('sends', 2))
      expect(stored.message).toBe(message)
      expect(stored.stamp).toMatch(
        /\(using TLSv1\.3 with cipher TLS_\w+ \((128\/128|256\/256) bits\)\)\r\n\t\(No client certificate requested\)\r\n/,
      )
      expect(stored.stamp).toMatch(/ with ESMTPS id /)
    })

    test('[D1] sends by TLS after a login', async () => {
      const message = note('smtps', 'A line\r\n.\r\n..two dots\r\n')
      await curl([url('submissions', 'x'), ...as('sends'), ...envelope('sends')], { input: message })
      const stored = unstamped(await fetched('sends', 3))
      expect(stored.message).toBe(message)
      expect(stored.stamp).toMatch(/ with ESMTPSA id /)
    })

    test('[D10] does not trust a certificate it does not know, and works with -k', async () => {
      const args = [...QUIET, url('submissions', 'x'), ...as('sends'), ...envelope('sends')]
      expect(await run('curl', args, { input: note('distrust') })).toMatchObject({ code: 60 })
      await succeed('curl', ['-k', ...args], { input: note('trust') })
      expect(await fetched('sends', 4)).toContain('Subject: trust\r\n')
    })

    for (const mechanism of ['PLAIN', 'LOGIN']) {
      test(`[E1] logs in by AUTH ${mechanism}`, async () => {
        const login = ['--login-options', `AUTH=${mechanism}`, ...as('sends')]
        const { stderr } = await curl(
          [url('submission', 'x'), '--ssl-reqd', '--verbose', ...login, ...envelope('sends')],
          { input: note(mechanism) },
        )
        expect(stderr).toContain(`> AUTH ${mechanism}`)
        expect(stderr).toContain('< 235 2.7.0 Authentication successful')
      })
    }

    test('is refused an unknown user', async () => {
      const args = ['--mail-from', 'a@example.org', '--mail-rcpt', site.address('nobody'), '--upload-file', '-']
      const result = await run('curl', [...QUIET, '--verbose', url('smtp', 'x'), ...args], { input: note('lost') })
      expect(result.code).toBe(55)
      expect(result.stderr).toMatch(/< 550 5\.1\.1 <nobody@example\.test>/)
    })

    test('[B12] VRFY does not tell who exists', async () => {
      const { stdout } = await curl([url('smtp', 'x'), '--mail-rcpt', 'alice'])
      expect(stdout).toMatch(/^252 /)
    })
  })

  describe('imap', () => {
    const first = note('first words', 'Some shadows.\r\n')
    const second = note('second words', 'Some light.\r\n')

    beforeAll(async () => {
      for (const user of ['reads', 'flags', 'secret'] as const) {
        for (const message of [first, second]) await deliver(site.port('smtp'), site.address(user), message)
      }
    })

    test('[F19] lists mailboxes', async () => {
      const { stdout } = await curl([url('imap', ''), ...as('reads')])
      const lines = stdout.trimEnd().split('\r\n').sort()
      expect(lines).toEqual([
        String.raw`* LIST (\HasNoChildren \Drafts) "/" Drafts`,
        String.raw`* LIST (\HasNoChildren \Junk) "/" Junk`,
        String.raw`* LIST (\HasNoChildren \Sent) "/" Sent`,
        String.raw`* LIST (\HasNoChildren \Trash) "/" Trash`,
        String.raw`* LIST (\HasNoChildren) "/" INBOX`,
      ])
    })

    test('[F19] fetches by number and by UID', async () => {
      expect(unstamped(await fetched('reads', 1)).message).toBe(first)
      const { output } = await curl([`${url('imap', 'INBOX')};UID=2`, ...as('reads')])
      expect(unstamped(output.toString('latin1')).message).toBe(second)
    })

    test('[F19] fetches a section', async () => {
      const { stdout } = await curl([`${url('imap', 'INBOX')};UID=2;SECTION=TEXT`, ...as('reads')])
      expect(stdout).toBe('Some light.\r\n')
      const { stdout: subject } = await curl([
        `${url('imap', 'INBOX')};UID=1;SECTION=HEADER.FIELDS%20(SUBJECT)`,
        ...as('reads'),
      ])
      expect(subject).toBe('Subject: first words\r\n\r\n')
    })

    test('[F19] searches', async () => {
      const found = async (query: string): Promise<string> =>
        (await curl([`${url('imap', 'INBOX')}?${query}`, ...as('reads')])).stdout
      expect(await found('TEXT%20shadows')).toBe('* SEARCH 1\r\n')
      expect(await found('SUBJECT%20words')).toBe('* SEARCH 1 2\r\n')
      expect(await found('SUBJECT%20none')).toBe('* SEARCH\r\n')
    })

    test('[F19] says any command', async () => {
      const say = async (command: string): Promise<string> =>
        (await curl([url('imap', 'INBOX'), '--request', command, ...as('flags')])).stdout
      expect(await say(String.raw`STORE 1 +FLAGS (\Flagged work)`)).toMatch(/^\* 1 FETCH \(FLAGS \(\\Flagged work\b/)
      expect(await say('FETCH 1:2 (UID FLAGS)')).toBe(
        `${String.raw`* 1 FETCH (UID 1 FLAGS (\Flagged work))`}\r\n* 2 FETCH (UID 2 FLAGS ())\r\n`,
      )
      expect(await say(String.raw`STORE 1 +FLAGS.SILENT \Deleted`)).toBe('')
      expect(await say('EXPUNGE')).toContain('* 1 EXPUNGE\r\n')
      expect(await say('UID SEARCH ALL')).toBe('* SEARCH 2\r\n')
    })

    test('[F6] examines without leaving a trace', async () => {
      const { stdout } = await curl([url('imap', ''), '--request', 'EXAMINE INBOX', ...as('secret')])
      expect(stdout).toContain('* OK [PERMANENTFLAGS ()]')
      expect(stdout).toContain('* 2 EXISTS\r\n')
    })

    test('[F15] [F19] appends what it uploads', async () => {
      const message = note('kept')
      const file = join(site.folder, 'kept.eml')
      writeFileSync(file, message)
      await curl([url('imap', 'Sent'), '--upload-file', file, ...as('appends')])
      const { stdout } = await curl([`${url('imap', 'Sent')};MAILINDEX=1`, ...as('appends')])
      expect(stdout).toBe(message)
      // curl says what flags it gives.
      const [kept] = await stored(site, 'appends', 'Sent')
      expect(kept).toMatchObject({ subject: 'kept', flags: ['\\Seen'], message })
    })

    test('[F19] fetches a range, and only from the mailbox that it means', async () => {
      const whole = await fetched('reads', 1)
      const inbox = url('imap', 'INBOX')
      const { stdout: range } = await curl([`${inbox};UID=1;PARTIAL=10.20`, ...as('reads')])
      expect(range).toBe(whole.slice(10, 30))
      const { stdout: status } = await curl([url('imap', ''), '-X', 'STATUS INBOX (UIDVALIDITY)', ...as('reads')])
      const validity = Number(/UIDVALIDITY (\d+)/.exec(status)?.[1])
      const { stdout } = await curl([`${inbox};UIDVALIDITY=${validity};UID=1`, ...as('reads')])
      expect(stdout).toBe(whole)
      const other = await run('curl', [...QUIET, `${inbox};UIDVALIDITY=${validity + 1};UID=1`, ...as('reads')])
      expect(other).toMatchObject({ code: 78, stdout: '' })
    })

    test('[F9] [F19] says the macros of FETCH', async () => {
      const say = async (what: string): Promise<string> =>
        (await curl([url('imap', 'INBOX'), '--request', `FETCH 1 ${what}`, ...as('secret')])).stdout
      const fast = String.raw`FLAGS \(.*\) INTERNALDATE ".{26}" RFC822\.SIZE \d+`
      const envelope = String.raw`ENVELOPE \("Fri, 21 Nov 2025 10:00:00 \+0000" "first words" .* "<first-words@example\.org>"\)`
      const body = String.raw`BODY \("text" "plain" .* 15 1\)`
      expect(await say('FAST')).toMatch(new RegExp(String.raw`^\* 1 FETCH \(${fast}\)\r\n$`))
      expect(await say('all')).toMatch(new RegExp(String.raw`^\* 1 FETCH \(${fast} ${envelope}\)\r\n$`))
      expect(await say('FULL')).toMatch(new RegExp(String.raw`^\* 1 FETCH \(${fast} ${envelope} ${body}\)\r\n$`))
    })

    test('[F3] is told capabilities before and after it logs in', async () => {
      const { stderr } = await curl(['--verbose', url('imap', ''), '--request', 'NOOP', ...as('reads')])
      const lines = stderr.split(/\r?\n/).filter((line) => /^[<>] /.test(line))
      expect(lines.slice(0, 4)).toEqual([
        expect.stringMatching(/^< \* OK \[CAPABILITY IMAP4rev1 .*\bAUTH=PLAIN\b.*\] /),
        '> A001 CAPABILITY',
        expect.stringMatching(/^< \* CAPABILITY IMAP4rev1 .*\bAUTH=PLAIN\b/),
        '< A001 OK Pre-login capabilities listed, post-login capabilities have more.',
      ])
      expect(lines).toContainEqual(expect.stringMatching(/^< \* CAPABILITY (?!.*AUTH=).*\bUIDPLUS\b/))
    })

    test('[F12] says goodbye, and is answered', async () => {
      const tap = await Tap.open(site.port('imap'))
      await curl([`imap://127.0.0.1:${tap.port}/`, '--request', 'NOOP', ...as('reads')])
      expect(tap.commands.at(-1)).toBe('LOGOUT')
      const left = await eventually(10_000, 'the server says goodbye', () => /\* BYE.*$/s.exec(tap.answers)?.[0])
      expect(left).toMatch(/^\* BYE Logging out\r\nA\d+ OK Logout completed\.\r\n$/)
      await tap.close()
    })

    test('[F8] makes, renames, subscribes and deletes mailboxes', async () => {
      const say = async (command: string): Promise<string> =>
        (await curl([url('imap', ''), '--request', command, ...as('appends')])).stdout
      for (const command of ['CREATE a', 'CREATE a/b', 'SUBSCRIBE a/b', 'RENAME a c', 'CREATE d', 'DELETE d']) {
        expect(await say(command)).not.toMatch(/NO|BAD/)
      }
      expect(await storedMailboxes(site, 'appends')).toEqual(['Drafts', 'INBOX', 'Junk', 'Sent', 'Trash', 'c', 'c/b'])
      expect(await say('LSUB "" "*"')).toMatch(/^\* LSUB \([^)]*\) "\/" a\/b\r$/m)
      for (const command of ['CREATE INBOX', 'DELETE INBOX', 'DELETE nowhere']) {
        const refused = await run('curl', [...QUIET, url('imap', ''), '--request', command, ...as('appends')])
        expect(refused.code, command).toBe(21)
      }
    })

    test('[F19] is refused a wrong password and a message that does not exist', async () => {
      const wrong = await run('curl', [...QUIET, url('imap', 'INBOX'), '--user', 'reads:wrong'])
      expect(wrong.code).toBe(67)
      const gone = await run('curl', [...QUIET, `${url('imap', 'INBOX')};UID=99`, ...as('reads')])
      expect(gone).toMatchObject({ code: 78, stdout: '' })
    })

    test('is told of a mailbox that does not exist', async () => {
      const result = await run('curl', [...QUIET, '--verbose', `${url('imap', 'Nowhere')};UID=1`, ...as('reads')])
      expect(result.code).not.toBe(0)
      expect(result.stderr).toMatch(/< A\d+ NO \[NONEXISTENT\] /)
    })

    for (const [name, listener, args] of [
      ['by STARTTLS', 'imap', ['--ssl-reqd']],
      ['by TLS', 'imaps', []],
    ] as const) {
      test(`[F19] reads ${name}`, async () => {
        const { stdout } = await curl([...args, `${url(listener, 'INBOX')};UID=1`, ...as('secret')])
        expect(unstamped(stdout).message).toBe(first)
      })
    }

    for (const mechanism of ['PLAIN', 'LOGIN']) {
      test(`[E1] logs in by AUTHENTICATE ${mechanism}`, async () => {
        const args = ['--verbose', '--login-options', `AUTH=${mechanism}`, '--request', 'STATUS INBOX (MESSAGES)']
        const { stdout, stderr } = await curl([...args, url('imaps', ''), ...as('reads')])
        expect(stderr).toMatch(new RegExp(`> A\\d+ AUTHENTICATE ${mechanism}`))
        expect(stdout).toBe('* STATUS INBOX (MESSAGES 2)\r\n')
      })
    }
  })

  describe('pop3', () => {
    const first = note('one', 'First.\r\n.dotted\r\n')
    const second = note('two', 'Second.\r\n')

    beforeAll(async () => {
      for (const user of ['drops', 'pops', 'apops'] as const) {
        for (const message of [first, second]) await deliver(site.port('smtp'), site.address(user), message)
      }
    })

    for (const [name, listener, args] of [
      ['in clear text', 'pop3', []],
      ['by STLS', 'pop3', ['--ssl-reqd']],
      ['by TLS', 'pop3s', []],
    ] as const) {
      test(`[G6] lists and retrieves ${name}`, async () => {
        const list = await curl([...args, url(listener, ''), ...as('pops')])
        expect(list.stdout).toMatch(/^1 \d+\r\n2 \d+\r\n$/)
        const { output } = await curl([...args, url(listener, '1'), ...as('pops')])
        expect(unstamped(output.toString('latin1')).message).toBe(first)
      })
    }

    test('[G1] unique ids and tops', async () => {
      const ids = await curl([url('pop3', ''), '--request', 'UIDL', ...as('pops')])
      expect(ids.stdout).toMatch(/^1 [0-9a-f]{16}\r\n2 [0-9a-f]{16}\r\n$/)
      const top = await curl([url('pop3', ''), '--request', 'TOP 2 0', ...as('pops')])
      expect(top.stdout).toMatch(/^Return-Path: .*\r\nSubject: two\r\n.*\r\n\r\n$/s)
    })

    test('[G5] deletes', async () => {
      await curl([url('pop3', '1'), '--request', 'DELE', '--head', ...as('drops')])
      const list = await curl([url('pop3', ''), ...as('drops')])
      expect(list.stdout).toMatch(/^1 \d+\r\n$/)
      const { stdout } = await curl([url('pop3', '1'), ...as('drops')])
      expect(unstamped(stdout).message).toBe(second)
    })

    for (const [login, said] of [
      ['+APOP', '> APOP apops '],
      ['PLAIN', '> AUTH PLAIN'],
    ] as const) {
      test(`[E12] logs in by ${said.slice(2).trim()}`, async () => {
        const args = ['--verbose', '--login-options', `AUTH=${login}`]
        const { stderr, stdout } = await curl([...args, url('pop3', ''), ...as('apops')])
        expect(stderr).toContain(said)
        expect(stdout).toMatch(/^1 \d+\r\n2 \d+\r\n$/)
      })
    }
  })
})

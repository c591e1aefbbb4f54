import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver, imap, imapSession } from '../support/dialogue.js'
import { note, unstamped } from '../support/messages.js'
import { type Finished, type RunOptions, run } from '../support/run.js'
import { Wire } from '../support/wire.js'

/** Programs people read their mail with, used as people use them: mbsync, fetchmail and mutt, all with their own ideas of IMAP. */
let site: Appliance
/** The home of whoever runs them. */
let home: string

/** Mail of several kinds; what a message is comes back by its subject. */
const MAIL: ReadonlyMap<string, string> = new Map([
  ['plain', note('plain')],
  ['dots', note('dots', '.\r\n..\r\n.x\r\n')],
  ['eight bits', note('eight bits', 'Gr\xc3\xbc\xc3\x9fe\r\n')],
  ['large', note('large', `${'0123456789abcde\r\n'.repeat(20_000)}`)],
  // mbsync never fetches a message whose header does not end.
  ['only a header', note('only a header').slice(0, -'\r\nIt works.\r\n'.length)],
])
const SUBJECTS = [...MAIL.keys()]

beforeAll(async () => {
  const users = ['syncs', 'pops', 'popped', 'flushes', 'lmtped', 'mutt', 'pal']
  site = await Appliance.start({ users })
  home = mkdtempSync(join(tmpdir(), 'mailwright-home-'))
  for (const user of ['syncs', 'pops', 'flushes', 'mutt']) {
    for (const message of MAIL.values()) {
      expect(await deliver(site.port('smtp'), site.address(user), message)).toMatch(/^250 /)
    }
  }
})
afterAll(async () => {
  await site?.dispose()
  if (home !== undefined) rmSync(home, { recursive: true, force: true })
})

/** Runs a program at home. */
function atHome(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { PATH } = process.env
  return run(command, args, { env: { PATH, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm' }, cwd: home, ...options })
}

/** Writes a program's configuration, which holds a password. @returns its path. */
function configuration(name: string, lines: readonly string[]): string {
  const path = join(home, name)
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
  return path
}

/** What IMAP says of all messages of a mailbox, `* 1 FETCH (…)` each. */
async function fetched(user: string, mailbox: string, items: string): Promise<readonly string[]> {
  const wire = await imapSession(site.port('imap'), user, site.password(user))
  try {
    await imap(wire, `e EXAMINE ${mailbox}`)
    const responses = await imap(wire, `f UID FETCH 1:* (${items})`)
    return responses.filter((response) => / FETCH \(/.test(response))
  } finally {
    wire.destroy()
  }
}

/** Flags of all messages of a mailbox by subject. */
async function flags(user: string, mailbox = 'INBOX'): Promise<{ readonly [subject: string]: string }> {
  const found = await fetched(user, mailbox, 'FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)]')
  return Object.fromEntries(
    found.map((response) => [
      /^Subject: (.*)\r$/m.exec(response)?.[1],
      /FLAGS \(([^)]*)\)/.exec(response)?.[1]?.replace(/ ?\\Recent/, ''),
    ]),
  )
}

/** Messages of a user's INBOX as octets, without what delivery put before them. */
async function delivered(user: string): Promise<readonly string[]> {
  const responses = await fetched(user, 'INBOX', 'BODY.PEEK[]')
  return responses.map((response) => unstamped(/\{\d+\}\r\n([\s\S]*)\)$/.exec(response)?.[1] ?? '').message)
}

describe('mbsync', () => {
  /** A Maildir of mbsync's: each message's file by its subject. */
  function local(mailbox: string): ReadonlyMap<string, string> {
    const files = ['new', 'cur'].flatMap((part) => {
      const folder = join(home, 'mail', mailbox, part)
      return readdirSync(folder).map((name) => join(folder, name))
    })
    return new Map(files.map((file) => [/^Subject: (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '', file]))
  }

  /** Gives a message other flags, as Maildir has them. */
  function mark(subject: string, letters: string): void {
    const file = local('INBOX').get(subject) ?? ''
    const name = file.slice(file.lastIndexOf('/') + 1).replace(/:2,.*$/, '')
    renameSync(file, join(home, 'mail', 'INBOX', 'cur', `${name}:2,${letters}`))
  }

  /** Synchronises all mailboxes, both ways. @returns the commands that mbsync sent. */
  async function sync(): Promise<readonly string[]> {
    const config = configuration('mbsyncrc', [
      'IMAPStore far',
      'Host localhost',
      `Port ${site.port('imaps')}`,
      'User syncs',
      `Pass ${site.password('syncs')}`,
      'SSLType IMAPS',
      `CertificateFile ${site.certificate}`,
      '',
      'MaildirStore near',
      `Path ${home}/mail/`,
      `Inbox ${home}/mail/INBOX`,
      'SubFolders Verbatim',
      '',
      'Channel mail',
      'Far :far:',
      'Near :near:',
      'Patterns *',
      'Create Both',
      'Expunge Both',
      'SyncState *',
    ])
    const { code, stdout, stderr } = await atHome('mbsync', ['-c', config, '-Dn', 'mail'])
    expect({ code, complaints: stderr.split('\n').filter((line) => /warning|error/i.test(line)) }).toEqual({
      code: 0,
      complaints: [],
    })
    return [...stdout.matchAll(/>>> \d+ (.*)/g)].map(([, command = '']) => command)
  }

  const TRANSFERS = /APPEND|STORE|COPY|MOVE|EXPUNGE|BODY/

  test('[F14] brings everything, and nothing the second time', async () => {
    mkdirSync(join(home, 'mail'))
    expect((await sync()).filter((command) => command.includes('BODY'))).toHaveLength(SUBJECTS.length)
    expect([...local('INBOX').keys()].sort()).toEqual([...SUBJECTS].sort())
    for (const [subject, file] of local('INBOX')) {
      // It names what it brought in a field of its own, and keeps LF.
      const { message } = unstamped(readFileSync(file, 'latin1').replace(/^X-TUID: .*\n/m, ''))
      const sent = MAIL.get(subject)?.replaceAll('\r\n', '\n')
      expect(message).toBe(subject === 'only a header' ? `${sent}\n` : sent)
    }
    const again = await sync()
    expect(again).toContain('SELECT "INBOX"')
    expect(again.filter((command) => TRANSFERS.test(command))).toEqual([])
  })

  test('[F14] carries flags, new mail, deletions and mailboxes both ways', async () => {
    mark('plain', 'FRS')
    unlinkSync(local('INBOX').get('dots') ?? '')
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(home, 'mail', 'Work', part), { recursive: true })
    writeFileSync(join(home, 'mail', 'Work', 'cur', '1.a.home:2,S'), note('from home').replaceAll('\r\n', '\n'))
    const wire = await imapSession(site.port('imap'), 'syncs', site.password('syncs'))
    await imap(wire, 's SELECT INBOX')
    await imap(wire, 'f STORE 3 +FLAGS.SILENT (\\Flagged)')
    await imap(wire, 'd STORE 4 +FLAGS.SILENT (\\Deleted)')
    await imap(wire, 'x EXPUNGE')
    wire.destroy()

    await sync()
    expect(await flags('syncs')).toEqual({
      plain: '\\Answered \\Flagged \\Seen',
      'eight bits': '\\Flagged',
      'only a header': '',
    })
    expect(await flags('syncs', 'Work')).toEqual({ 'from home': '\\Seen' })
    expect([...local('INBOX').keys()].sort()).toEqual(['eight bits', 'only a header', 'plain'])
    expect(local('INBOX').get('eight bits')).toMatch(/:2,F$/)
    expect((await sync()).filter((command) => TRANSFERS.test(command))).toEqual([])
  })
})

describe('fetchmail', () => {
  const NO_MAIL = 1

  async function fetchmail(name: string, lines: readonly string[]): Promise<Finished> {
    const trust = `sslcertfile ${site.certificate} sslcommonname mail.example.test`
    const config = configuration(name, ['set no bouncemail', 'set invisible', ...lines, 'no rewrite', trust])
    return atHome('fetchmail', ['--nodetach', '--nosyslog', '-f', config, '-i', join(home, `${name}.ids`)])
  }

  test('[G4] [G5] brings mail by POP3 with STLS, each message once, and leaves it there', async () => {
    const config = [
      `poll 127.0.0.1 service ${site.port('pop3')} protocol pop3 uidl`,
      `user pops password ${site.password('pops')} is ${site.address('popped')} here keep sslproto tls1.2+`,
      `smtphost 127.0.0.1/${site.port('smtp')} smtpaddress example.test`,
    ]
    expect(await fetchmail('pop3', config)).toMatchObject({ code: 0 })
    expect(await fetchmail('pop3', config)).toMatchObject({ code: NO_MAIL })
    expect(await brought('popped')).toEqual(SUBJECTS)
    expect(Object.keys(await flags('pops'))).toEqual(SUBJECTS)
  })

  test('[I2] hands mail from IMAP on to LMTP, and leaves nothing behind', async () => {
    const config = [
      `poll localhost service ${site.port('imaps')} protocol imap`,
      `user flushes password ${site.password('flushes')} is ${site.address('lmtped')} here nokeep ssl`,
      `lmtp smtphost 127.0.0.1/${site.port('lmtp')} smtpaddress example.test`,
    ]
    expect(await fetchmail('imap', config)).toMatchObject({ code: 0 })
    expect(await brought('lmtped')).toEqual(SUBJECTS)
    expect(await flags('flushes')).toEqual({})
  })

  /** Subjects of what fetchmail brought, whole: below trace fields of its first delivery stands what was sent. */
  async function brought(user: string): Promise<readonly string[]> {
    return (await delivered(user)).map((message) => {
      const [subject = '', sent = ''] = [...MAIL].find(([name]) => message.includes(`\r\nSubject: ${name}\r\n`)) ?? []
      const whole = subject === 'only a header' ? `${sent}\r\n` : sent
      expect(message.slice(message.indexOf('From: '))).toBe(whole)
      return subject
    })
  }
})

describe('mutt', () => {
  const IN_TERMINAL = fileURLToPath(new URL('python/in_terminal.py', import.meta.url))

  function muttrc(): string {
    const server = `imaps://mutt@localhost:${site.port('imaps')}/`
    return configuration('muttrc', [
      `set folder="${server}" spoolfile="${server}INBOX" record="=Sent" trash="=Trash" postponed="=Drafts"`,
      `set imap_user=mutt imap_pass=${site.password('mutt')} imap_idle=yes`,
      `set certificate_file="${site.certificate}" ssl_starttls=yes ssl_force_tls=yes`,
      `set smtp_url="smtp://mutt@localhost:${site.port('submission')}/" smtp_pass=${site.password('mutt')}`,
      `set from="${site.address('mutt')}" realname="Mütt" hostname=example.test send_charset=utf-8`,
      'set quit=yes delete=yes move=no confirmappend=no confirmcreate=no wait_key=no sleep_time=0 mark_old=no',
    ])
  }

  test('[F18] reads, flags, deletes to the trash and saves to a new mailbox', async () => {
    const at = (subject: string): string => `<limit><kill-line>~s "${subject}"<enter>`
    const keys = [
      `${at('plain')}<display-message><exit>`,
      `${at('eight bits')}<flag-message>`,
      `${at('dots')}<delete-message>`,
      `${at('large')}<save-message><kill-line>=Kept<enter>`,
      '<limit><kill-line>all<enter><sync-mailbox><quit>',
    ]
    const mutt = ['mutt', '-n', '-F', muttrc(), '-e', `push '${keys.join('')}'`]
    const { code, stdout } = await atHome('python3', ['-B', IN_TERMINAL, ...mutt])
    expect(code, stdout).toBe(0)
    expect(await flags('mutt')).toEqual({ plain: '\\Seen', 'eight bits': '\\Flagged', 'only a header': '' })
    expect(Object.keys(await flags('mutt', 'Trash'))).toEqual(['dots'])
    expect(Object.keys(await flags('mutt', 'Kept'))).toEqual(['large'])
  })

  test('[F15] sends by submission, and keeps a copy in Sent', async () => {
    const args = ['-n', '-F', muttrc(), '-s', 'Grüße', '--', site.address('pal')]
    expect(await atHome('mutt', args, { input: 'Hällo\n' })).toMatchObject({ code: 0 })
    const [message = ''] = await delivered('pal')
    expect(message).toMatch(/^Subject: =\?utf-8\?B\?R3LDvMOfZQ==\?=\r$/m)
    expect(message).toMatch(/\r\n\r\nH\xc3\xa4llo\r\n$/)
    const [copy = ''] = await fetched('mutt', 'Sent', 'FLAGS BODY.PEEK[TEXT]')
    expect(copy).toMatch(/FLAGS \([^)]*\\Seen/)
    expect(copy).toMatch(/H\xc3\xa4llo\r\n\)$/)
  })
})

describe('s-nail and other clients that prefer APOP to a password', () => {
  test('[E12] are offered it only where some user could log in by it', async () => {
    const others = await Appliance.start({ listeners: ['pop3'] })
    try {
      const greeting = async (port: number): Promise<string> => {
        const wire = await Wire.open(port)
        const line = await wire.line()
        wire.destroy()
        return line
      }
      // Alice's password is hashed; the other site's users have theirs in clear text.
      expect(await greeting(others.port('pop3'))).toBe('+OK POP3 server ready')
      expect(await greeting(site.port('pop3'))).toMatch(/^\+OK POP3 server ready <\S+@mail\.example\.test>$/)
    } finally {
      await others.dispose()
    }
  })
})

import { mkdirSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapSession } from '../support/dialogue.js'
import { Home } from '../support/home.js'
import { deliverMail, MAIL, SUBJECTS } from '../support/mail.js'
import { note, unstamped } from '../support/messages.js'
import { stored, storedFlags, storedMailboxes } from '../support/stored.js'
import { STORES } from '../support/stores.js'

/** mbsync keeps a Maildir and an IMAP server alike, and finds out whether anything changed. */
describe.each(STORES)('mbsync, %s', (_, wishes) => {
  let site: Appliance
  let home: Home

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: ['syncs'] })
    home = new Home()
    mkdirSync(home.path('mail'))
    await deliverMail(site, 'syncs')
  })
  afterAll(async () => {
    await site?.dispose()
    home?.dispose()
  })

  /** A Maildir of mbsync's: each message's file by its subject. */
  function local(mailbox: string): ReadonlyMap<string, string> {
    const files = ['new', 'cur'].flatMap((part) => {
      const folder = home.path('mail', mailbox, part)
      return readdirSync(folder).map((name) => join(folder, name))
    })
    return new Map(files.map((file) => [/^Subject: (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '', file]))
  }

  /** Gives a message other flags, as Maildir has them. */
  function mark(subject: string, letters: string): void {
    const file = local('INBOX').get(subject) ?? ''
    const name = file.slice(file.lastIndexOf('/') + 1).replace(/:2,.*$/, '')
    renameSync(file, home.path('mail', 'INBOX', 'cur', `${name}:2,${letters}`))
  }

  /** Synchronises all mailboxes, both ways. @returns the commands that mbsync sent. */
  async function sync(): Promise<readonly string[]> {
    const config = home.configuration('mbsyncrc', [
      'IMAPStore far',
      'Host localhost',
      `Port ${site.port('imaps')}`,
      'User syncs',
      `Pass ${site.password('syncs')}`,
      'SSLType IMAPS',
      `CertificateFile ${site.certificate}`,
      '',
      'MaildirStore near',
      `Path ${home.folder}/mail/`,
      `Inbox ${home.folder}/mail/INBOX`,
      'SubFolders Verbatim',
      '',
      'Channel mail',
      'Far :far:',
      'Near :near:',
      'Patterns *',
      'Create Both',
      'Remove Both',
      'Expunge Both',
      'SyncState *',
    ])
    const { code, stdout, stderr } = await home.run('mbsync', ['-c', config, '-Dn', 'mail'])
    expect({ code, complaints: stderr.split('\n').filter((line) => /warning|error/i.test(line)) }).toEqual({
      code: 0,
      complaints: [],
    })
    return [...stdout.matchAll(/>>> \d+ (.*)/g)].map(([, command = '']) => command)
  }

  /** What neither side has to be told when both are alike. */
  const TRANSFERS = /APPEND|STORE|COPY|MOVE|EXPUNGE|BODY/

  test('[F14] brings everything, and nothing the second time', async () => {
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
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(home.path('mail', 'Work', part), { recursive: true })
    writeFileSync(home.path('mail', 'Work', 'cur', '1.a.home:2,S'), note('from home').replaceAll('\r\n', '\n'))
    const wire = await imapSession(site.port('imap'), 'syncs', site.password('syncs'))
    await imap(wire, 's SELECT INBOX')
    await imap(wire, 'f STORE 3 +FLAGS.SILENT (\\Flagged)')
    await imap(wire, 'd STORE 4 +FLAGS.SILENT (\\Deleted)')
    await imap(wire, 'x EXPUNGE')
    await imap(wire, 'c CREATE Projects/Far')
    wire.destroy()

    await sync()
    expect(await storedFlags(site, 'syncs')).toEqual({
      plain: '\\Answered \\Flagged \\Seen',
      'eight bits': '\\Flagged',
      'only a header': '',
    })
    const [sent] = await stored(site, 'syncs', 'Work')
    expect(sent).toMatchObject({ subject: 'from home', flags: ['\\Seen'] })
    expect(sent?.message.replace(/^X-TUID: .*\r\n/m, '')).toBe(note('from home'))
    expect([...local('INBOX').keys()].sort()).toEqual(['eight bits', 'only a header', 'plain'])
    expect(local('INBOX').get('eight bits')).toMatch(/:2,F$/)
    expect([...local('Projects/Far').keys()]).toEqual([])
    expect((await sync()).filter((command) => TRANSFERS.test(command))).toEqual([])
  })

  test('[F8] removes a mailbox on this side when it is gone on the other', async () => {
    for (const part of ['cur', 'new', 'tmp']) {
      for (const name of readdirSync(home.path('mail', 'Work', part))) unlinkSync(home.path('mail', 'Work', part, name))
    }
    const wire = await imapSession(site.port('imap'), 'syncs', site.password('syncs'))
    await imap(wire, 'd DELETE Projects/Far')
    wire.destroy()
    await sync()
    expect(readdirSync(home.path('mail'))).not.toContain('Far')
    expect(await stored(site, 'syncs', 'Work')).toEqual([])
    expect(await storedMailboxes(site, 'syncs')).not.toContain('Projects/Far')
  })
})

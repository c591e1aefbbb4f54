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
import { Tap } from '../support/tap.js'

/** What neither side has to be told when both are alike. */
const TRANSFERS = /APPEND|STORE|COPY|MOVE|EXPUNGE|CREATE|BODY/

/** offlineimap keeps Maildirs and an IMAP server alike, by Python's imaplib2 and on several connections. */
describe.each(STORES)('offlineimap, %s', (_, wishes) => {
  let site: Appliance
  let home: Home
  let tap: Tap

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: ['syncs'] })
    tap = await Tap.open(site.port('imap'))
    home = new Home()
    await deliverMail(site, 'syncs')
  })
  afterAll(async () => {
    await tap?.close()
    await site?.dispose()
    home?.dispose()
  })

  /** A Maildir of offlineimap's: each message's file by its subject. */
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

  /** Synchronises all mailboxes, both ways. @returns what it reports of messages, and the commands that it sent. */
  async function sync(): Promise<{ readonly report: readonly string[]; readonly said: readonly string[] }> {
    tap.forget()
    const config = home.configuration('offlineimaprc', [
      '[general]',
      'accounts = mail',
      'socktimeout = 20',
      '[Account mail]',
      'localrepository = near',
      'remoterepository = far',
      '[Repository near]',
      'type = Maildir',
      `localfolders = ${home.path('mail')}`,
      '[Repository far]',
      'type = IMAP',
      'remotehost = localhost',
      `remoteport = ${tap.port}`,
      'remoteuser = syncs',
      `remotepass = ${site.password('syncs')}`,
      'auth_mechanisms = PLAIN',
      'ssl = no',
      'starttls = no',
      'maxconnections = 2',
    ])
    const { code, stdout, stderr } = await home.run('offlineimap', ['-o', '-c', config, '-u', 'basic'])
    expect({ code, complaints: stderr }, stdout).toEqual({ code: 0, complaints: '' })
    const report = stdout.split('\n').filter((line) => /^(Copy|Add|Delet|Creat|ERROR)/.test(line))
    return { report, said: tap.commands }
  }

  test('[F14] brings everything, and nothing the second time', async () => {
    const { report } = await sync()
    expect(report.filter((line) => line.startsWith('Copy message UID'))).toHaveLength(SUBJECTS.length)
    expect([...local('INBOX').keys()].sort()).toEqual([...SUBJECTS].sort())
    for (const [subject, file] of local('INBOX')) {
      const { message } = unstamped(readFileSync(file, 'latin1').replaceAll(/\r?\n/g, '\r\n'))
      const sent = MAIL.get(subject)
      expect(message).toBe(subject === 'only a header' ? `${sent}\r\n` : sent)
    }
    const again = await sync()
    expect(again.report).toEqual([])
    expect(again.said.filter((command) => TRANSFERS.test(command))).toEqual([])
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
    await imap(wire, 'c CREATE Far')
    wire.destroy()

    await sync()
    expect(await storedFlags(site, 'syncs')).toEqual({
      plain: '\\Answered \\Flagged \\Seen',
      'eight bits': '\\Flagged',
      'only a header': '',
    })
    const [sent] = await stored(site, 'syncs', 'Work')
    expect(sent).toMatchObject({ subject: 'from home', flags: ['\\Seen'] })
    expect(sent?.message.replace(/^X-OfflineIMAP: .*\r\n/m, '')).toBe(note('from home'))
    expect([...local('INBOX').keys()].sort()).toEqual(['eight bits', 'only a header', 'plain'])
    expect(local('INBOX').get('eight bits')).toMatch(/:2,F$/)
    expect(readdirSync(home.path('mail')).sort()).toEqual(await storedMailboxes(site, 'syncs'))
    const again = await sync()
    expect(again.report).toEqual([])
    expect(again.said.filter((command) => TRANSFERS.test(command))).toEqual([])
  })
})

import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { Home } from '../support/home.js'
import { deliverMail, MAIL, SUBJECTS } from '../support/mail.js'
import { unstamped } from '../support/messages.js'
import { succeed } from '../support/run.js'
import { stored, storedFlags } from '../support/stored.js'
import { STORES } from '../support/stores.js'

/** getmail delivers no mail as root: where the tests run as root, it runs as nobody. */
const NOBODY = userInfo().uid === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** getmail takes mail into a Maildir, and remembers by UIDVALIDITY and UID what it took. */
describe.each(STORES)('getmail, %s', (_, wishes) => {
  let site: Appliance
  let home: Home

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: ['keeps', 'takes', 'pops'] })
    home = new Home()
    copyFileSync(site.certificate, home.path('certificate'))
    await deliverMail(site, 'keeps', 'takes', 'pops')
  })
  afterAll(async () => {
    await site?.dispose()
    home?.dispose()
  })

  /** Runs it once for a user, into a Maildir of that name. @returns what it says. */
  async function getmail(user: string, retriever: readonly string[], options: readonly string[]): Promise<string> {
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(home.path(user, part), { recursive: true })
    const config = home.configuration(`${user}.rc`, [
      '[retriever]',
      'server = localhost',
      `username = ${user}`,
      `password = ${site.password(user)}`,
      `ca_certs = ${home.path('certificate')}`,
      ...retriever,
      '[destination]',
      'type = Maildir',
      `path = ${home.path(user)}/`,
      '[options]',
      'verbose = 2',
      'delivered_to = false',
      'received = false',
      ...options,
    ])
    if (NOBODY.uid !== undefined) await succeed('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, home.folder])
    const { code, stdout, stderr } = await home.run('getmail', ['-g', home.folder, '-r', config], NOBODY)
    expect(code, stderr).toBe(0)
    return stdout
  }

  /** Subjects of what it took, each whole. */
  function taken(user: string): readonly string[] {
    const folder = home.path(user, 'new')
    return readdirSync(folder).map((name) => {
      const file = readFileSync(join(folder, name), 'latin1').replace(/^X-getmail-.*\n/m, '')
      // It has fields of its own, and keeps LF.
      const { message } = unstamped(file)
      const subject = /^Subject: (.*)$/m.exec(message)?.[1] ?? ''
      const sent = MAIL.get(subject)?.replaceAll('\r\n', '\n')
      expect(message).toBe(subject === 'only a header' ? `${sent}\n` : sent)
      return subject
    })
  }

  const imaps = () => ['type = SimpleIMAPSSLRetriever', `port = ${site.port('imaps')}`, 'mailboxes = ("INBOX",)']

  test('[F14] takes everything, and nothing the second time', async () => {
    const options = ['read_all = false', 'delete = false']
    expect(await getmail('keeps', imaps(), options)).toMatch(/^ {2}5 messages \(\d+ bytes\) retrieved, 0 skipped$/m)
    expect(taken('keeps').toSorted()).toEqual(SUBJECTS.toSorted())
    expect(await getmail('keeps', imaps(), options)).toMatch(/^ {2}0 messages \(0 bytes\) retrieved, 5 skipped$/m)
    expect(Object.keys(await storedFlags(site, 'keeps'))).toEqual(SUBJECTS)
  })

  test('[F14] takes everything away', async () => {
    await getmail('takes', imaps(), ['delete = true'])
    expect(taken('takes').toSorted()).toEqual(SUBJECTS.toSorted())
    expect(await stored(site, 'takes')).toEqual([])
  })

  test('[G4] [G6] takes everything by POP3 once', async () => {
    const retriever = ['type = SimplePOP3SSLRetriever', `port = ${site.port('pop3s')}`]
    const options = ['read_all = false', 'delete = false']
    expect(await getmail('pops', retriever, options)).toMatch(/^ {2}5 messages \(\d+ bytes\) retrieved, 0 skipped$/m)
    expect(taken('pops').toSorted()).toEqual(SUBJECTS.toSorted())
    expect(await getmail('pops', retriever, options)).toMatch(/^ {2}0 messages \(0 bytes\) retrieved, 5 skipped$/m)
  })
})

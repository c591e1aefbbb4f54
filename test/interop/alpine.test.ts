import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver } from '../support/dialogue.js'
import { Home } from '../support/home.js'
import { deliverMail, SUBJECTS } from '../support/mail.js'
import { note, unstamped } from '../support/messages.js'
import { stored, storedFlags, storedMailboxes } from '../support/stored.js'
import { STORES } from '../support/stores.js'
import { Tap } from '../support/tap.js'
import { Terminal } from '../support/terminal.js'

/** alpine, pine's heir, stands on c-client, by those who wrote the first IMAP RFCs. */
describe.each(STORES)('alpine, %s', (_, wishes) => {
  let site: Appliance
  let home: Home
  let terminal: Terminal | undefined

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: ['pine', 'pal'] })
    home = new Home()
    await deliverMail(site, 'pine')
  })
  afterEach(() => terminal?.dispose())
  afterAll(async () => {
    await site?.dispose()
    home?.dispose()
  })

  /** Answers what it asks at a login: it would even keep the password. */
  async function logIn(seat: Terminal, port: number): Promise<void> {
    await seat.until(new RegExp(`HOST: localhost:${port} .*USER: pine {2}ENTER PASSWORD:`))
    await seat.type(`${site.password('pine')}\n`)
    await seat.until(/^Preserve password/m)
    await seat.type('n')
  }

  /** Opens its index of INBOX, after a login. */
  async function open(port = site.port('imaps'), security = 'ssl'): Promise<Terminal> {
    const server = `{localhost:${port}/${security}/user=pine}`
    const pinerc = home.configuration('pinerc', [
      `inbox-path=${server}INBOX`,
      `folder-collections=Mail ${server}[]`,
      'default-fcc=Sent',
      `smtp-server=localhost:${site.port('submission')}/tls/user=pine`,
      'user-domain=example.test',
      'personal-name=Pïne',
      // What its first start would ask and tell.
      'last-version-used=6.26',
      'feature-list=expunge-without-confirm,quit-without-confirm,enable-flag-cmd',
    ])
    const args = [`SSL_CERT_FILE=${site.certificate}`, 'alpine', '-p', pinerc, '-i']
    terminal = await Terminal.open(home, 'env', args)
    await logIn(terminal, port)
    await terminal.until(/Folder: INBOX/)
    return terminal
  }

  test('[F18] reads, flags, deletes and saves to a new mailbox', async () => {
    const seat = await open()
    const index = await seat.until(/only a header/)
    for (const subject of SUBJECTS) expect(index).toMatch(new RegExp(` ${subject}$`, 'm'))
    await seat.type('j1\n')
    await seat.until(/Message 1 of 5/)
    await seat.press('Enter')
    expect(await seat.until(/It works\./)).toMatch(/^Subject: plain$/m)
    await seat.type('i')
    await seat.until(/MESSAGE INDEX/)
    await seat.type('j3\n')
    await seat.until(/Message 3 of 5/)
    await seat.type('*')
    await seat.until(/^Flag New, Deleted/m)
    await seat.type('*')
    await seat.until(/Flagged message 3 "Important"/)
    await seat.type('j2\n')
    await seat.until(/Message 2 of 5/)
    await seat.type('d')
    await seat.until(/Message 2 marked for deletion/)
    await seat.type('j4\n')
    await seat.until(/Message 4 of 5/)
    await seat.type('s')
    await seat.until(/SAVE Msg #4 to folder/)
    await seat.type('Kept\n')
    await seat.until(/"Kept" doesn't exist/)
    await seat.type('y')
    await seat.until(/^ *D +4 .* large$/m)
    await seat.type('x')
    await seat.until(/2 messages expunged/)
    await seat.type('q')
    expect(await seat.end()).toBe(0)
    expect(await storedFlags(site, 'pine')).toEqual({ plain: '\\Seen', 'eight bits': '\\Flagged', 'only a header': '' })
    expect(Object.keys(await storedFlags(site, 'pine', 'Kept'))).toEqual(['large'])
  })

  test('[F7] [F18] lists mailboxes, opens one, makes one and removes it', async () => {
    const seat = await open()
    await seat.type('l')
    const folders = await seat.until(/Trash/)
    for (const mailbox of ['INBOX', 'Drafts', 'Junk', 'Kept', 'Sent', 'Trash']) expect(folders).toContain(mailbox)
    await seat.type('wKept\n')
    await seat.press('Enter')
    expect(await seat.until(/ large$/m)).toMatch(/Folder: Kept +Message 1 of 1/)
    await seat.type('l')
    await seat.until(/FOLDER LIST/)
    await seat.type('a')
    await seat.until(/^Folder name to add/m)
    await seat.type('Made\n')
    await seat.until(/Made\[/)
    expect(await storedMailboxes(site, 'pine')).toContain('Made')
    await seat.type('d')
    await seat.until(/DELETE/)
    await seat.type('y')
    await seat.until(/deleted/)
    expect(await storedMailboxes(site, 'pine')).not.toContain('Made')
    await seat.type('q')
    expect(await seat.end()).toBe(0)
  })

  test('[F2] has the server sort and thread', async () => {
    const tap = await Tap.open(site.port('imap'))
    try {
      const seat = await open(tap.port, 'notls')
      await seat.until(/only a header/)
      await seat.type('$')
      await seat.until(/^Choose type of sort/m)
      await seat.type('s')
      await seat.until(/ eight bits\n(?:.* large\n)?.* only a header\n.* plain\n/)
      await seat.type('$')
      await seat.until(/^Choose type of sort/m)
      await seat.type('h')
      await seat.until(/ plain\n(?:.* dots\n)?.* eight bits\n(?:.* large\n)?.* only a header\n/)
      await seat.type('q')
      expect(await seat.end()).toBe(0)
      for (const command of ['SORT (SUBJECT) US-ASCII ALL', 'THREAD REFERENCES US-ASCII ALL']) {
        expect(tap.commands).toContain(command)
      }
    } finally {
      await tap.close()
    }
  })

  test('[F14] shows new mail', async () => {
    const seat = await open()
    expect(await deliver(site.port('smtp'), site.address('pine'), note('arrived'))).toMatch(/^250 /)
    await seat.press('C-l')
    await seat.until(/ arrived$/m)
    await seat.type('q')
    expect(await seat.end()).toBe(0)
  })

  test('[F15] sends by submission, and keeps a copy in Sent', async () => {
    const seat = await open()
    await seat.type('c')
    await seat.until(/^To +:/m)
    await seat.type(site.address('pal'))
    await seat.press('C-n', 'C-n', 'C-n')
    await seat.type('Grüße')
    await seat.press('C-n')
    await seat.type('Hällo\n')
    await seat.until(/Hällo/)
    await seat.press('C-x')
    await seat.until(/Send message/)
    await seat.type('y')
    await logIn(seat, site.port('submission'))
    await seat.until(/MESSAGE INDEX/)
    await seat.type('q')
    expect(await seat.end()).toBe(0)
    const [sent] = await stored(site, 'pal')
    const [copy] = await stored(site, 'pine', 'Sent')
    // Its words for "Grüße" and its charset are its own affair; that both are the same is ours.
    for (const message of [unstamped(sent?.message ?? '').message, copy?.message]) {
      expect(message).toMatch(/^Subject: =\?ISO-8859-15\?Q\?Gr=FC=DFe\?=\r$/m)
      expect(message).toMatch(/\r\n\r\nH\xe4llo\r\n/)
    }
    const [id = 'no Message-ID'] = sent?.message.match(/^Message-ID: .*$/m) ?? []
    expect(copy?.message).toContain(id)
  })
})

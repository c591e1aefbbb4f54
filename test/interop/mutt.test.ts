import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver, imap, imapSession } from '../support/dialogue.js'
import { Home } from '../support/home.js'
import { deliverMail, SUBJECTS } from '../support/mail.js'
import { note, unstamped } from '../support/messages.js'
import { stored, storedFlags, storedMailboxes } from '../support/stored.js'
import { STORES } from '../support/stores.js'
import { Tap } from '../support/tap.js'
import { Terminal } from '../support/terminal.js'

const READERS = ['mutt', 'neomutt'] as const
/** What brings the index's lines. */
const HEADERS = /BODY\.PEEK\[HEADER\.FIELDS/
type Reader = (typeof READERS)[number]

/** mutt and its child neomutt at a terminal, as somebody sits before it: keys go in, and the screen is read. */
describe.each(STORES)('%s', (_, wishes) => {
  let site: Appliance
  let home: Home
  let terminal: Terminal | undefined

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: [...READERS, 'pal'] })
    home = new Home()
    writeFileSync(home.path('draft'), 'Hällo\n')
    await deliverMail(site, ...READERS)
  })
  afterEach(() => terminal?.dispose())
  afterAll(async () => {
    await site?.dispose()
    home?.dispose()
  })

  function muttrc(user: Reader): string {
    const server = `imaps://${user}@localhost:${site.port('imaps')}/`
    return home.configuration('muttrc', [
      `set folder="${server}" record="=Sent" trash="=Trash" postponed="=Drafts"`,
      `set imap_user=${user} imap_pass=${site.password(user)} imap_idle=yes`,
      `set certificate_file="${site.certificate}" ssl_starttls=yes ssl_force_tls=yes`,
      `set smtp_url="smtp://${user}@localhost:${site.port('submission')}/" smtp_pass=${site.password(user)}`,
      `set from="${site.address(user)}" realname="Mütt" hostname=example.test send_charset=utf-8`,
      'set quit=yes delete=yes move=no confirmappend=no confirmcreate=no wait_key=no sleep_time=0 mark_old=no',
      'set sort=mailbox-order mail_check=1 timeout=1',
      // An editor that writes as fast as it is called.
      `set editor="cp ${home.path('draft')}"`,
    ])
  }

  /** Opens the reader on its INBOX, by the URL people give it. */
  async function open(user: Reader): Promise<Terminal> {
    const url = `imaps://${user}@localhost:${site.port('imaps')}/INBOX`
    terminal = await Terminal.open(home, user, ['-n', '-F', muttrc(user), '-f', url])
    return terminal
  }

  /** Opens INBOX before the tap, with a cache and all of IMAP that it knows, and leaves. @returns the screen. */
  async function shown(user: Reader, tap: Tap): Promise<string> {
    mkdirSync(home.path(`${user}-cache`), { recursive: true })
    const rc = home.configuration(`${user}-cached`, [
      `source ${muttrc(user)}`,
      `set ssl_starttls=no ssl_force_tls=no header_cache="${home.path(`${user}-cache`)}" imap_idle=no`,
      'set imap_condstore=yes imap_qresync=yes',
    ])
    const url = `imap://${user}@localhost:${tap.port}/INBOX`
    terminal = await Terminal.open(home, user, ['-n', '-F', rc, '-f', url])
    await terminal.until(/arrived/)
    const screen = await terminal.screen()
    await terminal.type('q')
    expect(await terminal.end()).toBe(0)
    return screen
  }

  describe.each(READERS)('%s', (user) => {
    test('[F18] reads, flags, deletes to the trash and saves to a new mailbox', async () => {
      const seat = await open(user)
      const index = await seat.until(/only a header/)
      for (const subject of SUBJECTS) expect(index).toContain(` ${subject}\n`)
      await seat.type('1\n\n')
      expect(await seat.until(/It works\./)).toMatch(/Subject: plain/)
      await seat.type('i3\nF')
      await seat.until(/!.* eight bits$/m)
      await seat.type('2\nd')
      await seat.until(/D.* dots$/m)
      await seat.type('4\ns')
      await seat.until(/Save to mailbox/)
      await seat.press('C-u')
      await seat.type('=Kept\n')
      await seat.until(/D.* large$/m)
      await seat.type('$')
      await seat.until(/Msgs:3/)
      await seat.type('q')
      expect(await seat.end()).toBe(0)
      expect(await storedFlags(site, user)).toEqual({ plain: '\\Seen', 'eight bits': '\\Flagged', 'only a header': '' })
      expect(Object.keys(await storedFlags(site, user, 'Trash'))).toEqual(['dots'])
      expect(Object.keys(await storedFlags(site, user, 'Kept'))).toEqual(['large'])
    })

    test('[F7] [F18] goes through mailboxes in its browser', async () => {
      const seat = await open(user)
      await seat.until(/plain/)
      // neomutt begins with a list of its own, and has the server's behind it.
      await seat.type(user === 'mutt' ? 'c?' : 'c?\t')
      const browser = await seat.until(/Trash/)
      const listed = await storedMailboxes(site, user)
      expect(listed).toHaveLength(6)
      for (const mailbox of listed) expect(browser).toMatch(new RegExp(`\\b${mailbox}\\b`))
      await seat.type('/Kept\n\n')
      expect(await seat.until(/large/)).toMatch(/[=+]Kept/)
      await seat.type('q')
      expect(await seat.end()).toBe(0)
    })

    test('[F14] [F18] shows new mail while it idles', async () => {
      const seat = await open(user)
      await seat.until(/plain/)
      expect(await deliver(site.port('smtp'), site.address(user), note('arrived'))).toMatch(/^250 /)
      await seat.until(/ arrived$/m)
      await seat.type('q')
      expect(await seat.end()).toBe(0)
    })

    test('[F14] [F18] fetches no header again, for its cache and QRESYNC', async () => {
      const tap = await Tap.open(site.port('imap'))
      try {
        await shown(user, tap)
        expect(tap.commands.filter((command) => HEADERS.test(command)).length).toBeGreaterThan(0)
        tap.forget()
        expect(await deliver(site.port('smtp'), site.address(user), note('later'))).toMatch(/^250 /)
        const wire = await imapSession(site.port('imap'), user, site.password(user))
        await imap(wire, 'a SELECT INBOX')
        await imap(wire, 'b UID STORE 1 +FLAGS (\\Flagged)')
        await imap(wire, 'c UID STORE 3 +FLAGS (\\Deleted)')
        await imap(wire, 'd EXPUNGE')
        wire.destroy()
        const screen = await shown(user, tap)
        expect(screen).toMatch(/!.* plain$/m)
        expect(screen).toMatch(/ later$/m)
        expect(screen).not.toContain('eight bits')
        expect(tap.commands).toContain('ENABLE QRESYNC')
        expect(tap.commands).toContainEqual(
          expect.stringMatching(/^UID FETCH 1:\d+ \(FLAGS\) \(CHANGEDSINCE \d+ VANISHED\)$/),
        )
        // The new message's; neomutt loses count of one other where messages vanished.
        const fetched = tap.commands.filter((command) => HEADERS.test(command))
        expect(fetched.at(-1)).toMatch(/^FETCH 4 /)
        expect(fetched).toHaveLength(user === 'mutt' ? 1 : 2)
        tap.forget()
        await shown(user, tap)
        expect(tap.commands).toContain('SELECT "INBOX" (CONDSTORE)')
        expect(tap.commands.filter((command) => HEADERS.test(command))).toEqual([])
      } finally {
        await tap.close()
      }
    })

    test('[F15] sends by submission, and keeps a copy in Sent', async () => {
      const seat = await open(user)
      await seat.until(/plain/)
      await seat.type('m')
      await seat.until(/^To:/m)
      await seat.type(`${site.address('pal')}\n`)
      await seat.until(/^Subject:/m)
      await seat.type('Grüße\n')
      await seat.until(/y:Send/)
      await seat.type('y')
      await seat.until(/Mail sent/)
      await seat.type('q')
      expect(await seat.end()).toBe(0)
      const [sent] = (await stored(site, 'pal')).slice(-1)
      const message = unstamped(sent?.message ?? '').message
      expect(message).toMatch(/^Subject: =\?utf-8\?B\?R3LDvMOfZQ==\?=\r$/m)
      expect(message).toMatch(/\r\n\r\nH\xc3\xa4llo\r\n$/)
      const [copy] = await stored(site, user, 'Sent')
      expect(copy?.flags).toEqual(['\\Seen'])
      expect(copy?.message).toMatch(/\r\n\r\nH\xc3\xa4llo\r\n$/)
    })
  })
})

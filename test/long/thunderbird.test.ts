import { existsSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver, imap, imapSession } from '../support/dialogue.js'
import { Home } from '../support/home.js'
import { deliverMail, SUBJECTS } from '../support/mail.js'
import { note } from '../support/messages.js'
import { stored, storedFlags } from '../support/stored.js'
import { STORES } from '../support/stores.js'
import { Tap } from '../support/tap.js'
import { Thunderbird } from '../support/thunderbird.js'
import { eventually } from '../support/wait.js'

/** How long Thunderbird may take until others can see what it did. */
const SOON = 40_000

/** Thunderbird ESR, without a window but otherwise whole, on an account that its profile names. */
describe.each(STORES)('Thunderbird, %s', (_, wishes) => {
  let site: Appliance
  let home: Home
  let tap: Tap
  let thunderbird: Thunderbird

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: ['bob'] })
    tap = await Tap.open(site.port('imap'))
    home = new Home()
    await deliverMail(site, 'bob')
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    for (const command of ['CREATE Work', 'SUBSCRIBE Work']) await imap(wire, `a ${command}`)
    wire.destroy()
    thunderbird = await start()
  })
  afterAll(async () => {
    await thunderbird?.dispose()
    await tap?.close()
    await site?.dispose()
    home?.dispose()
  })

  function start(): Promise<Thunderbird> {
    const account = { user: 'bob', password: site.password('bob'), address: site.address('bob'), port: tap.port }
    return Thunderbird.start(home, account)
  }

  /** Subjects of the messages that it shows in a folder, with R and F for those that are read and flagged. */
  async function shown(path = 'INBOX'): Promise<readonly string[]> {
    const list = await thunderbird.run(
      `return [...folder(given).messages].map((message) =>
        message.mime2DecodedSubject + (message.isRead ? ' R' : '') + (message.isFlagged ? ' F' : ''))`,
      path,
    )
    // What the script makes.
    return (list as readonly string[]).toSorted()
  }

  /** Waits until it shows these. */
  function showing(subjects: readonly string[], path = 'INBOX'): Promise<void> {
    return becoming(subjects.toSorted(), () => shown(path))
  }

  /** Waits until the store has these flags. */
  function storing(flags: { readonly [subject: string]: string }, mailbox = 'INBOX'): Promise<void> {
    return becoming(flags, async () => {
      const found = Object.entries(await storedFlags(site, 'bob', mailbox))
      // Thunderbird's note to itself that it need not send a receipt.
      return Object.fromEntries(found.map(([subject, set]) => [subject, set.replace(/\$MDNSent ?/, '')]))
    })
  }

  /** Opens a folder, as a click on it does. It says nothing when it is done: what it shows then does. */
  function open(path = 'INBOX'): Promise<unknown> {
    return thunderbird.run('folder(given).updateFolder(null)', path)
  }

  test('[F14] [K3] finds the folders and what they are for', async () => {
    await open()
    const folders = await thunderbird.run(`
      await eventually(() => server.rootFolder.descendants.length >= 6)
      const { Inbox, SentMail, Drafts, Trash, Junk } = Ci.nsMsgFolderFlags
      return server.rootFolder.descendants.map((each) => [
        each.name,
        ['Inbox', 'SentMail', 'Drafts', 'Trash', 'Junk'].filter((name) => each.getFlag(Ci.nsMsgFolderFlags[name])).join(),
      ])`)
    // What the script makes.
    expect((folders as readonly (readonly string[])[]).toSorted()).toEqual([
      ['Drafts', 'Drafts'],
      ['INBOX', 'Inbox'],
      ['Junk', 'Junk'],
      ['Sent', 'SentMail'],
      ['Trash', 'Trash'],
      ['Work', ''],
    ])
    for (const command of ['COMPRESS DEFLATE', 'ENABLE UTF8=ACCEPT']) expect(tap.commands).toContain(command)
  })

  test('[F14] [K3] synchronises a folder for work without the server', async () => {
    await open()
    await showing(SUBJECTS)
    const mbox = home.path('profile', 'ImapMail', '127.0.0.1', 'INBOX')
    const copies = await eventually(SOON, 'all messages are on the disk', () => {
      const text = existsSync(mbox) ? readFileSync(mbox, 'latin1') : ''
      return text.split('\nSubject: ').length > SUBJECTS.length ? text.replaceAll('\r\n', '\n') : undefined
    })
    for (const { message } of await stored(site, 'bob')) {
      // An mbox quotes lines that begin with "From "; there are none.
      expect(copies).toContain(message.replaceAll('\r\n', '\n'))
    }
  })

  test('[F9] [K3] flags, reads and moves, seen in the store', async () => {
    await thunderbird.run(`
      const inbox = folder('INBOX')
      const by = (subject) => [...inbox.messages].find((message) => message.mime2DecodedSubject === subject)
      inbox.markMessagesFlagged([by('plain')], true)
      inbox.markMessagesRead([by('dots')], true)
      MailServices.copy.copyMessages(inbox, [by('large')], folder('Work'), true, null, null, false)`)
    await storing({ plain: '\\Flagged', dots: '\\Seen', 'eight bits': '', 'only a header': '' })
    await storing({ large: '' }, 'Work')
    await showing(['plain F', 'dots R', 'eight bits', 'only a header'])
    await open('Work')
    await showing(['large'], 'Work')
  })

  test('[F14] [K3] shows new mail and flags while it idles', async () => {
    expect(await deliver(site.port('smtp'), site.address('bob'), note('pushed'))).toMatch(/^250 /)
    await showing(['plain F', 'dots R', 'eight bits', 'only a header', 'pushed'])
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    await imap(wire, 's SELECT INBOX')
    await imap(wire, 'f UID STORE 3 +FLAGS (\\Seen)')
    wire.destroy()
    await showing(['plain F', 'dots R', 'eight bits R', 'only a header', 'pushed'])
  })

  test('[F14] [K3] does offline what it tells the server later', async () => {
    await thunderbird.run(`
      Services.io.offline = true
      const inbox = folder('INBOX')
      const by = (subject) => [...inbox.messages].find((message) => message.mime2DecodedSubject === subject)
      inbox.markMessagesFlagged([by('only a header')], true)
      inbox.markMessagesRead([by('plain')], true)`)
    await storing({ plain: '\\Flagged', dots: '\\Seen', 'eight bits': '\\Seen', 'only a header': '', pushed: '' })
    await thunderbird.run(`
      Services.io.offline = false
      const imap = Cc['@mozilla.org/messenger/imapservice;1'].getService(Ci.nsIImapService)
      await finished((listener) => imap.playbackAllOfflineOperations(null, listener))`)
    await storing({
      plain: '\\Flagged \\Seen',
      dots: '\\Seen',
      'eight bits': '\\Seen',
      'only a header': '\\Flagged',
      pushed: '',
    })
  })

  test('[F14] [K3] learns after a restart what changed, and fetches no message again', async () => {
    await thunderbird.quit()
    tap.forget()
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    for (const command of [
      'SELECT INBOX',
      'UID STORE 2 +FLAGS (\\Deleted)',
      'EXPUNGE',
      'UID STORE 1 -FLAGS (\\Flagged)',
    ]) {
      expect((await imap(wire, `c ${command}`)).at(-1)).toMatch(/^c OK/)
    }
    wire.destroy()
    thunderbird = await start()
    await open()
    await showing(['plain R', 'eight bits R', 'only a header F', 'pushed'])
    const fetched = tap.commands.filter((command) => /BODY|RFC822\.SIZE/i.test(command))
    expect(fetched).toEqual([])
    expect(tap.commands).toContainEqual(expect.stringMatching(/^UID fetch 1:\* \(FLAGS\) \(CHANGEDSINCE [1-9]\d*\)$/))
  })
})

/** Looks until it is as expected, and says what it was at last. What is being changed may not hold together meanwhile. */
async function becoming<T>(expected: T, look: () => Promise<T>): Promise<void> {
  let last: unknown
  const isAsExpected = async (): Promise<true | undefined> => {
    last = await look().catch((error: unknown) => error)
    return isDeepStrictEqual(last, expected) || undefined
  }
  await eventually(SOON, 'it becomes as expected', isAsExpected).catch(() => expect(last).toEqual(expected))
}

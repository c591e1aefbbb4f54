import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver, imap, imapSession } from '../support/dialogue.js'
import { Dovecot } from '../support/dovecot.js'
import { deliverMail } from '../support/mail.js'
import { note } from '../support/messages.js'
import { lastingFlags, stored, storedFlags, storedMailboxes } from '../support/stored.js'
import { STORES } from '../support/stores.js'
import { Tap } from '../support/tap.js'
import type { Wire } from '../support/wire.js'

/** Commands that bring messages. */
const BODIES = /BODY\.PEEK\[\]/

/** Dovecot's imapc is its own client; doveadm works with it as with any storage. */
describe.each(STORES)('Dovecot as a client, %s', (_, wishes) => {
  let site: Appliance
  let dovecot: Dovecot
  let tap: Tap

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: ['bob'] })
    tap = await Tap.open(site.port('imap'))
    dovecot = await Dovecot.start({ settings: ['namespace inbox {', '  separator = /', '}'] })
    await deliverMail(site, 'bob')
  })
  afterAll(async () => {
    await tap?.close()
    await dovecot?.dispose()
    await site?.dispose()
  })

  /** Runs doveadm for bob with our server as its storage. @returns its output, and the commands that it said. */
  async function doveadm(
    ...args: readonly string[]
  ): Promise<{ readonly stdout: string; readonly said: readonly string[] }> {
    tap.forget()
    const settings = [
      ['imapc_host', '127.0.0.1'],
      ['imapc_port', tap.port],
      ['imapc_user', 'bob'],
      ['imapc_password', site.password('bob')],
      ['imapc_features', 'rfc822.size fetch-headers search modseq'],
      ['mail_prefetch_count', 20],
    ].flatMap(([name, value]) => ['-o', `${name}=${value}`])
    const { code, stdout, stderr } = await dovecot.doveadm([...settings, ...args])
    expect(code, stderr).toBe(0)
    return { stdout, said: tap.commands }
  }

  /** Makes Dovecot's mail of bob like ours. @returns the commands it needed. */
  async function backup(): Promise<readonly string[]> {
    return (await doveadm('backup', '-R', '-u', 'bob', 'imapc:')).said
  }

  /** A command of doveadm on our mailboxes themselves. */
  function remotely(command: string, ...args: readonly string[]): ReturnType<typeof doveadm> {
    return doveadm('-o', 'mail_location=imapc:', ...command.split(' '), '-u', 'bob', ...args)
  }

  /** Names of the mailboxes that Dovecot has by now. */
  async function theirMailboxes(): Promise<readonly string[]> {
    const { stdout } = await dovecot.doveadm(['mailbox', 'list', '-7', '-u', 'bob'])
    return stdout.trimEnd().split('\n').sort()
  }

  /** Dovecot and our server have the same mailboxes, and the same messages under the same UIDs in them. */
  async function expectTheSame(): Promise<void> {
    const mailboxes = await theirMailboxes()
    expect(mailboxes).toEqual(await storedMailboxes(site, 'bob'))
    const theirs = await imapSession(dovecot.port, 'bob', dovecot.password('bob'))
    const ours = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    for (const mailbox of mailboxes) expect(await contents(theirs, mailbox)).toEqual(await contents(ours, mailbox))
    theirs.destroy()
    ours.destroy()
  }

  test('[F14] backup takes all under its UIDs, and nothing the second time', async () => {
    await say(
      'CREATE Work',
      'CREATE Work/R&AOQ-ume',
      'SELECT INBOX',
      'STORE 2 +FLAGS (\\Flagged $Forwarded)',
      'COPY 2:3 Work/R&AOQ-ume',
    )
    expect((await backup()).filter((command) => BODIES.test(command))).toHaveLength(2)
    await expectTheSame()

    const again = await backup()
    expect(again).toContain('EXAMINE "INBOX"')
    expect(again.filter((command) => BODIES.test(command))).toEqual([])
  })

  test('[F14] backup takes what changed', async () => {
    await say('SELECT INBOX', 'STORE 1 +FLAGS (\\Seen)', 'STORE 3 +FLAGS (\\Deleted)', 'EXPUNGE', 'RENAME Work Play')
    expect(await deliver(site.port('smtp'), site.address('bob'), note('later'))).toMatch(/^250 /)
    await backup()
    await expectTheSame()
    expect((await backup()).filter((command) => BODIES.test(command))).toEqual([])
  })

  test('[F9] reads sizes, flags and fields without fetching a message', async () => {
    const { stdout, said } = await remotely(
      '-f tab fetch',
      'uid flags size.physical hdr.subject',
      'mailbox',
      'INBOX',
      'all',
    )
    const shown = stdout.trimEnd().split('\n').slice(1)
    expect(shown.map((line) => line.replace(/\t.*?\t/, (flags) => `\t${lastingFlags(flags.trim())}\t`))).toEqual(
      (await stored(site, 'bob')).map(
        ({ uid, flags, message, subject }) => `${uid}\t${flags}\t${message.length}\t${subject}`,
      ),
    )
    expect(said.filter((command) => BODIES.test(command))).toEqual([])
  })

  test('[F9] saves, flags, copies, moves and expunges', async () => {
    await remotely('flags add', '\\Answered $Junk', 'mailbox', 'INBOX', 'subject', 'plain')
    await remotely('copy', 'Sent', 'mailbox', 'INBOX', 'subject', 'plain')
    await remotely('move', 'Trash', 'mailbox', 'INBOX', 'subject', 'dots')
    expect(await storedFlags(site, 'bob')).toEqual({
      plain: '$Junk \\Answered \\Seen',
      large: '',
      'only a header': '',
      later: '',
    })
    expect(await storedFlags(site, 'bob', 'Sent')).toEqual({ plain: '$Junk \\Answered \\Seen' })
    expect(await storedFlags(site, 'bob', 'Trash')).toEqual({ dots: '$Forwarded \\Flagged' })
    await remotely('expunge', 'mailbox', 'Trash', 'all')
    expect(await stored(site, 'bob', 'Trash')).toEqual([])

    const file = join(dovecot.folder, 'saved')
    writeFileSync(file, note('saved').replaceAll('\r\n', '\n'))
    await remotely('save', '-m', 'Drafts', file)
    const [saved] = await stored(site, 'bob', 'Drafts')
    expect(saved?.message).toBe(note('saved'))
  })

  test('[F8] creates, subscribes, renames and deletes mailboxes', async () => {
    await remotely('mailbox create', '-s', 'Räume')
    await remotely('mailbox rename', 'Räume', 'Zimmer')
    await remotely('mailbox create', 'Gone')
    await remotely('mailbox delete', 'Gone')
    expect(await storedMailboxes(site, 'bob')).toEqual([
      ...['Drafts', 'INBOX', 'Junk', 'Play', 'Play/R&AOQ-ume', 'Sent', 'Trash', 'Zimmer'],
    ])
    const { stdout } = await remotely('-f tab mailbox status', 'messages unseen uidnext', 'INBOX')
    expect(stdout).toBe('mailbox\tmessages\tuidnext\tunseen\nINBOX\t4\t7\t3\n')
  })

  /** Says commands that must succeed, in one session of bob's. */
  async function say(...commands: readonly string[]): Promise<void> {
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    for (const command of commands) expect((await imap(wire, `c ${command}`)).at(-1), command).toMatch(/^c OK/)
    wire.destroy()
  }
})

/** All of a mailbox, as IMAP shows it. */
async function contents(wire: Wire, mailbox: string): Promise<readonly string[]> {
  expect((await imap(wire, `e EXAMINE "${mailbox}"`)).at(-1)).toMatch(/^e OK/)
  const responses = await imap(wire, 'f UID FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[])')
  const messages = responses.filter((line) => / FETCH \(/.test(line))
  return [
    mailbox,
    ...messages.map((line) =>
      line.replace(/FLAGS \(([^)]*)\)/, (_, flags: string) => `FLAGS (${lastingFlags(flags)})`),
    ),
  ]
}

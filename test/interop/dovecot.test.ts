import { cpSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver, imap, imapSession } from '../support/dialogue.js'
import { Dovecot } from '../support/dovecot.js'
import { note } from '../support/messages.js'
import type { Wire } from '../support/wire.js'

/** Dovecot on the Maildir that our server left, and our server on what Dovecot left of it. */
let site: Appliance
let dovecot: Dovecot

beforeAll(async () => {
  site = await Appliance.start({ users: ['bob'] })
})
afterAll(async () => {
  await dovecot?.dispose()
  await site?.dispose()
})

/** Says a command that must succeed. */
async function ok(wire: Wire, command: string): Promise<readonly string[]> {
  const responses = await imap(wire, `a ${command}`)
  expect(responses.at(-1), command).toMatch(/^a OK /)
  return responses
}

/** All messages of some mailboxes, with flags and octets, as IMAP shows them. */
async function contents(wire: Wire, mailboxes: readonly string[]): Promise<unknown> {
  const found: { [mailbox: string]: readonly string[] } = {}
  for (const mailbox of mailboxes) {
    await ok(wire, `EXAMINE ${mailbox}`)
    const responses = await ok(wire, 'FETCH 1:* (FLAGS RFC822.SIZE BODY.PEEK[])')
    found[mailbox] = responses.filter((line) => / FETCH \(/.test(line)).map((line) => line.replace(/ ?\\Recent/, ''))
  }
  return found
}

test('[F17] Dovecot reads what our server left, beside our own files', async () => {
  for (const subject of ['one', 'two', 'three']) await deliver(site.port('smtp'), site.address('bob'), note(subject))
  const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
  for (const command of [
    'CREATE Work',
    'SELECT INBOX',
    'STORE 1 +FLAGS (\\Seen \\Flagged)',
    'STORE 2 +FLAGS (\\Answered)',
    'COPY 1:2 Work',
  ]) {
    await ok(wire, command)
  }
  const ours = await contents(wire, ['INBOX', 'Work'])
  wire.destroy()
  await site.stop()

  dovecot = await Dovecot.start({ maildirs: { bob: site.maildir('bob') } })
  const theirs = await imapSession(dovecot.port, 'bob', dovecot.password('bob'))
  expect(await contents(theirs, ['INBOX', 'Work'])).toEqual(ours)
  theirs.destroy()
})

test('[F17] our server reads what Dovecot left, beside its indexes', async () => {
  const theirs = await imapSession(dovecot.port, 'bob', dovecot.password('bob'))
  for (const command of [
    'CREATE Archive',
    'SELECT INBOX',
    'STORE 2 +FLAGS (\\Flagged)',
    'STORE 3 +FLAGS (\\Draft)',
    'COPY 3 Archive',
    'STORE 1 +FLAGS.SILENT (\\Deleted)',
    'EXPUNGE',
  ]) {
    await ok(theirs, command)
  }
  const left = await contents(theirs, ['INBOX', 'Work', 'Archive'])
  theirs.destroy()

  const maildir = site.maildir('bob')
  rmSync(maildir, { recursive: true })
  cpSync(dovecot.maildir('bob'), maildir, { recursive: true, preserveTimestamps: true })
  await site.serve()
  const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
  expect(await contents(wire, ['INBOX', 'Work', 'Archive'])).toEqual(left)
  wire.destroy()
})

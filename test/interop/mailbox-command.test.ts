import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver } from '../support/dialogue.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { note } from '../support/messages.js'
import { eventually } from '../support/wait.js'

/** The built command, which gives its users' mail to somebody else: procmail, a program of a user, an LMTP server. */
let folder: string

/** Nobody's, and that of Debian's user `mail`: programs never have root's rights. */
const NOBODY = { uid: 65_534, gid: 65_534 }

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-commands-'))
  // Others run what is in it.
  chmodSync(folder, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What became of mail for an address, as the log has it. */
function fate(site: Appliance, user: string): Promise<{ readonly [name: string]: unknown }> {
  return site.server.until(`mail for ${user} is delivered`, () =>
    site.server.log.find(({ msg, to }) => msg === 'delivery' && to === site.address(user)),
  )
}

describe('[I1] mailboxCommand', () => {
  test('procmail sorts the mail of users whom the machine does not know', async () => {
    const home = join(folder, 'procmail')
    mkdirSync(home)
    const rules = `MAILDIR=${home}\nDEFAULT=${home}/$1/\nORGMAIL=/dev/null\n\n:0\n* ^Subject:.*urgent\nurgent/\n`
    writeFileSync(join(home, 'rc'), rules)
    // It reads no rules that anybody could have written.
    for (const path of [home, join(home, 'rc')]) chownSync(path, NOBODY.uid, NOBODY.gid)
    const site = await Appliance.start({
      listeners: ['smtp'],
      users: ['bob'],
      relay: {
        queue: 'queue',
        aliasMaps: ['inline:{staff=bob}'],
        aliasUser: NOBODY,
        mailboxCommand: {
          argv: ['/usr/bin/procmail', '-t', '-a', '$user', join(home, 'rc')],
          env: { LANG: 'C' },
        },
      },
    })
    try {
      for (const [to, subject] of [
        ['alice', 'urgent'],
        ['staff', 'idle'],
      ] as const) {
        expect(await deliver(site.port('smtp'), site.address(to), note(subject))).toMatch(/^250 2\.0\.0 Ok: queued as /)
      }
      expect(await fate(site, 'bob')).toMatchObject({
        status: 'sent',
        relay: 'local',
        text: expect.stringMatching(/^delivered to command: \/usr\/bin\/procmail/),
      })
      const [urgent, idle] = await eventually(20_000, 'procmail has filed both', () => {
        const found = ['urgent', 'bob'].map((each) => filed(join(home, each, 'new')))
        return found.every((each) => each.length === 1) ? found.flat() : undefined
      })
      expect(urgent).toMatch(/^Return-Path: <sender@example\.org>\nX-Original-To: alice@example\.test\n/)
      expect(idle).toMatch(/\nX-Original-To: staff@example\.test\nDelivered-To: bob@example\.test\n/)
      expect(await deliver(site.port('smtp'), site.address('gone'), note('none'))).toMatch(/^550 5\.1\.1 /)
    } finally {
      await site.dispose()
    }
  })

  test('a user of this machine has it run by his own rights, in his home', async () => {
    const program = join(folder, 'whoami')
    const out = join(folder, 'who')
    writeFileSync(program, `#!/bin/sh\ncat > /dev/null\necho "$(id -un) $(id -gn) $(pwd) $HOME $EXTENSION" >> ${out}\n`)
    chmodSync(program, 0o755)
    writeFileSync(out, '')
    chmodSync(out, 0o666)
    const site = await Appliance.start({
      listeners: ['smtp'],
      users: ['mail'],
      relay: { queue: 'queue', aliasUser: NOBODY, mailboxCommand: { argv: [program] } },
    })
    try {
      expect(await deliver(site.port('smtp'), 'mail+lists@example.test', note('own'))).toMatch(/^250 /)
      expect(await fate(site, 'mail+lists')).toMatchObject({ status: 'sent' })
      expect(readFileSync(out, 'utf8')).toBe('mail mail /var/mail /var/mail lists\n')
    } finally {
      await site.dispose()
    }
  })
})

test('[I2] mailboxTransport: an LMTP server gets the mail of our users, after aliases', async () => {
  const port = await freePort()
  const store = await MailHost.start({
    domain: 'example.test',
    users: ['alice'],
    listeners: [{ protocol: 'lmtp', port }],
  })
  const site = await Appliance.start({
    listeners: ['smtp'],
    relay: {
      queue: 'queue',
      aliasMaps: ['inline:{hostmaster=alice}'],
      mailboxTransport: `lmtp:inet:127.0.0.1:${port}`,
    },
  })
  try {
    expect(await deliver(site.port('smtp'), site.address('hostmaster'), note('over LMTP'))).toMatch(/^250 /)
    expect(await fate(site, 'alice')).toMatchObject({ agent: 'lmtp', status: 'sent' })
    const [message] = await store.arrived('alice')
    expect(message).toContain('Subject: over LMTP\r\n')
    expect(await deliver(site.port('smtp'), site.address('gone'), note('none'))).toMatch(/^550 5\.1\.1 /)
  } finally {
    await site.dispose()
    await store.close()
  }
})

function filed(path: string): readonly string[] {
  try {
    return readdirSync(path).map((name) => readFileSync(join(path, name), 'latin1'))
  } catch {
    return []
  }
}

import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver, imap, imapSession } from '../support/dialogue.js'
import { note } from '../support/messages.js'
import { run } from '../support/run.js'
import { STORES } from '../support/stores.js'

/** Python's own clients. What each scenario does and expects stands in `python/`. */
const SMTP = [
  ['send_plain', 'sends in clear text'],
  ['send_starttls', '[D1] sends by STARTTLS after a login'],
  ['send_tls', '[D1] sends by TLS after a login'],
  ['send_lmtp', '[I2] delivers by LMTP'],
  ['some_recipients_unknown', '[C13] is refused some recipients'],
  ['declared_too_big', '[B3] is refused a message by its declared size'],
  ['wrong_password', 'is refused a wrong password'],
] as const
const IMAP = [
  ['starttls', 'reads by STARTTLS'],
  ['authenticate_plain', '[E13] logs in by AUTHENTICATE PLAIN'],
  ['mailboxes', '[F8] creates, subscribes, renames and deletes mailboxes'],
  ['append_and_fetch', 'appends, and fetches what it appended'],
  ['structure', '[F9] reads envelope and structure'],
  ['search', 'searches'],
  ['flags', 'changes flags and keywords'],
  ['copy_and_move', 'copies and moves'],
  ['expunge', 'expunges'],
  ['idle', '[F14] is told within a second while it idles'],
  ['compress', 'reads and writes through COMPRESS'],
  ['sort_and_thread', '[F2] sorts and threads'],
  ['enable', '[F2] names and reads in UTF-8 after ENABLE'],
  ['wrong_password', 'is refused a wrong password, and tries again'],
] as const
const POP3 = [
  ['list_and_retrieve', '[G1] lists and retrieves'],
  ['unique_ids', '[G4] sees the same unique ids again'],
  ['delete', '[G5] deletes'],
  ['deletes_only_at_quit', '[G5] deletes nothing without QUIT'],
  ['stls', '[G6] reads by STLS'],
  ['apop', '[E12] logs in by APOP'],
  ['wrong_password', 'is refused a wrong password, and tries again'],
  ['one_at_a_time', 'has the maildrop to itself'],
] as const

describe.each(STORES)('Python, %s', (_, wishes) => {
  let site: Appliance

  beforeAll(async () => {
    const users = POP3.map(([scenario]) => popUser(scenario))
    site = await Appliance.start({ ...wishes, users: ['bob', 'carol', ...users] })
    for (const user of users) {
      for (const subject of ['m1', 'm2', 'm3']) {
        const reply = await deliver(site.port('smtp'), site.address(user), note(subject, 'Text\r\n.dotted\r\n'))
        expect(reply).toMatch(/^250 /)
      }
    }
  })
  afterAll(() => site?.dispose())

  async function play(script: string, scenario: string, user: string): Promise<void> {
    const path = fileURLToPath(new URL(`python/${script}.py`, import.meta.url))
    const { code, stdout, stderr } = await run('python3', ['-B', path, scenario, site.facts(user)])
    expect(code, `${stdout}${stderr}`).toBe(0)
  }

  describe('smtplib', () => {
    for (const [scenario, name] of SMTP) test(name, () => play('smtp_client', scenario, 'bob'))

    test('what was sent is there', async () => {
      const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
      await imap(wire, 's EXAMINE INBOX')
      const responses = await imap(wire, 'f FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]')
      const subjects = responses.flatMap((response) => /Subject: (.*)\r\n/.exec(response)?.[1] ?? [])
      wire.destroy()
      expect(subjects).toEqual(['plain', 'starttls', 'tls', 'lmtp', 'some', 'small again'])
    })
  })

  describe('imaplib', () => {
    for (const [scenario, name] of IMAP) test(name, () => play('imap_client', scenario, 'carol'))
  })

  describe('poplib', () => {
    for (const [scenario, name] of POP3) test(name, () => play('pop3_client', scenario, popUser(scenario)))
  })
})

function popUser(scenario: string): string {
  return `pop-${scenario.replaceAll('_', '-')}`
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { COMMAND } from '../support/command.js'
import { Home } from '../support/home.js'
import { succeed } from '../support/run.js'
import { eventually } from '../support/wait.js'

/** Programs that give their mail to `sendmail`, each with the options that it has for that. */
let site: Appliance
let home: Home
let sendmail = ''

beforeAll(async () => {
  home = new Home()
  site = await Appliance.start({ users: ['bob'], relay: { queue: 'queue', maildrop: 'maildrop' } })
  await succeed(process.execPath, [COMMAND, 'twins', home.path('bin'), '--config', site.config])
  sendmail = join(home.path('bin'), 'sendmail')
})
afterAll(async () => {
  await site?.dispose()
  home?.dispose()
})

/** Waits until a user has a message with this subject. */
function arrived(user: string, subject: string): Promise<string> {
  const folder = join(site.maildir(user), 'new')
  return eventually(20_000, `${user} has "${subject}"`, () => {
    const files = existsSync(folder) ? readdirSync(folder) : []
    return files
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .find((text) => text.includes(`Subject: ${subject}\n`))
  })
}

describe('[A10] [B9] programs that call sendmail', () => {
  test.each(['mutt', 'neomutt'])('%s, with a copy to a second user and 8-bit text', async (program) => {
    const rc = home.configuration('muttrc', [
      `set sendmail="${sendmail} -oem -oi"`,
      'set from=bob@example.test',
      'set realname="Bob"',
      'set use_envelope_from=yes',
      'set allow_8bit=yes',
      'set send_charset="utf-8"',
      'set copy=no',
    ])
    const args = ['-F', rc, '-s', `by ${program}`, '-c', 'bob@example.test', 'alice@example.test']
    const sent = await home.run(program, args, { input: 'Grüße\n.\nnoch da\n' })
    expect([sent.code, sent.stderr]).toEqual([0, ''])
    for (const user of ['alice', 'bob']) {
      const text = await arrived(user, `by ${program}`)
      expect(text).toMatch(/^Return-Path: <bob@example\.test>/m)
      expect(text).toContain('\nFrom: Bob <bob@example.test>\n')
      expect(text).toContain('\nGrüße\n.\nnoch da\n')
    }
  })

  test('mail(1) of BSD, as scripts have it', async () => {
    home.configuration('.mailrc', [`set sendmail=${sendmail}`])
    const sent = await home.run('bsd-mailx', ['-s', 'by mail', 'alice@example.test', 'bob'], {
      input: 'The disk is full.\n',
    })
    expect([sent.code, sent.stderr]).toEqual([0, ''])
    for (const user of ['alice', 'bob']) expect(await arrived(user, 'by mail')).toMatch(/\n\nThe disk is full\.\n+$/)
  })

  test('cron, by its own command line and header; a dot alone ends nothing', async () => {
    const header = [
      'From: root (Cron Daemon)',
      'To: alice',
      'Subject: Cron <root@mail> backup',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=UTF-8',
      'X-Cron-Env: <SHELL=/bin/sh>',
    ]
    const script = 'exec "$1" -i -FCronDaemon -B8BITMIME -oem alice'
    const input = `${header.join('\n')}\n\nvorher\n.\nnachher: 3 €\n`
    const sent = await home.run('sh', ['-c', script, 'cron', sendmail], { input })
    expect([sent.code, sent.stdout, sent.stderr]).toEqual([0, '', ''])
    const text = await arrived('alice', 'Cron <root@mail> backup')
    expect(text).toMatch(/^From: root@example\.test \(Cron Daemon\)$/m)
    expect(text).toMatch(/^To: alice@example\.test$/m)
    expect(text).toContain('\nX-Cron-Env: <SHELL=/bin/sh>\n')
    expect(text).toMatch(/\nvorher\n\.\nnachher: 3 €\n$/)
  })

  test('a pipe into sendmail -t -i, from a shell: recipients of the header, a Bcc that nobody sees', async () => {
    const script =
      'printf "To: alice@example.test\\nBcc: bob@example.test\\nSubject: by a pipe\\n\\none\\n.\\ntwo\\n" | "$1" -t -i'
    const sent = await home.run('sh', ['-c', script, 'sh', sendmail])
    expect([sent.code, sent.stderr]).toEqual([0, ''])
    for (const user of ['alice', 'bob']) {
      const text = await arrived(user, 'by a pipe')
      expect(text).toMatch(/\n\none\n\.\ntwo\n$/)
      expect(text).not.toMatch(/^Bcc/im)
    }
  })
})

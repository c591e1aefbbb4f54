import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { smtp, smtpReply } from '../support/dialogue.js'
import { run } from '../support/run.js'
import { Wire } from '../support/wire.js'

/** The built command with an alias file; Python's smtplib asks for lists, from this machine and as strangers. */
let site: Appliance
let closed: Appliance

const TRUSTED = '127.0.0.1'
const STRANGER = '127.0.0.9'

beforeAll(async () => {
  const relay = { queue: 'queue', aliasMaps: ['hash:aliases'], networks: [TRUSTED] }
  site = await Appliance.start({
    listeners: ['smtp', 'submission'],
    users: ['bob'],
    relay: { ...relay, expn: 'offered', aliasesMay: ['include', 'command'], aliasUser: { uid: 65_534, gid: 65_534 } },
  })
  closed = await Appliance.start({ listeners: ['smtp'], relay })
  for (const { folder } of [site, closed]) {
    writeFileSync(join(folder, 'aliases'), `staff: alice, bob,\n  "Dora D"@far.test\nfile: :include:${folder}/list\n`)
    writeFileSync(join(folder, 'list'), 'bob\n# somebody\nerin@far.test, alice\n')
  }
  writeFileSync(join(site.folder, 'aliases'), 'tickets: alice, "|/usr/bin/true secret"\n', { flag: 'a' })
})
afterAll(async () => {
  await site?.dispose()
  await closed?.dispose()
})

/** What smtplib makes of EXPN: the code, and the texts of its lines. */
async function expanded(name: string, from = TRUSTED): Promise<readonly [number, readonly string[]]> {
  const program = `
import json, smtplib, sys
port, name, source = int(sys.argv[1]), sys.argv[2], sys.argv[3]
with smtplib.SMTP("127.0.0.1", port, source_address=(source, 0), timeout=20) as client:
    client.ehlo()
    code, text = client.expn(name)
    print(json.dumps([code, text.decode().split("\\n")]))
`
  const { stdout, stderr, code } = await run('python3', ['-c', program, String(site.port('smtp')), name, from])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

async function asked(port: number, commands: readonly string[], from = TRUSTED): Promise<readonly string[]> {
  const wire = await Wire.open(port, { from })
  try {
    await smtpReply(wire)
    const replies: string[] = []
    for (const command of commands) replies.push(await smtp(wire, command))
    return replies
  } finally {
    wire.destroy()
  }
}

describe('EXPN of a site that offers it', () => {
  test('names the members of a list, a line each', async () => {
    expect(await expanded('staff')).toEqual([
      250,
      ['2.1.5 <alice@example.test>', '2.1.5 <bob@example.test>', '2.1.5 <"Dora D"@far.test>'],
    ])
  })

  test('names those of a list in a file', async () => {
    expect(await expanded('<file@example.test>')).toEqual([
      250,
      ['2.1.5 <bob@example.test>', '2.1.5 <erin@far.test>', '2.1.5 <alice@example.test>'],
    ])
  })

  test('says that a user is none, and that nobody is', async () => {
    expect(await expanded('bob')).toEqual([550, ['5.5.4 That is a user name, not a mailing list']])
    expect(await expanded('gone')).toEqual([
      550,
      ['5.1.1 <gone@example.test>: Recipient address rejected: User unknown in local recipient table'],
    ])
  })

  test('tells nothing of a list with a program in it', async () => {
    expect(await expanded('tickets')).toEqual([252, ['2.0.0 tickets']])
  })

  test('tells strangers nothing at all, and users everything', async () => {
    for (const name of ['staff', 'bob', 'gone', 'postmaster']) {
      expect(await expanded(name, STRANGER)).toEqual([252, [`2.0.0 ${name}`]])
    }
    const login = Buffer.from(`\0bob\0${site.password('bob')}`).toString('base64')
    const commands = ['EHLO there.example', `AUTH PLAIN ${login}`, 'EXPN staff']
    const replies = await asked(site.port('submission'), commands, STRANGER)
    expect(replies[2]).toBe('250 2.1.5 <alice@example.test> | 2.1.5 <bob@example.test> | 2.1.5 <"Dora D"@far.test>')
  })

  test('is told of with EHLO, and does not disturb a transaction', async () => {
    const replies = await asked(site.port('smtp'), [
      'EHLO there.example',
      'MAIL FROM:<joe@far.test>',
      'EXPN staff',
      'RCPT TO:<bob@example.test>',
      'QUIT',
    ])
    expect(replies.map((each) => each.slice(0, 4))).toEqual(['250 ', '250 ', '250 ', '250 ', '221 '])
    expect(replies[0]).toMatch(/\| EXPN \|/)
  })
})

test('without it there is no such command, and no word of it', async () => {
  const [hello = '', expn] = await asked(closed.port('smtp'), ['EHLO there.example', 'EXPN staff'])
  expect(hello).not.toContain('EXPN')
  expect(expn).toMatch(/^502 5\.5\.1 /)
})

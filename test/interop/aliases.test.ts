import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@mailwright/core/node'
import { TableFiles } from '@mailwright/relay/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deliver, smtp, smtpSession } from '../support/dialogue.js'
import { MailHost } from '../support/mail-world.js'
import { note } from '../support/messages.js'
import { eventually } from '../support/wait.js'

/** The sample of seed 004, and what lists can do beside it. */
const ALIASES = `
mailer-daemon: postmaster
postmaster: root
hostmaster: root
usenet:     root
news: root
webmaster:  root
root:
	usuario
team:   ana, bea,
        "bea", \\usuario
loop:   pool
pool:   loop
list:   ana, far@elsewhere.test
owner-list: usuario
program: "|/bin/program"
both: ana, "|/bin/program"
`
const VIRTUAL = `
dominio2           anything
pepe@dominio2      usuario
@dominio3          ana@dominio1
two@dominio2       ana, bea@dominio1
`

let folder: string
let far: MailHost
let host: MailHost

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-aliases-'))
  const aliases = join(folder, 'aliases')
  const virtual = join(folder, 'virtual')
  const boxes = join(folder, 'boxes')
  writeFileSync(aliases, ALIASES)
  writeFileSync(virtual, VIRTUAL)
  writeFileSync(boxes, 'dominio5 anything\n')
  far = await MailHost.start({ domain: 'elsewhere.test', users: ['far'], relay: { relayHost: '[127.0.0.1]:1' } })
  host = await MailHost.start({
    domain: 'dominio1',
    users: ['usuario', 'ana', 'bea'],
    relay: {
      networks: [],
      relayHost: `[127.0.0.1]:${far.server.port('smtp')}`,
      tables: new TableFiles({ clock: systemClock }),
      routing: {
        aliasMaps: [`aliases:${aliases}`],
        virtualAliasDomains: ['dominio2', 'dominio3'],
        virtualAliasMaps: [`hash:${virtual}`],
        virtualMailboxDomains: [`hash:${boxes}`],
      },
    },
  })
})
afterAll(async () => {
  await host?.close()
  await far?.close()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

const subjects = async (user: string): Promise<readonly string[]> =>
  (await host.inbox(user)).map((message) => /^Subject: (.*)\r$/m.exec(message)?.[1] ?? '')

/** Sends to an address, and tells who got it. */
async function whoGets(to: string): Promise<string> {
  const subject = `to ${to} ${Math.floor(performance.now() * 1_000)}`
  const reply = await deliver(host.server.port('smtp'), to, note(subject))
  if (!reply.startsWith('250 ')) return reply
  await host.queueEmpty()
  const users: string[] = []
  for (const user of ['usuario', 'ana', 'bea']) {
    const count = (await subjects(user)).filter((each) => each === subject).length
    if (count > 0) users.push(count === 1 ? user : `${user} ×${count}`)
  }
  return users.join(' ')
}

describe('[C14] where commands and files of aliases are allowed', () => {
  test('they get mail, and addresses that look like them do not', async () => {
    const place = mkdtempSync(join(tmpdir(), 'mailwright-programs-'))
    chmodSync(place, 0o777)
    const aliases = join(place, 'aliases')
    const archive = join(place, 'archive')
    const robot = join(place, 'robot')
    const evil = join(place, 'evil')
    writeFileSync(robot, `#!/bin/sh\n{ echo "$@"; cat; } > ${place}/robot.out\n`)
    chmodSync(robot, 0o755)
    writeFileSync(evil, `#!/bin/sh\ntouch ${place}/evil.out\n`)
    chmodSync(evil, 0o755)
    writeFileSync(aliases, `robot: "|${robot} --to 'somebody else'", ${archive}, ana\nvoid: /dev/null\n`)
    const nobody = { uid: 65_534, gid: 65_534 }
    const allowing = await MailHost.start({
      domain: 'dominio1',
      users: ['ana'],
      relay: {
        networks: [],
        domains: ['relayed.test'],
        relayHost: `[127.0.0.1]:${far.server.port('smtp')}`,
        tables: new TableFiles({ clock: systemClock }),
        routing: { aliasMaps: [`hash:${aliases}`], aliasesMay: new Set(['command', 'file']) },
        ...(process.getuid?.() === 0 ? { aliasUser: nobody } : {}),
      },
    })
    try {
      const port = allowing.server.port('smtp')
      expect(await deliver(port, 'robot@dominio1', note('program'))).toMatch(/^250 /)
      expect(await deliver(port, 'void@dominio1', note('void'))).toMatch(/^250 /)
      await allowing.queueEmpty()
      expect(readFileSync(join(place, 'robot.out'), 'utf8')).toMatch(
        /^--to somebody else\nFrom sender@example\.org .*\nReturn-Path: <sender@example\.org>\nX-Original-To: robot@dominio1\nDelivered-To: robot@dominio1\n[\s\S]*Subject: program\n/,
      )
      expect(readFileSync(archive, 'utf8')).toMatch(/^From sender@example\.org .*\n[\s\S]*Subject: program\n/)
      expect((await allowing.inbox('ana')).filter((message) => message.includes('Subject: program'))).toHaveLength(1)
      expect(
        allowing
          .events('delivery')
          .map(({ to, status }) => `${to} ${status}`)
          .sort(),
      ).toEqual(
        [
          ':file:/dev/null sent',
          `:command:${robot} --to 'somebody else' sent`,
          `:file:${archive} sent`,
          'ana@dominio1 sent',
        ].sort(),
      )
      const tricks = [`|${evil}`, `":command:${evil}"`, `"|${evil}"`, `":command:${evil} "`, archive]
      for (const trick of tricks) {
        expect([trick, await deliver(port, `${trick}@dominio1`, note('trick'))]).toEqual([
          trick,
          expect.stringMatching(/^5/),
        ])
        await deliver(port, `${trick}@relayed.test`, note('trick'))
      }
      // What another server is to have goes there, and is refused there.
      await eventually(20_000, 'the tricks are over', () =>
        allowing.events('delivery').filter(({ to }) => String(to).endsWith('@relayed.test')).length >= 2
          ? true
          : undefined,
      )
      expect(
        allowing
          .events('delivery')
          .filter(({ to }) => String(to).endsWith('@relayed.test'))
          .every(({ agent }) => agent === 'relay'),
      ).toBe(true)
      expect(existsSync(join(place, 'evil.out'))).toBe(false)
      expect(readFileSync(archive, 'utf8')).not.toContain('trick')
    } finally {
      await allowing.close()
      rmSync(place, { recursive: true, force: true })
    }
  })
})

describe('[C14] [C16] [C5] [C13] who gets what is sent to', () => {
  test.each([
    ['usuario@dominio1', 'usuario'],
    ['usuario+lists@dominio1', 'usuario'],
    ['hostmaster@dominio1', 'usuario'],
    ['Webmaster@DOMINIO1', 'usuario'],
    ['mailer-daemon@dominio1', 'usuario'],
    ['postmaster', 'usuario'],
    ['team@dominio1', 'usuario ana bea'],
    ['pepe@dominio2', 'usuario'],
    ['anybody@dominio3', 'ana'],
    ['two@dominio2', 'ana bea'],
    ['ana@dominio5', 'ana'],
    ['ana+lists@Dominio5', 'ana'],
    ['nobody@dominio5', expect.stringMatching(/^550 5\.1\.1 .*User unknown in virtual mailbox table$/)],
    ['both@dominio1', 'ana'],
    ['program@dominio1', expect.stringMatching(/^550 5\.7\.1 .*mail to command is restricted$/)],
    ['nobody@dominio2', expect.stringMatching(/^550 5\.1\.1 .*User unknown in virtual alias table$/)],
    ['nobody@dominio1', expect.stringMatching(/^550 5\.1\.1 .*User unknown in local recipient table$/)],
    ['anybody@dominio4', expect.stringMatching(/^554 5\.7\.1 .*Relay access denied$/)],
  ])('%s', async (to, expected) => {
    expect(await whoGets(to)).toEqual(expected)
  })

  test('the fields of who was rewritten say what was written', async () => {
    await whoGets('pepe@dominio2')
    const message = (await host.inbox('usuario')).at(-1)
    expect(message).toMatch(
      /^Return-Path: <sender@example\.org>\r\nX-Original-To: pepe@dominio2\r\nDelivered-To: usuario@dominio1\r\nReceived: /,
    )
  })

  test('a list with an owner: members hear from the list, trouble goes to the owner; two copies of one message', async () => {
    expect(await whoGets('list@dominio1')).toBe('ana')
    const [there] = await far.arrived('far')
    expect(there).toMatch(/^Return-Path: <owner-list@dominio1>\r\n/)
    expect((await host.inbox('ana')).at(-1)).toMatch(
      /^Return-Path: <owner-list@dominio1>\r\nX-Original-To: list@dominio1\r\n/,
    )
  })

  test('one who is named twice, by himself and by a list, has one copy of each sender', async () => {
    const wire = await smtpSession(host.server.port('smtp'))
    try {
      await smtp(wire, 'MAIL FROM:<x@example.org>')
      for (const to of ['ana@dominio1', 'team@dominio1', 'list@dominio1']) await smtp(wire, `RCPT TO:<${to}>`)
      await smtp(wire, 'DATA')
      await wire.send(`${note('thrice')}.\r\n`)
      expect(await wire.line()).toMatch(/^250 /)
    } finally {
      wire.destroy()
    }
    await host.queueEmpty()
    const copies = (await host.inbox('ana')).filter((message) => message.includes('Subject: thrice\r\n'))
    expect(copies.map((copy) => /^Return-Path: <(.*)>/.exec(copy)?.[1]).sort()).toEqual([
      'owner-list@dominio1',
      'x@example.org',
    ])
  })

  test('[B12] VRFY tells what RCPT would', async () => {
    const wire = await smtpSession(host.server.port('smtp'))
    try {
      expect(await smtp(wire, 'VRFY hostmaster@dominio1')).toMatch(/^252 /)
      expect(await smtp(wire, 'VRFY nobody@dominio1')).toMatch(/^550 5\.1\.1 /)
    } finally {
      wire.destroy()
    }
  })
})

test('[B19] what was delivered to an address before does not go there again, by either way', async () => {
  const text = `Delivered-To: ana@dominio1\r\n${note('again')}`
  expect(await deliver(host.server.port('smtp'), 'ana@dominio1', text)).toMatch(
    /^554 5\.4\.6 .*mail forwarding loop for ana@dominio1/,
  )
  expect(await deliver(host.server.port('smtp'), 'anybody@dominio3', text)).toMatch(/^250 /)
  await host.queueEmpty()
  expect(host.events('delivery').find(({ status }) => status === 'bounced')).toMatchObject({
    status: 'bounced',
    dsn: '5.4.6',
    text: 'mail forwarding loop for ana@dominio1',
  })
})

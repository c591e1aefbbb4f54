import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { staticAuthenticator } from '@mailwright/auth'
import { accountId } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { createMemoryStore } from '@mailwright/store-memory'
import { createMailServer, type MailServer, makeSelfSigned, memoryUrlAuthority } from 'mailwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../support/command.js'
import { imap, imapSession, imapUntil, pop3, pop3Lines, smtpReply } from '../support/dialogue.js'
import { Wire } from '../support/wire.js'

const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const [, TODAY = ''] = /^## What works today\n([\s\S]*?)^## /m.exec(README) ?? []

/** The words in capitals of the one point of "What works today" that begins so. */
function promised(beginning: string): Set<string> {
  const point = TODAY.split(/^- /m).find((text) => text.startsWith(beginning)) ?? ''
  return new Set(
    point.match(/\b(?=\d*[A-Z])[A-Z0-9][A-Z0-9]+(?:[-+=][A-Z0-9]+)*(?:rev\d)?(?![\w+])|\bLITERAL\+/g) ?? [],
  )
}

let server: MailServer

beforeAll(async () => {
  server = await createMailServer({
    hostname: 'mx.example.com',
    domains: ['example.com'],
    store: createMemoryStore({
      clock: systemClock,
      sharing: { others: 'Other Users', shared: { name: 'Shared', account: accountId('shared') } },
    }),
    authenticator: staticAuthenticator({ ada: 'secret' }),
    urlAuth: { authority: memoryUrlAuthority() },
    certificate: await makeSelfSigned('mx.example.com'),
    listeners: (['smtp', 'lmtp', 'imap', 'pop3'] as const).map((protocol) => ({ protocol, port: 0 })),
  })
})
afterAll(() => server.close())

describe('what the README says of extensions is what the servers say', () => {
  test('EHLO', async () => {
    const wire = await Wire.open(server.port('smtp'))
    await smtpReply(wire)
    await wire.sendLine('EHLO client.example.org')
    const [, ...lines] = (await smtpReply(wire)).lines
    wire.destroy()
    const told = lines.flatMap((line) => (line.startsWith('AUTH ') ? line.split(' ') : (line.split(' ')[0] ?? '')))
    const names = promised('**SMTP**')
    // VRFY is a command that is always there; SMTP and LMTP are the protocols themselves.
    expect(told.filter((name) => name !== 'VRFY').toSorted()).toEqual(
      [...names].filter((n) => !/MTP$/.test(n)).toSorted(),
    )
  })

  test('CAPABILITY', async () => {
    const stranger = await Wire.open(server.port('imap'))
    await imapUntil(stranger, '* OK ')
    const before = (await imap(stranger, 'c CAPABILITY'))[0] ?? ''
    stranger.destroy()
    const wire = await imapSession(server.port('imap'), 'ada', 'secret')
    const after = (await imap(wire, 'c CAPABILITY'))[0] ?? ''
    wire.destroy()
    expect(before).toContain(' STARTTLS')
    // A limit is the host's to choose; RIGHTS= says what ACL does.
    const told = after
      .replace('* CAPABILITY ', '')
      .replace(/=\d{3,}/g, '')
      .replace(/ RIGHTS=\S+/, '')
      .split(' ')
    expect(told.toSorted()).toEqual([...promised('**IMAP4rev1**')].toSorted())
  })

  test('CAPA', async () => {
    const wire = await Wire.open(server.port('pop3'))
    expect(await wire.line()).toMatch(/<[^>]+@mx\.example\.com>$/)
    await pop3(wire, 'CAPA')
    const told = (await pop3Lines(wire)).map((line) => line.split(' ')[0] ?? '')
    wire.destroy()
    const names = promised('**POP3**')
    // APOP is told by the greeting; USER is how POP3 began.
    const rest = [...names].filter((name) => name !== 'POP3' && name !== 'APOP')
    expect(told.filter((name) => name !== 'USER').toSorted()).toEqual(rest.toSorted())
  })
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { staticAuthenticator } from '@mailwright/auth'
import { accountId } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { createMemoryQueue, createMemoryStore } from '@mailwright/store-memory'
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
let agent: MailServer
/** A file with the certificate of both. */
let trust: string

beforeAll(async () => {
  const certificate = await makeSelfSigned('mx.example.com')
  trust = join(mkdtempSync(join(tmpdir(), 'mailwright-promises-')), 'trust.pem')
  writeFileSync(trust, certificate.certificate)
  agent = await createMailServer({
    hostname: 'mx.example.com',
    domains: [],
    relay: { queue: createMemoryQueue() },
    authenticator: staticAuthenticator({}),
    certificate,
    listeners: [{ protocol: 'submission', port: 0, tls: 'implicit' }],
  })
  server = await createMailServer({
    hostname: 'mx.example.com',
    domains: ['example.com'],
    store: createMemoryStore({
      clock: systemClock,
      sharing: { others: 'Other Users', shared: { name: 'Shared', account: accountId('shared') } },
    }),
    authenticator: staticAuthenticator({ ada: 'secret' }),
    urlAuth: { authority: memoryUrlAuthority() },
    certificate,
    listeners: (['smtp', 'submission', 'lmtp', 'imap', 'pop3'] as const).map((protocol) => ({ protocol, port: 0 })),
  })
})
afterAll(async () => {
  await server?.close()
  await agent?.close()
  rmSync(dirname(trust), { recursive: true, force: true })
})

describe('what the README says of extensions is what the servers say', () => {
  /** What EHLO lists, AUTH with its mechanisms. */
  async function ehlo(port: number, options: { readonly trust?: string } = {}): Promise<readonly string[]> {
    const wire = await Wire.open(port, options)
    await smtpReply(wire)
    await wire.sendLine('EHLO client.example.org')
    const [, ...lines] = (await smtpReply(wire)).lines
    wire.destroy()
    return lines.flatMap((line) => (line.startsWith('AUTH ') ? line.split(' ') : (line.split(' ')[0] ?? '')))
  }

  test('EHLO', async () => {
    const names = promised('**SMTP**')
    // VRFY is a command that is always there; SMTP and LMTP are the protocols themselves, and XCLIENT and XFORWARD are for few.
    const others = /MTP$|^X/
    const told = await ehlo(server.port('smtp'))
    expect(told.filter((name) => name !== 'VRFY').toSorted()).toEqual(
      [...names].filter((n) => !others.test(n)).toSorted(),
    )
  })

  test('EHLO with relay', async () => {
    // Over TLS, where users log in: then nothing is withheld.
    const without = await ehlo(server.port('smtp'))
    const told = (await ehlo(agent.port('submission'), { trust })).filter((name) => !without.includes(name))
    expect(told.toSorted()).toEqual([...promised('**SMTP with')].filter((name) => name !== 'SMTP').toSorted())
  })

  test('EHLO where users have URLs of their mail', async () => {
    const without = await ehlo(server.port('smtp'))
    const told = (await ehlo(server.port('submission'))).filter((name) => !without.includes(name))
    expect(told).toEqual([...promised('**Submission with')])
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

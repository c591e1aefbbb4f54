import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { QueueEnvelope } from '@mailwright/core'
import type { DeliveryAgent } from '@mailwright/relay'
import { socketDialer } from '@mailwright/relay/node'
import { type Certificate, makeSelfSigned } from 'mailwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smtp, smtpSession, smtpText } from '../support/dialogue.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { note } from '../support/messages.js'
import { eventually } from '../support/wait.js'

/** Two hosts of ours: what the sender asks for at the first is what the second hears, and over what kind of connection. */
let folder: string
let certificate: Certificate
let home: MailHost
let far: MailHost
let port: number
let farPort: number
const arrived: QueueEnvelope[] = []
const rejected = { isTrusted: true }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-require-'))
  certificate = await makeSelfSigned('mx.far.test')
  writeFileSync(join(folder, 'crt'), certificate.certificate)
  port = await freePort()
  farPort = await freePort()
  const local: DeliveryAgent = {
    async deliver({ message, recipients }) {
      arrived.push(message.envelope)
      const results = recipients.map(({ position }) => ({
        kind: 'delivered' as const,
        position,
        relay: 'local',
        status: '2.0.0',
        text: 'kept',
        reports: 'delivered' as const,
      }))
      return { results }
    },
  }
  far = await MailHost.start({
    domain: 'far.test',
    users: ['dora', 'zoë'],
    certificate,
    listeners: [{ protocol: 'smtp', port: farPort, tls: 'starttls' }],
    relay: { localMail: 'queued', agents: { local } },
  })
  const believing = socketDialer({ authorities: certificate.certificate })
  const doubting = socketDialer()
  home = await MailHost.start({
    domain: 'home.test',
    users: ['alice'],
    certificate,
    listeners: [{ protocol: 'submission', port, tls: 'implicit' }],
    relay: {
      relayHost: `[localhost]:${farPort}`,
      addresses: 'ipv4',
      dialer: { dial: (target, signal) => (rejected.isTrusted ? believing : doubting).dial(target, signal) },
    },
  })
})
afterAll(async () => {
  await home?.close()
  await far?.close()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

/** Sends as alice, and waits until it is gone from her host. */
async function send(parameters: string, to = 'dora@far.test'): Promise<string> {
  const wire = await smtpSession(port, { trust: join(folder, 'crt') })
  try {
    const login = Buffer.from('\0alice\0secret-of-alice').toString('base64')
    expect(await smtp(wire, `AUTH PLAIN ${login}`)).toMatch(/^235 /)
    expect(await smtp(wire, `MAIL FROM:<alice@home.test> ${parameters}`)).toMatch(/^250 /)
    // The wire takes octets.
    expect(await smtp(wire, `RCPT TO:<${Buffer.from(to).toString('latin1')}>`)).toMatch(/^250 /)
    expect(await smtp(wire, 'DATA')).toMatch(/^354 /)
    await wire.send(`${note('require')}.\r\n`)
    const reply = await smtpText(wire)
    await smtp(wire, 'QUIT')
    return reply
  } finally {
    wire.destroy()
  }
}

function next(count: number): Promise<QueueEnvelope> {
  return eventually(20_000, `${count} messages at far.test`, () => arrived[count - 1])
}

describe('[D1] from end to end', () => {
  test('REQUIRETLS goes with the message, over TLS that was verified', async () => {
    rejected.isTrusted = true
    expect(await send('REQUIRETLS')).toMatch(/^250 /)
    expect(await next(1)).toMatchObject({ reversePath: 'alice@home.test', requireTls: true })
    const [connected] = home.events('hostConnected')
    expect(connected).toMatchObject({ host: 'localhost', trust: 'Verified', protocol: 'TLSv1.3' })
  })

  test('a host that is not believed does not get it, and the sender hears so, without the text of the message', async () => {
    rejected.isTrusted = false
    expect(await send('REQUIRETLS RET=FULL')).toMatch(/^250 /)
    const [report] = await home.arrived('alice')
    expect(report).toContain('Status: 5.7.10\r\n')
    expect(report).toContain('Content-Type: text/rfc822-headers')
    expect(arrived).toHaveLength(1)
    // What does not insist goes there all the same.
    expect(await send('')).toMatch(/^250 /)
    expect((await next(2)).requireTls).toBeUndefined()
    rejected.isTrusted = true
  })

  test('SMTPUTF8, MT-PRIORITY, BY, ENVID and NOTIFY go with the message', async () => {
    expect(await send('SMTPUTF8 MT-PRIORITY=2 BY=3600;N ENVID=QQ1 RET=HDRS', 'zoë@far.test')).toMatch(/^250 /)
    expect(await next(3)).toMatchObject({
      smtpUtf8: true,
      ret: 'HDRS',
      envelopeId: 'QQ1',
      deliverBy: expect.objectContaining({ mode: 'N' }),
    })
  })
})

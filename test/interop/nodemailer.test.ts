import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import { createTransport, type SMTPTransportOptions } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { within } from '../support/wait.js'

/** What most Node programs send and read mail with. */
let site: Appliance
const clients: ImapFlow[] = []

beforeAll(async () => {
  site = await Appliance.start({ users: ['bob', 'carol'] })
})
afterAll(async () => {
  for (const client of clients) client.close()
  await site?.dispose()
})

function trusting(): { readonly ca: Buffer } {
  return { ca: readFileSync(site.certificate) }
}

/** A client that is logged in by TLS, or by STARTTLS. */
async function reader(user: string, listener: 'imaps' | 'imap' = 'imaps'): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: site.port(listener),
    secure: listener === 'imaps',
    ...(listener === 'imap' ? { doSTARTTLS: true } : {}),
    tls: trusting(),
    auth: { user, pass: site.password(user) },
    logger: false,
    disableAutoIdle: true,
  })
  clients.push(client)
  await within(20_000, 'imapflow is connected', client.connect())
  return client
}

function found<T>(value: T | false | undefined): T {
  if (value === false || value === undefined) throw new Error('imapflow got nothing')
  return value
}

function sum(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex')
}

describe('nodemailer', () => {
  const picture = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7919) % 251))

  async function sendVia(options: SMTPTransportOptions, subject: string): Promise<string> {
    const transport = createTransport({ host: '127.0.0.1', ...options })
    try {
      const sent = await transport.sendMail({
        from: 'Böb <bob@example.test>',
        to: site.address('bob'),
        cc: site.address('carol'),
        subject,
        text: 'Grüße\n.\nEnd\n',
        html: '<p>Grüße</p>',
        attachments: [
          { filename: 'Bild.bin', content: picture },
          { filename: 'Übersicht.txt', content: 'ä\n' },
        ],
      })
      return sent.response
    } finally {
      transport.close()
    }
  }

  for (const [name, listener, secure] of [
    ['STARTTLS', 'submission', false],
    ['TLS', 'submissions', true],
  ] as const) {
    test(`[D1] sends attachments by ${name} after a login`, async () => {
      const auth = { user: 'bob', pass: site.password('bob') }
      const options = { port: site.port(listener), secure, requireTLS: true, tls: trusting(), auth }
      expect(await sendVia(options, `Überraschung by ${name}`)).toMatch(/^250 2\.0\.0 Ok: queued as [0-9A-F]{12}$/)
      const client = await reader('carol')
      await client.mailboxOpen('INBOX')
      const message = found(await client.fetchOne('*', { envelope: true, bodyStructure: true, source: true }))
      expect(message.envelope).toMatchObject({
        subject: `Überraschung by ${name}`,
        from: [{ name: 'Böb', address: 'bob@example.test' }],
        cc: [{ address: 'carol@example.test' }],
      })
      const parts = message.bodyStructure?.childNodes ?? []
      expect(parts.map(({ type, disposition }) => [type, disposition])).toEqual([
        ['multipart/alternative', undefined],
        ['application/octet-stream', 'attachment'],
        ['text/plain', 'attachment'],
      ])
      const { content, meta } = await client.download('*', '2')
      const chunks: Buffer[] = []
      for await (const chunk of content) chunks.push(Buffer.from(chunk))
      expect(meta.filename).toBe('Bild.bin')
      expect(sum(Buffer.concat(chunks))).toBe(sum(picture))
      await client.logout()
    })
  }

  test('[B3] is told early that a message is too big', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: site.port('smtp'), tls: trusting() })
    const attachments = [{ filename: 'big', content: Buffer.alloc(11_000_000) }]
    const sending = transport.sendMail({ from: 'a@example.org', to: site.address('bob'), attachments })
    await expect(sending).rejects.toThrow(/552 5\.3\.4/)
    transport.close()
  })

  test('is told that a password is wrong', async () => {
    const auth = { user: 'bob', pass: 'wrong' }
    const transport = createTransport({
      ...{ host: '127.0.0.1', port: site.port('submissions'), secure: true, tls: trusting(), auth },
    })
    await expect(transport.verify()).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 })
    transport.close()
  })
})

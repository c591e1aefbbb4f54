import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Appliance, main } from '../../examples/appliance.js'
import { deliver, pop3, pop3Lines, pop3Session } from '../support/dialogue.js'
import { note } from '../support/messages.js'

const PORTS = { smtp: 0, submission: 0, imap: 0, imaps: 0, pop3: 0 }
const PASSWORD = 'correct horse'
let folder: string
let appliance: Appliance

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailwright-example-'))
  appliance = await main({ folder, ports: PORTS, password: PASSWORD })
})
afterAll(async () => {
  await appliance?.close()
  await rm(folder, { recursive: true, force: true })
})

async function subjects(): Promise<(string | undefined)[]> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: appliance.server.port('imap', 'implicit'),
    secure: true,
    tls: { ca: await readFile(join(folder, 'tls', 'self-signed.crt')) },
    auth: { user: 'alice', pass: PASSWORD },
    logger: false,
  })
  await client.connect()
  try {
    await client.mailboxOpen('INBOX')
    return (await client.fetchAll('1:*', { envelope: true })).map((message) => message.envelope?.subject)
  } finally {
    await client.logout()
  }
}

test('mail comes in for the domain, and for no other', async () => {
  const port = appliance.server.port('smtp')
  expect(await deliver(port, 'alice@example.test', note('From outside'))).toMatch(/^250 /)
  expect(await deliver(port, 'nobody@example.test', note('To nobody'))).toMatch(/^550 /)
  expect(await deliver(port, 'alice@elsewhere.test', note('Relayed'))).toMatch(/^554 /)
})

test('a user submits over STARTTLS with a password', async () => {
  const mailer = createTransport({
    host: '127.0.0.1',
    port: appliance.server.port('submission'),
    requireTLS: true,
    tls: { ca: await readFile(join(folder, 'tls', 'self-signed.crt')) },
    auth: { user: 'alice', pass: PASSWORD },
  })
  try {
    await mailer.sendMail({ from: 'alice@example.test', to: 'alice@example.test', subject: 'To myself', text: 'Hi.' })
  } finally {
    mailer.close()
  }
})

test('both are read over IMAP and POP3', async () => {
  expect(await subjects()).toEqual(['From outside', 'To myself'])
  const wire = await pop3Session(appliance.server.port('pop3'), 'alice', PASSWORD)
  expect(await pop3(wire, 'STAT')).toMatch(/^\+OK 2 \d+$/)
  expect(await pop3(wire, 'RETR 1')).toMatch(/^\+OK/)
  expect(await pop3Lines(wire)).toContain('Subject: From outside')
  wire.destroy()
})

test('the mail is there after a restart, and the password is kept', async () => {
  await appliance.close()
  appliance = await main({ folder, ports: PORTS, password: 'of no effect: alice exists' })
  expect(await subjects()).toEqual(['From outside', 'To myself'])
})

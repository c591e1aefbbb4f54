import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MailTransfer, main } from '../../examples/mail-transfer.js'
import { deliver, smtp, smtpSession } from '../support/dialogue.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { note } from '../support/messages.js'

const PASSWORD = 'correct horse'
let folder: string
let elsewhere: MailHost
let transfer: MailTransfer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailwright-example-'))
  elsewhere = await MailHost.start({ domain: 'elsewhere.test', users: ['carol'] })
  const relayHost = `[127.0.0.1]:${elsewhere.server.port('smtp')}`
  transfer = await main({ folder, ports: { smtp: 0, submission: 0 }, password: PASSWORD, relayHost })
})
afterAll(async () => {
  await transfer?.close()
  await elsewhere?.close()
  await rm(folder, { recursive: true, force: true })
})

test('a list of the application reaches its member at another host', async () => {
  expect(await deliver(transfer.server.port('smtp'), 'team@example.test', note('For all'))).toMatch(/^250 /)
  const [message] = await elsewhere.arrived('carol')
  expect(message).toContain('Subject: For all')
})

test('a user sends elsewhere; a stranger does not', async () => {
  const mailer = createTransport({
    host: '127.0.0.1',
    port: transfer.server.port('submission'),
    tls: { rejectUnauthorized: false },
    auth: { user: 'alice', pass: PASSWORD },
  })
  try {
    await mailer.sendMail({ from: 'alice@example.test', to: 'carol@elsewhere.test', subject: 'Hello', text: 'Hi.' })
  } finally {
    mailer.close()
  }
  expect((await elsewhere.arrived('carol', 2))[1]).toContain('Subject: Hello')
  expect(await deliver(transfer.server.port('smtp'), 'carol@elsewhere.test', note('Spam'))).toMatch(/^554 5\.7\.1 /)
})

test('a sender without a domain is refused', async () => {
  const wire = await smtpSession(transfer.server.port('smtp'))
  expect(await smtp(wire, 'MAIL FROM:<joe>')).toMatch(/^250 /)
  expect(await smtp(wire, 'RCPT TO:<alice@example.test>')).toMatch(/^504 5\.5\.2 /)
  wire.destroy()
})

test('what waits for a host that is away is there after a restart', async () => {
  const own = join(folder, 'restarted')
  const start = (port: number): Promise<MailTransfer> =>
    main({ folder: own, ports: { smtp: 0, submission: 0 }, password: PASSWORD, relayHost: `[127.0.0.1]:${port}` })
  const before = await start(await freePort())
  expect(await deliver(before.server.port('smtp'), 'team@example.test', note('It waits'))).toMatch(/^250 /)
  await before.close()
  const after = await start(elsewhere.server.port('smtp'))
  await after.queue.requeue({}, new AbortController().signal)
  const subjects = (await elsewhere.arrived('carol', 3)).map((message) => /^Subject: (.*)\r$/m.exec(message)?.[1])
  await after.close()
  expect(subjects).toEqual(['For all', 'Hello', 'It waits'])
})

import { createTransport, type Transporter } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main, type Ticket } from '../../examples/inbound-handler.js'

const opened: Ticket[] = []
let isFailing = false
let server: Awaited<ReturnType<typeof main>>
let mailer: Transporter

beforeAll(async () => {
  server = await main({
    port: 0,
    open: async (tickets) => {
      if (isFailing) throw new Error('the database is away')
      opened.push(...tickets)
    },
  })
  mailer = createTransport({ host: '127.0.0.1', port: server.port('smtp'), secure: false })
})
afterAll(async () => {
  mailer.close()
  await server.close()
})

test('a message for two addresses opens two tickets, with its header decoded', async () => {
  await mailer.sendMail({
    from: '"Jörg Müller" <joerg@sender.example>',
    to: 'sales@example.com',
    envelope: { from: 'bounces@sender.example', to: ['sales@example.com', 'support@example.com'] },
    subject: 'Größe?',
    text: 'Wie groß?\r\n.\r\nDanke.',
  })
  const ticket = { sender: 'bounces@sender.example', author: 'Jörg Müller', subject: 'Größe?' }
  expect(opened).toMatchObject([
    { ...ticket, queue: 'sales' },
    { ...ticket, queue: 'support' },
  ])
  expect(opened[0]?.octets).toBeGreaterThan(200)
})

test('a handler that fails has the sender try again', async () => {
  isFailing = true
  const sent = mailer.sendMail({ from: 'a@sender.example', to: 'sales@example.com', text: 'x' })
  await expect(sent).rejects.toMatchObject({ responseCode: 451 })
  isFailing = false
})

test('mail for another domain, and a message too large, are refused for good', async () => {
  const relayed = mailer.sendMail({ from: 'a@sender.example', to: 'b@elsewhere.example', text: 'x' })
  await expect(relayed).rejects.toMatchObject({ responseCode: 554 })
  const large = mailer.sendMail({ from: 'a@sender.example', to: 'sales@example.com', text: 'x'.repeat(1_100_000) })
  await expect(large).rejects.toMatchObject({ responseCode: 552 })
  expect(opened).toHaveLength(2)
})

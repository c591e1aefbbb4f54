import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smtp, smtpSession } from '../support/dialogue.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'

/** Two hosts that hand each other what is not their own. */
let home: MailHost
let far: MailHost

beforeAll(async () => {
  const port = await freePort()
  far = await MailHost.start({ domain: 'far.test', users: ['dora'], relay: { relayHost: `[127.0.0.1]:${port}` } })
  home = await MailHost.start({
    domain: 'home.test',
    users: ['alice', 'bob'],
    listeners: [
      { protocol: 'smtp', port },
      { protocol: 'submission', port: 0 },
    ],
    relay: { relayHost: `[127.0.0.1]:${far.server.port('smtp')}`, networks: ['192.0.2.0/24'] },
  })
})
afterAll(async () => {
  await home?.close()
  await far?.close()
})

function alice() {
  return createTransport({
    host: '127.0.0.1',
    port: home.server.port('submission'),
    auth: { user: 'alice', pass: 'secret-of-alice' },
  })
}

async function send(to: readonly string[], subject: string, dsn?: object): Promise<string> {
  const transport = alice()
  try {
    const sent = await transport.sendMail({
      from: 'alice@home.test',
      to: [...to],
      subject,
      text: 'How are you?',
      ...(dsn === undefined ? {} : { dsn }),
    })
    return sent.response
  } finally {
    transport.close()
  }
}

describe('[A1] [C4] mail of a user for elsewhere', () => {
  test('is queued, and delivered to the next host, its trace in both', async () => {
    expect(await send(['dora@far.test'], 'one')).toMatch(/^250 2\.0\.0 Ok: queued as [0-9A-F]{12}$/)
    const [message] = await far.arrived('dora')
    expect(message).toMatch(
      /^Return-Path: <alice@home\.test>\r\nX-Original-To: dora@far\.test\r\nDelivered-To: dora@far\.test\r\nReceived: from mx\.home\.test /,
    )
    expect(message?.match(/^Received: /gm)).toHaveLength(2)
    await home.queueEmpty()
    const [delivery] = home.events('delivery').filter(({ to }) => to === 'dora@far.test')
    expect(delivery).toMatchObject({ agent: 'smtp', status: 'sent', dsn: '2.0.0' })
    expect(delivery?.['id']).toMatch(/^[0-9A-F]{12}$/)
  })

  test('for both sides goes both ways, each recipient once', async () => {
    await send(['dora@far.test', 'bob@home.test', 'bob@home.test'], 'two')
    expect((await far.arrived('dora', 2))[1]).toContain('Subject: two')
    const bob = await home.arrived('bob')
    expect(bob).toHaveLength(1)
    expect(bob[0]).toContain('Delivered-To: bob@home.test\r\n')
  })
})

describe('[J4] [B14] reports', () => {
  test('somebody whom the other host does not know: the sender gets the message back', async () => {
    await send(['nobody@far.test'], 'lost')
    const [report] = await home.arrived('alice')
    expect(report).toMatch(/^Return-Path: <>\r\n/)
    expect(report).toContain('Subject: Undelivered Mail Returned to Sender\r\n')
    expect(report).toContain('Final-Recipient: rfc822;nobody@far.test\r\nAction: failed\r\nStatus: 5.1.1\r\n')
    expect(report).toContain('Subject: lost\r\n')
    await home.queueEmpty()
  })
})

describe('[B17] strangers', () => {
  test.each([
    ['another domain', 'dora@far.test', /^554 5\.7\.1 <dora@far\.test>: Relay access denied/],
    ['nobody of ours', 'zoe@home.test', /^550 5\.1\.1 /],
    ['the percent hack', 'dora%far.test@home.test', /^55[04] /],
    ['one of ours', 'bob@home.test', /^250 /],
  ])('%s', async (_, to, expected) => {
    const wire = await smtpSession(home.server.port('smtp'))
    try {
      await smtp(wire, 'MAIL FROM:<spam@stranger.test>')
      expect(await smtp(wire, `RCPT TO:<${to}>`)).toMatch(expected)
    } finally {
      wire.destroy()
    }
  })

  test('a network that is everybody’s is refused at start', async () => {
    const start = MailHost.start({ domain: 'x.test', users: ['a'], relay: { networks: ['0.0.0.0/0'] } })
    await expect(start).rejects.toThrow(/^relay\.networks: "0\.0\.0\.0\/0" would make this an open relay/)
  })
})

describe('[B14] what was asked for is passed on, or reported', () => {
  test('ENVID and NOTIFY go with the message; success at the end is told by who delivers', async () => {
    const before = (await home.inbox('alice')).length
    await send(['dora@far.test'], 'told', {
      id: 'QQ314159',
      return: 'headers',
      notify: ['success', 'failure'],
      recipient: 'alice@home.test',
    })
    const report = (await home.arrived('alice', before + 1)).at(-1)
    expect(report).toContain('Subject: Successful Mail Delivery Report\r\n')
    expect(report).toContain('Reporting-MTA: dns; mx.far.test\r\n')
    expect(report).toContain('Original-Envelope-Id: QQ314159\r\n')
    expect(report).toMatch(/Final-Recipient: rfc822;dora@far\.test\r\nAction: delivered\r\nStatus: 2\.0\.0\r\n/)
  })
})

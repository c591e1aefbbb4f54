import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smtp, smtpSession } from '../support/dialogue.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { note } from '../support/messages.js'

/** Whole reports, as they come to a mailbox, read by programs that nobody here wrote. */
const READER = `
import email, email.policy, json, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = list(m.iter_parts())
status = [[[k, str(v)] for k, v in g.items()] for g in parts[1].get_payload()] if isinstance(parts[1].get_payload(), list) else parts[1].get_payload()
print(json.dumps({
  'type': m.get_content_type(), 'report': m.get_param('report-type'), 'types': [p.get_content_type() for p in parts],
  'defects': [type(d).__name__ for p in m.walk() for d in p.defects], 'status': status, 'text': parts[0].get_content(),
}))
`

/** The package has no types. */
const { simpleParser } = createRequire(import.meta.url)('mailparser') as {
  simpleParser(message: Buffer): Promise<{ readonly subject?: string; readonly text?: string }>
}

interface Read {
  readonly type: string
  readonly report: string
  readonly types: readonly string[]
  readonly defects: readonly string[]
  readonly status: readonly (readonly (readonly [name: string, value: string])[])[]
  readonly text: string
}

function python(message: string): Read {
  // What the script above prints.
  return JSON.parse(
    execFileSync('python3', ['-c', READER], { input: Buffer.from(message, 'latin1'), encoding: 'utf8' }),
  ) as Read
}

let far: MailHost
let home: MailHost
let nowhere: number

beforeAll(async () => {
  nowhere = await freePort()
  far = await MailHost.start({ domain: 'far.test', users: ['dora'] })
  home = await MailHost.start({
    domain: 'home.test',
    users: ['alice', 'bob'],
    relay: {
      relayHost: `[127.0.0.1]:${nowhere}`,
      transports: { 'far.test': `smtp:[127.0.0.1]:${far.server.port('smtp')}` },
      limits: { queue: { delayWarning: 1, minimalBackoff: 1_000, maximalBackoff: 1_000, lifetime: 2_500 } },
    },
  })
})
afterAll(async () => {
  await home?.close()
  await far?.close()
})

/** Sends by hand; `parameters` behind MAIL and RCPT. */
async function send(
  from: string,
  to: readonly string[],
  message: string,
  parameters = { mail: '', rcpt: '' },
): Promise<string> {
  const wire = await smtpSession(home.server.port('smtp'))
  try {
    await smtp(wire, `MAIL FROM:<${from}> ${parameters.mail}`.trim())
    for (const each of to) {
      const reply = await smtp(wire, `RCPT TO:<${each}> ${parameters.rcpt}`.trim())
      if (!reply.startsWith('250')) return reply
    }
    await smtp(wire, 'DATA')
    await wire.send(`${message}.\r\n`)
    return await wire.line()
  } finally {
    wire.destroy()
  }
}

describe('[J4] [B14] reports', () => {
  test('failure of two recipients is one report, with the message; Python and mailparser read it', async () => {
    await send('alice@home.test', ['x@far.test', 'y@far.test'], note('both lost', 'Gr\xc3\xbc\xc3\x9fe\r\n'), {
      mail: 'RET=FULL ENVID=E+2B1 BODY=8BITMIME',
      rcpt: 'ORCPT=rfc822;orig@inal.test',
    })
    const [message = ''] = await home.arrived('alice')
    const read = python(message)
    expect(read).toMatchObject({
      type: 'multipart/report',
      report: 'delivery-status',
      types: ['text/plain', 'message/delivery-status', 'message/rfc822'],
      defects: [],
    })
    const [ofMessage, ...recipients] = read.status.map((group) => Object.fromEntries(group))
    expect(ofMessage).toMatchObject({ 'Original-Envelope-Id': 'E+1', 'Reporting-MTA': 'dns; mx.home.test' })
    expect(
      recipients.map((each) => [each['Final-Recipient'], each['Original-Recipient'], each['Action'], each['Status']]),
    ).toEqual([
      ['rfc822;x@far.test', 'rfc822;orig@inal.test', 'failed', '5.1.1'],
      ['rfc822;y@far.test', 'rfc822;orig@inal.test', 'failed', '5.1.1'],
    ])
    const parsed = await simpleParser(Buffer.from(message, 'latin1'))
    expect(parsed.subject).toBe('Undelivered Mail Returned to Sender')
    expect(parsed.text).toContain('<y@far.test>: host 127.0.0.1[127.0.0.1] said: 550 5.1.1')
    expect(message).toContain('Gr\xc3\xbc\xc3\x9fe\r\n')
  })

  test('delay, once, then failure when it has lasted too long', async () => {
    await send('bob@home.test', ['z@nowhere.test'], note('patience'))
    const [delay = '', failure = ''] = await home.arrived('bob', 2)
    const first = python(delay)
    expect(first.types).toEqual(['text/plain', 'message/delivery-status', 'text/rfc822-headers'])
    const [, delayed] = first.status.map((group) => Object.fromEntries(group))
    expect(delayed).toMatchObject({ 'Final-Recipient': 'rfc822;z@nowhere.test', Action: 'delayed' })
    expect(delayed?.['Status']).toMatch(/^4\.4\.1/)
    expect(delayed?.['Will-Retry-Until']).toMatch(/\d{4} \d\d:\d\d:\d\d/)
    expect(Object.fromEntries(python(failure).status[1] ?? [])).toMatchObject({ Action: 'failed', Status: '4.4.1' })
    expect(await home.inbox('bob')).toHaveLength(2)
  })

  test('NOTIFY=NEVER: nobody hears', async () => {
    const before = (await home.inbox('alice')).length
    await send('alice@home.test', ['x@far.test'], note('never'), { mail: '', rcpt: 'NOTIFY=NEVER' })
    await home.queueEmpty()
    expect(await home.inbox('alice')).toHaveLength(before)
  })

  test('a report that fails: the postmaster, once; what is sent to nobody of ours is refused, not bounced', async () => {
    const before = (await home.inbox('alice')).length
    expect(await send('', ['x@far.test'], note('a bounce'))).toMatch(/^250 /)
    const message = (await home.arrived('alice', before + 1)).at(-1) ?? ''
    expect(message).toMatch(/^Return-Path: <double-bounce@mx\.home\.test>\r\n/)
    expect(message).toContain('Subject: Postmaster Copy: Undelivered Mail\r\n')
    expect(await send('double-bounce@mx.home.test', ['x@far.test'], note('again'))).toMatch(/^250 /)
    await home.queueEmpty()
    expect(await home.inbox('alice')).toHaveLength(before + 1)
    expect(await send('spam@else.test', ['nobody@home.test'], note('spam'))).toMatch(/^550 5\.1\.1 /)
    expect(await home.inbox('alice')).toHaveLength(before + 1)
  })

  test('[B14] an address in UTF-8 is reported in UTF-8 (RFC 6533)', async () => {
    const before = (await home.inbox('alice')).length
    // Octets of UTF-8: the wire is latin1.
    const jorg = Buffer.from('jörg@far.test').toString('latin1')
    expect(await send('alice@home.test', [jorg], note('utf8'), { mail: 'SMTPUTF8', rcpt: '' })).toMatch(/^250 /)
    const message = (await home.arrived('alice', before + 1)).at(-1) ?? ''
    const utf8 = Buffer.from(message, 'latin1').toString('utf8')
    expect(utf8).toContain('Content-Type: message/global-delivery-status\r\n')
    expect(utf8).toContain('Final-Recipient: utf-8;jörg@far.test\r\nAction: failed\r\n')
  })

  test('a message that must be there in time comes back when it is not (RFC 2852)', async () => {
    const before = (await home.inbox('alice')).length
    const sent = await send('alice@home.test', ['z@nowhere.test'], note('by then'), {
      mail: 'BY=1;R',
      rcpt: 'NOTIFY=FAILURE',
    })
    expect(sent).toMatch(/^250 /)
    const message = (await home.arrived('alice', before + 1)).at(-1) ?? ''
    expect(Object.fromEntries(python(message).status[1] ?? [])).toMatchObject({ Action: 'failed', Status: '5.4.7' })
  })

  test('a message that a user holds for a while goes out then (RFC 4865)', async () => {
    const before = (await far.inbox('dora')).length
    const wire = await smtpSession(home.server.port('submission'))
    try {
      const login = Buffer.from('\0alice\0secret-of-alice').toString('base64')
      expect(await smtp(wire, `AUTH PLAIN ${login}`)).toMatch(/^235 /)
      expect(await smtp(wire, 'MAIL FROM:<alice@home.test> HOLDFOR=2')).toMatch(/^250 /)
      await smtp(wire, 'RCPT TO:<dora@far.test>')
      await smtp(wire, 'DATA')
      await wire.send(`${note('later')}.\r\n`)
      expect(await wire.line()).toMatch(/^250 /)
    } finally {
      wire.destroy()
    }
    const began = performance.now()
    expect(await far.inbox('dora')).toHaveLength(before)
    await far.arrived('dora', before + 1)
    expect(performance.now() - began).toBeGreaterThan(1_000)
  })

  test('a large message comes back as its header', async () => {
    const before = (await home.inbox('alice')).length
    await send('alice@home.test', ['x@far.test'], note('large', `${'0123456789abcde\r\n'.repeat(4_000)}`))
    const message = (await home.arrived('alice', before + 1)).at(-1) ?? ''
    const read = python(message)
    expect(read.types[2]).toBe('text/rfc822-headers')
    expect(read.text).toContain('Its header is attached below.')
    expect(message.length).toBeLessThan(5_000)
  })
})

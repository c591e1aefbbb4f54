import { latin1, type QueuedMessage, type QueueEnvelope, type QueueId, utf8 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { addresseeOf, wantsReport } from './addressee.js'
import { REPORT_LIMITS } from './limits.js'
import type { MessageNews, RecipientNews } from './report.js'
import { writeReport } from './write-report.js'

const HOUR = 3_600_000
const ARRIVED = Date.UTC(2026, 0, 2, 3, 4, 5)
const SITE = { hostname: 'mx.example', postmaster: 'postmaster@example', doubleBounces: 'postmaster' } as const

function news(
  report: MessageNews['report'],
  recipient: Partial<RecipientNews> = {},
  envelope: Partial<QueueEnvelope> = {},
) {
  const message: Pick<QueuedMessage, 'id' | 'envelope' | 'arrived' | 'octets'> = {
    id: 'ABC' as QueueId,
    envelope: { reversePath: 'jo@x.example', ...envelope },
    arrived: ARRIVED,
    octets: 1_000,
  }
  const action = { failure: 'failed', delay: 'delayed', success: 'relayed', status: 'delayed' } as const
  const about: RecipientNews = {
    recipient: { address: 'ann@far.example' },
    action: action[report],
    status: '5.1.1',
    text: 'host mx.far.example[192.0.2.1] said: 550 5.1.1 <ann@far.example>: No such user (in reply to RCPT TO command)',
    ...recipient,
  }
  const addressee = addresseeOf(report, message.envelope, SITE)
  if (addressee === null) return expect.fail('nobody is told')
  const body = { octets: 0, read: () => expect.fail('the body is not for the writer') }
  const facts = {
    hostname: 'mx.example',
    id: 'DEF',
    now: ARRIVED + 5 * HOUR,
    lifetime: 120 * HOUR,
    limits: REPORT_LIMITS,
  }
  return writeReport({ report, message, body, recipients: [about] }, addressee, facts)
}

/** Postfix 3.7's bounce(5) default templates, and the form of its `bounce_append`. */
describe('[J4] what people read is what they know from Postfix', () => {
  test('[C14] a program of an alias is called by the alias', () => {
    const { head } = news('failure', {
      recipient: { address: ':command:/usr/local/bin/program --secret', originalTo: 'robot@example' },
      text: 'Command died with status 1',
    })
    expect(latin1(head)).toContain('<robot@example>')
    expect(latin1(head)).not.toContain('secret')
  })

  test('failure', () => {
    const { head, returned } = news('failure', {
      recipient: { address: 'ann@far.example', originalTo: 'staff@example', originalRecipient: 'rfc822;staff@example' },
      remote: { host: 'mx.far.example', reply: '550 5.1.1 <ann@far.example>: No such user' },
    })
    expect(returned).toBe('message')
    expect(latin1(head)).toBe(
      [
        'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
        'To: jo@x.example',
        'Subject: Undelivered Mail Returned to Sender',
        'Date: Fri, 2 Jan 2026 08:04:05 +0000',
        'Message-ID: <20260102080405.DEF@mx.example>',
        'Auto-Submitted: auto-replied',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status;',
        ' boundary="DEF.1767341045/mx.example"',
        '',
        '--DEF.1767341045/mx.example',
        'Content-Type: text/plain; charset=us-ascii',
        'Content-Transfer-Encoding: 7bit',
        '',
        'This is the mail system at host mx.example.',
        '',
        "I'm sorry to have to inform you that your message could not",
        "be delivered to one or more recipients. It's attached below.",
        '',
        'For further assistance, please send mail to postmaster.',
        '',
        'If you do so, please include this problem report. You can',
        'delete your own text from the attached returned message.',
        '',
        '                   The mail system',
        '',
        '<ann@far.example> (expanded from <staff@example>): host',
        '    mx.far.example[192.0.2.1] said: 550 5.1.1 <ann@far.example>: No such user',
        '    (in reply to RCPT TO command)',
        '',
        '--DEF.1767341045/mx.example',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example',
        'Arrival-Date: Fri, 2 Jan 2026 03:04:05 +0000',
        '',
        'Original-Recipient: rfc822;staff@example',
        'Final-Recipient: rfc822;ann@far.example',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.far.example',
        'Diagnostic-Code: smtp; 550 5.1.1 <ann@far.example>: No such user',
        'Last-Attempt-Date: Fri, 2 Jan 2026 08:04:05 +0000',
        '',
        '--DEF.1767341045/mx.example',
        'Content-Type: message/rfc822',
        'Content-Transfer-Encoding: 8bit',
        '',
        '',
      ].join('\r\n'),
    )
  })

  test('delay', () => {
    const { head, returned } = news('delay', { status: '4.4.1', willRetryUntil: ARRIVED + 120 * HOUR })
    expect(returned).toBe('header')
    const text = latin1(head)
    expect(text).toContain('Subject: Delayed Mail (still being retried)\r\n')
    expect(text).toContain(
      '# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\r\n####################################################################\r\n\r\nYour message could not be delivered for more than 5 hour(s).\r\nIt will be retried until it is 5 day(s) old.\r\n',
    )
    expect(text).toContain('Action: delayed\r\nStatus: 4.4.1\r\nDiagnostic-Code: X-Mailwright; host mx.far.example')
    expect(text).toContain('Will-Retry-Until: Wed, 7 Jan 2026 03:04:05 +0000\r\n')
  })

  test('success', () => {
    const { head } = news('success', { status: '2.0.0', text: 'delivery via mx[192.0.2.1]:25: 250 Ok' })
    const text = latin1(head)
    expect(text).toContain('Subject: Successful Mail Delivery Report\r\n')
    expect(text).toContain('<ann@far.example>: delivery via mx[192.0.2.1]:25: 250 Ok\r\n')
    expect(text).toContain('Action: relayed\r\nStatus: 2.0.0\r\n')
    expect(text).toContain('Content-Type: text/rfc822-headers')
  })
})

test('[B20] a status, as Postfix mails it to who called sendmail -v', () => {
  const { head, returned } = news('status', { status: '4.4.1', text: 'connect to far.example: Connection refused' })
  const text = latin1(head)
  expect(text).toContain('Subject: Mail Delivery Status Report\r\n')
  expect(text).toContain(
    'This is the mail system at host mx.example.\r\n\r\nEnclosed is the mail delivery report that you requested.\r\n\r\n                   The mail system\r\n\r\n<ann@far.example>: connect to far.example: Connection refused\r\n',
  )
  expect(text).toContain('Action: delayed\r\nStatus: 4.4.1\r\n')
  expect(returned).toBe('header')
  expect(wantsReport({ notify: ['NEVER'] }, 'status')).toBe(true)
  expect(() => news('status', {}, { reversePath: '' })).toThrow('nobody is told')
})

describe('[B14] what is returned', () => {
  test.each<[string, Partial<QueueEnvelope>, 'header' | 'message']>([
    ['nothing said', {}, 'message'],
    ['RET=FULL', { ret: 'FULL' }, 'message'],
    ['RET=HDRS', { ret: 'HDRS' }, 'header'],
    [
      'RFC 8689 §5: whatever RET says, not of a message that others must not read',
      { ret: 'FULL', requireTls: true },
      'header',
    ],
    ['binary, which cannot stand in a message', { body: 'BINARYMIME' }, 'header'],
  ])('%s: the %s', (_, envelope, expected) => {
    expect(news('failure', {}, envelope).returned).toBe(expected)
    expect(news('success', { status: '2.0.0' }, envelope).returned).toBe('header')
  })

  test('ENVID comes back, and who sent it', () => {
    const origin = { clientName: 'client.example', clientAddress: '192.0.2.9' }
    const { head } = news('failure', {}, { envelopeId: 'QQ314159', origin })
    expect(latin1(head)).toContain(
      'Original-Envelope-Id: QQ314159\r\nReporting-MTA: dns; mx.example\r\nReceived-From-MTA: dns; client.example\r\n',
    )
  })

  test('addresses beyond ASCII make it international (RFC 6533)', () => {
    const { head, form } = news(
      'failure',
      { recipient: { address: 'jörg@bücher.example' } },
      { reversePath: 'jürgen@x.example', smtpUtf8: true },
    )
    expect(form).toBe('international')
    expect(utf8(head)).toContain('To: jürgen@x.example\r\n')
    expect(utf8(head)).toContain('Final-Recipient: utf-8;jörg@bücher.example\r\n')
  })
})

describe('who is told', () => {
  const told = (report: MessageNews['report'], reversePath: string) => addresseeOf(report, { reversePath }, SITE)

  test('the sender; of a report nobody but the postmaster, of failure, and only once', () => {
    expect(told('failure', 'jo@x.example')).toEqual({ to: 'jo@x.example', reversePath: '', who: 'sender' })
    expect(told('failure', '')).toEqual({
      to: 'postmaster@example',
      reversePath: 'double-bounce@mx.example',
      who: 'postmaster',
    })
    expect(told('delay', '')).toBeNull()
    expect(told('success', '')).toBeNull()
    expect(told('failure', 'double-bounce@mx.example')).toBeNull()
    expect(addresseeOf('failure', { reversePath: '' }, { ...SITE, doubleBounces: 'discarded' })).toBeNull()
  })

  test.each([
    [undefined, 'failure delay'],
    [['NEVER'], ''],
    [['SUCCESS', 'DELAY'], 'delay success'],
    [['FAILURE'], 'failure'],
  ] as const)('NOTIFY %j: %s (RFC 3461 §4.1)', (notify, expected) => {
    const recipient = notify === undefined ? {} : { notify }
    const all = (['failure', 'delay', 'success'] as const).filter((report) => wantsReport(recipient, report))
    expect(all.join(' ')).toBe(expected)
  })
})

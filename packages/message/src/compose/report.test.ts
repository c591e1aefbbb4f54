import { fromLatin1, fromUtf8, HostError, latin1, utf8 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { leavesOf } from '../imap-form/leaves.js'
import { digestMessage } from '../structure/digester.js'
import { type DsnOptions, writeDeliveryStatus } from './delivery-status.js'
import { type MdnOptions, writeDispositionNotification } from './disposition.js'
import { reportText, writeTypedAddress } from './report-fields.js'
import type { Wrapping } from './wrapping.js'

const HEADER = {
  from: { name: 'Mail Delivery System', localPart: 'MAILER-DAEMON', domain: 'cs.utk.edu' },
  to: [{ localPart: 'owner-info-mime', domain: 'cs.utk.edu' }],
  subject: 'Returned mail: Cannot send message for 5 days',
  date: Date.UTC(1994, 6, 7, 21, 16, 5),
  messageId: '199407072116.RAA14128@CS.UTK.EDU',
}

/** RFC 3464 appendix E.1. */
const SIMPLE: DsnOptions = {
  header: HEADER,
  form: 'ascii',
  text: 'The original message was received at Sat, 2 Jul 1994 17:10:28 -0400\nfrom root@localhost',
  boundary: 'RAA14128.773615765/CS.UTK.EDU',
  reportingMta: 'cs.utk.edu',
  recipients: [
    {
      original: { type: 'rfc822', address: 'louisl@larry.slip.umd.edu' },
      final: { type: 'rfc822', address: 'louisl@larry.slip.umd.edu' },
      action: 'failed',
      status: '4.0.0',
      diagnostic: '426 connection timed out',
      lastAttempt: Date.UTC(1994, 6, 7, 21, 15, 49),
    },
  ],
  returned: 'message',
}

function whole({ head, tail }: Wrapping, enclosed = ''): string {
  return latin1(head) + enclosed + latin1(tail)
}

/** What stands in each leaf, with its media type. */
function read(message: string): readonly (readonly [type: string, body: string])[] {
  return leavesOf(digestMessage([fromLatin1(message)])).map(({ type, subtype, layout }) => {
    return [`${type}/${subtype}`, message.slice(layout.body, layout.end)]
  })
}

describe('a delivery status notification', () => {
  test('the simple one of RFC 3464 appendix E.1, octet by octet', () => {
    expect(whole(writeDeliveryStatus(SIMPLE), 'Subject: x\r\n\r\nbody\r\n')).toBe(
      [
        'From: Mail Delivery System <MAILER-DAEMON@cs.utk.edu>',
        'To: owner-info-mime@cs.utk.edu',
        'Subject: Returned mail: Cannot send message for 5 days',
        'Date: Thu, 7 Jul 1994 21:16:05 +0000',
        'Message-ID: <199407072116.RAA14128@CS.UTK.EDU>',
        'Auto-Submitted: auto-replied',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status;',
        ' boundary="RAA14128.773615765/CS.UTK.EDU"',
        '',
        '--RAA14128.773615765/CS.UTK.EDU',
        'Content-Type: text/plain; charset=us-ascii',
        'Content-Transfer-Encoding: 7bit',
        '',
        'The original message was received at Sat, 2 Jul 1994 17:10:28 -0400',
        'from root@localhost',
        '',
        '--RAA14128.773615765/CS.UTK.EDU',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; cs.utk.edu',
        '',
        'Original-Recipient: rfc822;louisl@larry.slip.umd.edu',
        'Final-Recipient: rfc822;louisl@larry.slip.umd.edu',
        'Action: failed',
        'Status: 4.0.0',
        'Diagnostic-Code: smtp; 426 connection timed out',
        'Last-Attempt-Date: Thu, 7 Jul 1994 21:15:49 +0000',
        '',
        '--RAA14128.773615765/CS.UTK.EDU',
        'Content-Type: message/rfc822',
        'Content-Transfer-Encoding: 8bit',
        '',
        'Subject: x',
        '',
        'body',
        '',
        '--RAA14128.773615765/CS.UTK.EDU--',
        '',
      ].join('\r\n'),
    )
  })

  test('has every field, for several recipients, in the order of RFC 3464 §2', () => {
    const report = writeDeliveryStatus({
      ...SIMPLE,
      originalEnvelopeId: 'QQ314159',
      receivedFrom: 'client.example',
      arrivalDate: 0,
      recipients: [
        {
          final: { address: 'a@x.example' },
          action: 'delayed',
          status: '4.4.1',
          remoteMta: 'mx.x.example',
          finalLogId: 'ABC',
          willRetryUntil: 86_400_000,
        },
        { original: { type: 'x400', address: '/S=a/' }, final: { address: 'b@x' }, action: 'relayed', status: '2.1.9' },
      ],
      returned: 'nothing',
    })
    const [, status] = read(whole(report))
    expect(status).toEqual([
      'message/delivery-status',
      [
        'Original-Envelope-Id: QQ314159',
        'Reporting-MTA: dns; cs.utk.edu',
        'Received-From-MTA: dns; client.example',
        'Arrival-Date: Thu, 1 Jan 1970 00:00:00 +0000',
        '',
        'Final-Recipient: rfc822;a@x.example',
        'Action: delayed',
        'Status: 4.4.1',
        'Remote-MTA: dns; mx.x.example',
        'Final-Log-ID: ABC',
        'Will-Retry-Until: Fri, 2 Jan 1970 00:00:00 +0000',
        '',
        'Original-Recipient: x400;/S=a/',
        'Final-Recipient: rfc822;b@x',
        'Action: relayed',
        'Status: 2.1.9',
        '',
      ].join('\r\n'),
    ])
    expect(read(whole(report))).toHaveLength(2)
  })

  test('in both forms for an address beyond ASCII (RFC 6533 §3, §4)', () => {
    const recipients = [
      {
        final: { address: 'jörg@bücher.example' },
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 Kein Empfänger',
      },
    ] as const
    const ascii = read(whole(writeDeliveryStatus({ ...SIMPLE, recipients, returned: 'header' }), 'Subject: x\r\n'))
    expect(ascii.map(([type]) => type)).toEqual(['text/plain', 'message/delivery-status', 'text/rfc822-headers'])
    expect(ascii[1]?.[1]).toContain(
      'Final-Recipient: utf-8;j\\x{F6}rg@b\\x{FC}cher.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 Kein Empf?nger\r\n',
    )
    const global = whole(
      writeDeliveryStatus({ ...SIMPLE, form: 'international', recipients, returned: 'message' }),
      '\r\n',
    )
    const parts = read(global)
    expect(parts.map(([type]) => type)).toEqual(['text/plain', 'message/global-delivery-status', 'text/plain'])
    expect(global).toContain('Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n')
    expect(utf8(fromLatin1(parts[1]?.[1] ?? ''))).toContain(
      'Final-Recipient: utf-8;jörg@bücher.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 Kein Empfänger\r\n',
    )
  })

  test("lets no peer's words break out", () => {
    const diagnostic = `550 a\r\nBcc: x@y\r\n\r\n--${SIMPLE.boundary}--\0${'x'.repeat(2_000)}`
    const report = whole(
      writeDeliveryStatus({
        ...SIMPLE,
        recipients: [
          { ...SIMPLE.recipients[0], diagnostic, final: { address: 'a@b' }, action: 'failed', status: '5.0.0' },
        ],
        boundary: 'other',
      }),
      '\r\n',
    )
    expect(report).not.toMatch(/^Bcc/m)
    for (const line of report.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998)
    expect(read(report)).toHaveLength(3)
  })

  test.each<[string, Partial<DsnOptions>]>([
    ['no recipient', { recipients: [] }],
    ['a status that is none', { recipients: [{ final: { address: 'a@b' }, action: 'failed', status: '5.1' }] }],
    [
      'an address with a line end',
      { recipients: [{ final: { address: 'a@b\r\nX: y' }, action: 'failed', status: '5.1.1' }] },
    ],
    [
      'an address type that is none',
      { recipients: [{ final: { type: 'a;b', address: 'a@b' }, action: 'failed', status: '5.1.1' }] },
    ],
    ['a server name with a space', { reportingMta: 'a b' }],
    ['a subject with a line end', { header: { ...HEADER, subject: 'a\r\nBcc: b@c' } }],
    ['a message id with a bracket', { header: { ...HEADER, messageId: 'a>b@c' } }],
    ['nobody to send it to', { header: { ...HEADER, to: [] } }],
    ['a boundary that is none', { boundary: 'a\r\nb' }],
    ['a boundary that stands in the text', { text: `--${SIMPLE.boundary}` }],
  ])('of %s is refused', (_, wrong) => {
    expect(() => writeDeliveryStatus({ ...SIMPLE, ...wrong })).toThrow(HostError)
  })
})

describe('a message disposition notification', () => {
  /** RFC 8098 §9, the example. */
  const EXAMPLE: MdnOptions = {
    header: {
      from: { name: 'Joe Recipient', localPart: 'Joe_Recipient', domain: 'example.com' },
      to: [{ name: 'Jane Sender', localPart: 'Jane_Sender', domain: 'example.org' }],
      subject: 'Re: First draft of report',
      date: Date.UTC(2001, 8, 20, 4, 19),
      messageId: '199509200019.12345@example.com',
    },
    form: 'ascii',
    text: 'The message sent on 1995 Sep 19 at 13:30:00 (EDT) -0400 to Joe\nRecipient has been displayed.',
    boundary: 'RAA14128.773615765/example.com',
    reportingUa: 'joes-pc.cs.example.com; Foomail 97.1',
    original: { type: 'rfc822', address: 'Joe_Recipient@example.com' },
    final: { type: 'rfc822', address: 'Joe_Recipient@example.com' },
    originalMessageId: '199509192301.23456@example.org',
    disposition: { action: 'manual', sending: 'manual', type: 'displayed' },
    returned: 'message',
  }

  test('the example of RFC 8098 §9', () => {
    const message = whole(writeDispositionNotification(EXAMPLE), '\r\n')
    const [text, status] = read(message)
    expect(text).toEqual(['text/plain', `${EXAMPLE.text.replace('\n', '\r\n')}\r\n`])
    expect(status).toEqual([
      'message/disposition-notification',
      'Reporting-UA: joes-pc.cs.example.com; Foomail 97.1\r\n' +
        'Original-Recipient: rfc822;Joe_Recipient@example.com\r\n' +
        'Final-Recipient: rfc822;Joe_Recipient@example.com\r\n' +
        'Original-Message-ID: <199509192301.23456@example.org>\r\n' +
        'Disposition: manual-action/MDN-sent-manually; displayed\r\n',
    ])
    expect(message).toContain('report-type=disposition-notification;')
    expect(message).toContain('Auto-Submitted: auto-replied\r\n')
  })

  test('of an error, made by a program, beyond ASCII', () => {
    const message = whole(
      writeDispositionNotification({
        ...EXAMPLE,
        form: 'international',
        final: { address: 'jörg@x.example' },
        disposition: { action: 'automatic', sending: 'automatic', type: 'processed', error: 'größer' },
        returned: 'nothing',
      }),
    )
    const [, status] = read(message)
    expect(status?.[0]).toBe('message/global-disposition-notification')
    expect(utf8(fromLatin1(status?.[1] ?? ''))).toContain(
      'Final-Recipient: utf-8;jörg@x.example\r\nOriginal-Message-ID: <199509192301.23456@example.org>\r\n' +
        'Disposition: automatic-action/MDN-sent-automatically; processed/error\r\nError: größer\r\n',
    )
  })
})

test('a typed address in ASCII keeps what an xtext may hold (RFC 6533 §3)', () => {
  expect(writeTypedAddress({ type: 'utf-8', address: 'a+b=c\\d e@x' }, 'ascii')).toBe(
    'utf-8;a\\x{2B}b\\x{3D}c\\x{5C}d\\x{20}e@x',
  )
  expect(writeTypedAddress({ type: 'rfc822', address: '日@x' }, 'ascii')).toBe('utf-8;\\x{65E5}@x')
  expect(writeTypedAddress({ address: '😀@x' }, 'international')).toBe('utf-8;😀@x')
})

test('the words of a peer are made fit', () => {
  expect(reportText(' a\r\n\tb\0c\u0085\u2028é ', 'international')).toBe('a b c é')
  expect(reportText('é', 'ascii')).toBe('?')
  expect(fromUtf8(reportText('x'.repeat(1_500), 'ascii')).length).toBe(1_502)
})

import { execFileSync } from 'node:child_process'
import {
  encodeTransfer,
  type Wrapping,
  writeDeliveryStatus,
  writeDispositionNotification,
  writeMultipart,
  writeParameter,
  writeReply,
  writeTextPart,
} from '@mailwright/message'
import { describe, expect, test } from 'vitest'

/** Python's email package, in its strict modern policy, says what it read. */
const READER = `
import email, email.policy, json, sys
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
def part(p):
    out = {'type': p.get_content_type(), 'defects': [type(d).__name__ for d in p.defects]}
    if p.get_content_type() in ('message/delivery-status', 'message/disposition-notification'):
        groups = p.get_payload()
        if isinstance(groups, list):
            out['groups'] = [[[k, str(v)] for k, v in g.items()] for g in groups]
        else:
            out['text'] = groups
    elif p.is_multipart():
        out['parts'] = [part(q) for q in p.get_payload()]
    elif p.get_content_maintype() == 'text':
        out['text'] = p.get_content().replace('\\r\\n', '\\n')
    if p.get_filename():
        out['filename'] = p.get_filename()
    return out
fields = {name: str(message[name]) for name in ('From', 'To', 'Subject', 'Date', 'In-Reply-To', 'References', 'Auto-Submitted') if message[name]}
defects = [type(d).__name__ for name in message.keys() for d in message[name].defects]
print(json.dumps({'fields': fields, 'defects': defects, 'part': part(message)}))
`

function python(octets: Uint8Array): unknown {
  return JSON.parse(execFileSync('python3', ['-c', READER], { input: octets, encoding: 'utf8' }))
}

function whole({ head, tail }: Wrapping, enclosed: string): Uint8Array {
  return Buffer.concat([head, Buffer.from(enclosed), tail])
}

const HEADER = {
  from: { name: 'Zustellung, "Köln"', localPart: 'MAILER-DAEMON', domain: 'mx.example' },
  to: [{ localPart: 'jo', domain: 'x.example' }],
  subject: 'Unzustellbar: Grüße an alle, die diesen sehr langen Betreff gelesen haben, und an die anderen',
  date: Date.UTC(2026, 0, 2, 3, 4, 5),
  messageId: '1@mx.example',
}

const FIELDS = {
  From: '"Zustellung, \\"Köln\\"" <MAILER-DAEMON@mx.example>',
  To: 'jo@x.example',
  Subject: HEADER.subject,
  Date: 'Fri, 02 Jan 2026 03:04:05 +0000',
  'Auto-Submitted': 'auto-replied',
}

describe("Python's email package reads", () => {
  test('a delivery status notification', () => {
    const report = writeDeliveryStatus({
      header: HEADER,
      form: 'ascii',
      text: 'Nicht zugestellt: jörg@x.example',
      boundary: 'report',
      reportingMta: 'mx.example',
      recipients: [
        {
          final: { address: 'a@x.example' },
          action: 'failed',
          status: '5.1.1',
          diagnostic: `550 ${'no such user '.repeat(20)}`,
        },
        { final: { address: 'b@x.example' }, action: 'delayed', status: '4.4.1' },
      ],
      returned: 'message',
    })
    expect(python(whole(report, 'Subject: hi\r\n\r\nbody\r\n'))).toEqual({
      fields: FIELDS,
      defects: [],
      part: {
        type: 'multipart/report',
        defects: [],
        parts: [
          { type: 'text/plain', defects: [], text: 'Nicht zugestellt: jörg@x.example\n' },
          {
            type: 'message/delivery-status',
            defects: [],
            groups: [
              [['Reporting-MTA', 'dns; mx.example']],
              [
                ['Final-Recipient', 'rfc822;a@x.example'],
                ['Action', 'failed'],
                ['Status', '5.1.1'],
                ['Diagnostic-Code', `smtp; 550 ${'no such user '.repeat(20).trim()}`],
              ],
              [
                ['Final-Recipient', 'rfc822;b@x.example'],
                ['Action', 'delayed'],
                ['Status', '4.4.1'],
              ],
            ],
          },
          { type: 'message/rfc822', defects: [], parts: [{ type: 'text/plain', defects: [], text: 'body\n' }] },
        ],
      },
    })
  })

  test('a message disposition notification', () => {
    const report = writeDispositionNotification({
      header: HEADER,
      form: 'ascii',
      text: 'Gelesen.',
      boundary: 'report',
      final: { address: 'jo@x.example' },
      disposition: { action: 'manual', sending: 'automatic', type: 'displayed' },
      returned: 'nothing',
    })
    expect(python(whole(report, ''))).toMatchObject({
      fields: FIELDS,
      defects: [],
      part: {
        type: 'multipart/report',
        defects: [],
        parts: [{ text: 'Gelesen.\n' }, { type: 'message/disposition-notification' }],
      },
    })
  })

  test('a reply', () => {
    const reply = writeReply({
      from: HEADER.from,
      to: HEADER.to,
      date: HEADER.date,
      messageId: HEADER.messageId,
      answered: { messageId: 'c@d', inReplyTo: [], references: ['a@b'], subject: 'été' },
      text: `Merci!\n${'é'.repeat(300)} \n.\nFrom here on`,
    })
    expect(python(reply)).toMatchObject({
      fields: { Subject: 'Re: été', 'In-Reply-To': '<c@d>', References: '<a@b> <c@d>' },
      defects: [],
      part: { defects: [], text: `Merci!\n${'é'.repeat(300)} \n.\nFrom here on\n` },
    })
  })

  test('a file name beyond ASCII in pieces, and encoded text', () => {
    const name = `${'Übergrößenträger '.repeat(8)}€.txt`
    const encoder = encodeTransfer('base64')
    const body = Buffer.concat([encoder.push(Buffer.from('größer\r\n')), encoder.end()]).toString()
    const field = `Content-Disposition: attachment${writeParameter('filename', name).replaceAll('; ', ';\r\n ')}\r\n`
    const message = writeMultipart({
      header: 'Subject: x\r\nMIME-Version: 1.0\r\n',
      subtype: 'mixed',
      boundary: 'b',
      parts: [
        writeTextPart('text'),
        `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n${field}\r\n${body}`,
      ],
    })
    expect(python(whole(message, ''))).toMatchObject({
      defects: [],
      part: { defects: [], parts: [{ text: 'text\n' }, { defects: [], filename: name, text: 'größer\n' }] },
    })
  })
})

import { PassThrough } from 'node:stream'
import { systemClock } from '@mailwright/core/node'
import { describe, expect, test } from 'vitest'
import { type Drop, parseDrop } from '../maildrop/drop.js'
import { parseSendmail } from './arguments.js'
import { sendTyped } from './send.js'
import { serveStdio } from './serve-stdio.js'

interface Kept {
  readonly drop: Drop
  readonly text: string
}

async function keep(kept: Kept[], drop: Drop, body: AsyncIterable<Uint8Array>): Promise<void> {
  let text = ''
  for await (const chunk of body) text += Buffer.from(chunk).toString()
  kept.push({ drop, text })
}

async function* typed(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text)
}

async function send(line: string, text: string): Promise<{ readonly sent: object; readonly kept: readonly Kept[] }> {
  const request = parseSendmail(line.split(' '))
  if (request.kind !== 'send') return expect.fail(request.kind)
  const kept: Kept[] = []
  const drop = (head: Drop, body: AsyncIterable<Uint8Array>): Promise<void> => keep(kept, head, body)
  return { sent: await sendTyped(request, { input: typed(text), user: 'cron', drop }), kept }
}

const NOBODY = { version: 1, sender: 'cron', fullName: null }

describe('[B20] sendmail', () => {
  test('from whoever runs it, to who is named', async () => {
    expect(await send('a@x b', 'Subject: x\n\nHello\n')).toEqual({
      sent: { code: 0 },
      kept: [{ drop: { ...NOBODY, recipients: ['a@x', 'b'] }, text: 'Subject: x\r\n\r\nHello\r\n' }],
    })
  })

  test('-t takes those of the header, beside those that are named, and the message is whole', async () => {
    const { kept } = await send('-t -f me -F Me -N delay -R full -V 7 -B 8bitmime c@z', 'To: a@x\nBcc: b@y\n\nHello\n')
    expect(kept).toEqual([
      {
        drop: {
          version: 1,
          sender: 'me',
          fullName: 'Me',
          recipients: ['c@z', 'a@x', 'b@y'],
          notify: ['DELAY'],
          ret: 'FULL',
          envelopeId: '7',
          body: '8BITMIME',
        },
        text: 'To: a@x\r\nBcc: b@y\r\n\r\nHello\r\n',
      },
    ])
  })

  test('-v asks for a report of the first attempt', async () => {
    const { kept } = await send('-v a@x', 'Subject: x\n\nHello\n')
    expect(kept.map(({ drop }) => drop)).toEqual([{ ...NOBODY, recipients: ['a@x'], firstAttempt: 'told' }])
    expect(parseDrop(JSON.stringify(kept[0]?.drop))).toEqual(kept[0]?.drop)
  })

  test.each([
    ['-i', 'Recipient addresses must be specified on the command line or via the -t option'],
    ['-t', 'No recipient addresses found in message header'],
  ])('nobody to send to: sendmail %s', async (line, sentence) => {
    expect(await send(line, 'Subject: x\n\n')).toEqual({ sent: { code: 64, sentence }, kept: [] })
  })
})

describe('[B20] sendmail -bs', () => {
  async function speak(words: string): Promise<{ readonly said: readonly string[]; readonly kept: readonly Kept[] }> {
    const input = new PassThrough()
    const output = new PassThrough()
    const kept: Kept[] = []
    const clock = { ...systemClock, date: () => Date.UTC(2026, 0, 2, 3, 4, 5) }
    const over = serveStdio({
      input,
      output,
      hostname: 'host.example',
      clock,
      random: { bytes: (count) => new Uint8Array(count).fill(0xab) },
      drop: (head, body) => keep(kept, head, body),
      etrn: async ({ node }) => ({ kind: node === 'ours.example' ? 'started' : 'notAllowed' }),
      limits: { messageOctets: 1_000 },
    })
    input.write(words)
    await over
    return { said: String(output.read()).split('\r\n').slice(0, -1), kept }
  }

  test('speaks SMTP on standard input and output', async () => {
    const { said, kept } = await speak(
      'MAIL FROM:<me@d>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n',
    )
    expect(said.map((line) => line.slice(0, 3))).toEqual(['220', '250', '250', '250', '354', '250', '221'])
    const received =
      'Received: from localhost (localhost [127.0.0.1])\r\n\tby host.example (Mailwright) with SMTP id ABABABABABAB;\r\n' +
      '\tFri,  2 Jan 2026 03:04:05 +0000 (UTC)\r\n'
    expect(kept).toEqual([
      {
        drop: { ...NOBODY, sender: 'me@d', recipients: ['a@x', 'b@y'] },
        text: `${received}Subject: x\r\n\r\n.dot\r\n`,
      },
    ])
  })

  test('[B14] keeps what is asked of reports, of each recipient, and that addresses are international', async () => {
    const { said, kept } = await speak(
      `EHLO x\r\nMAIL FROM:<j\u00fcrgen@d> SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=a+2Bb\r\n` +
        'RCPT TO:<a@x> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;z@y\r\nRCPT TO:<b@y>\r\nDATA\r\n\r\nx\r\n.\r\nQUIT\r\n',
    )
    expect(said.filter((line) => /^[45]/.test(line))).toEqual([])
    expect(kept.map(({ drop }) => drop)).toEqual([
      {
        version: 1,
        sender: 'j\u00fcrgen@d',
        fullName: null,
        recipients: ['a@x', 'b@y'],
        ret: 'HDRS',
        envelopeId: 'a+b',
        body: '8BITMIME',
        smtpUtf8: true,
        each: [{ notify: ['SUCCESS', 'DELAY'], originalRecipient: 'rfc822;z@y' }, {}],
      },
    ])
    expect(parseDrop(JSON.stringify(kept[0]?.drop))).toEqual(kept[0]?.drop)
  })

  test('[B13] starts the queue for domains of ours, and has the site\u2019s limits', async () => {
    const { said } = await speak(
      'EHLO x\r\nETRN ours.example\r\nETRN other.example\r\nMAIL FROM:<a@b> SIZE=1001\r\nQUIT\r\n',
    )
    expect(said.slice(-4).map((line) => line.slice(0, 9))).toEqual(['250 2.0.0', '459 4.7.1', '552 5.3.4', '221 2.0.0'])
    expect(said).toContain('250-SIZE 1000')
  })
})

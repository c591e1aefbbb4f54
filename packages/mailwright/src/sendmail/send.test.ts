import { PassThrough } from 'node:stream'
import { systemClock } from '@mailwright/core/node'
import { describe, expect, test } from 'vitest'
import type { Drop } from '../maildrop/drop.js'
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

  test.each([
    ['-i', 'Recipient addresses must be specified on the command line or via the -t option'],
    ['-t', 'No recipient addresses found in message header'],
  ])('nobody to send to: sendmail %s', async (line, sentence) => {
    expect(await send(line, 'Subject: x\n\n')).toEqual({ sent: { code: 64, sentence }, kept: [] })
  })
})

test('[B20] sendmail -bs speaks SMTP on standard input and output', async () => {
  const input = new PassThrough()
  const output = new PassThrough()
  const kept: Kept[] = []
  const drop = (head: Drop, body: AsyncIterable<Uint8Array>): Promise<void> => keep(kept, head, body)
  const over = serveStdio({ input, output, hostname: 'host.example', clock: systemClock, drop })
  input.write('MAIL FROM:<me@d>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n')
  input.write('Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n')
  await over
  const said = String(output.read()).split('\r\n')
  expect(said.map((line) => line.slice(0, 3))).toEqual(['220', '250', '250', '250', '354', '250', '221', ''])
  expect(kept).toEqual([
    { drop: { ...NOBODY, sender: 'me@d', recipients: ['a@x', 'b@y'] }, text: 'Subject: x\r\n\r\n.dot\r\n' },
  ])
})

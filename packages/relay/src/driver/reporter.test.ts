import { bytesHandle, fromLatin1, type QueuedMessage, type QueueEnvelope, type QueueId } from '@mailwright/core'
import { VirtualClock } from '@mailwright/testing'
import { describe, expect, test } from 'vitest'
import type { InternalMail } from '../receiving/mail-intake.js'
import { createReporter } from './reporter.js'

/** The report about a message with this envelope, as it is queued. */
async function reported(
  envelope: Partial<QueueEnvelope>,
): Promise<{ readonly mail: InternalMail; readonly text: string }> {
  const queued: InternalMail[] = []
  let text = ''
  const reporter = createReporter({
    intake: {
      async take(mail) {
        queued.push(mail)
        for await (const chunk of mail.body) text += Buffer.from(chunk).toString('latin1')
      },
    },
    hostname: 'mx.example',
    clock: new VirtualClock(),
    random: { bytes: (count) => new Uint8Array(count) },
  })
  const message: QueuedMessage = {
    id: 'Q1' as QueueId,
    envelope: { reversePath: 'jo@x.example', ...envelope },
    recipients: [],
    arrived: 0,
    octets: 20,
    isHeld: false,
    isActive: true,
  }
  const news = {
    report: 'failure' as const,
    message,
    body: bytesHandle(fromLatin1('Subject: x\r\n\r\nsecret\r\n')),
    recipients: [
      { recipient: { address: 'ann@far.example' }, action: 'failed' as const, status: '5.1.1', text: 'no such user' },
    ],
  }
  expect(await reporter.tell(news, new AbortController().signal)).not.toBeNull()
  const [mail] = queued
  if (mail === undefined) throw new Error('nothing was queued')
  return { mail, text }
}

describe('[J4] what is queued', () => {
  test('goes from nobody to the sender, with the message', async () => {
    const { mail, text } = await reported({})
    expect(mail.envelope).toEqual({ reversePath: '' })
    expect(mail.recipients).toEqual([{ address: 'jo@x.example' }])
    expect(text).toContain('\r\n\r\nsecret\r\n')
  })

  test('RFC 8689 §5: about a message that was for proved hosts over TLS only, is so itself, and has its header only', async () => {
    const { mail, text } = await reported({ requireTls: true, ret: 'FULL' })
    expect(mail.envelope).toEqual({ reversePath: '', requireTls: true })
    expect(text).toContain('Subject: x\r\n')
    expect(text).not.toContain('secret')
  })
})

import { chunksBody, fromLatin1, latin1 } from '@mailwright/core'
import type { InternalMail } from '@mailwright/relay'
import { expect, test } from 'vitest'
import { takeDropped } from './dropped-mail.js'

const clock = { now: () => 0, date: () => Date.UTC(2026, 0, 2, 3, 4, 5), after: () => () => {} }
const random = { bytes: (count: number) => new Uint8Array(count).fill(0xab) }

test('[B9] [B20] what a program left is queued with the header that it lacks', async () => {
  const taken: { readonly mail: Omit<InternalMail, 'body'>; readonly text: string }[] = []
  const intake = {
    async take({ body, ...mail }: InternalMail) {
      let text = ''
      for await (const chunk of body) text += latin1(chunk)
      taken.push({ mail, text })
    },
  }
  await takeDropped(
    {
      version: 1,
      sender: 'root',
      fullName: 'Charlie Root',
      recipients: ['ann', 'bob@far.example'],
      notify: ['FAILURE'],
      ret: 'HDRS',
      userId: 0,
      at: 0,
      octets: 1,
      message: chunksBody([fromLatin1('Subject: hi\r\nBcc: zoe@x\r\n\r\ntext\r\n')]),
    },
    { intake, hostname: 'mx.d.example', origin: 'd.example', clock, random },
    new AbortController().signal,
  )
  expect(taken).toEqual([
    {
      mail: {
        id: 'ABABABABABAB',
        envelope: { reversePath: 'root@d.example', ret: 'HDRS' },
        recipients: [
          { address: 'ann', notify: ['FAILURE'] },
          { address: 'bob@far.example', notify: ['FAILURE'] },
        ],
        userId: 0,
      },
      text:
        'Subject: hi\r\n' +
        'Message-Id: <20260102030405.ABABABABABAB@mx.d.example>\r\n' +
        'Date: Fri, 2 Jan 2026 03:04:05 +0000\r\n' +
        'From: Charlie Root <root@d.example>\r\n\r\ntext\r\n',
    },
  ])
})

test('[B14] what a session of sendmail -bs asked for single recipients goes with them', async () => {
  const taken: Omit<InternalMail, 'body'>[] = []
  const intake = {
    async take({ body, ...mail }: InternalMail) {
      for await (const _ of body);
      taken.push(mail)
    },
  }
  await takeDropped(
    {
      version: 1,
      sender: 'j\u00fcrgen@d.example',
      fullName: null,
      recipients: ['ann', 'bob@far.example'],
      smtpUtf8: true,
      firstAttempt: 'told',
      body: 'BINARYMIME',
      each: [{}, { notify: ['SUCCESS'], originalRecipient: 'rfc822;rob@d.example' }],
      userId: 0,
      at: 0,
      octets: 1,
      message: chunksBody([fromLatin1('Subject: hi\r\n\r\ntext\r\n')]),
    },
    { intake, hostname: 'mx.d.example', origin: 'd.example', clock, random },
    new AbortController().signal,
  )
  expect(taken).toMatchObject([
    {
      envelope: { reversePath: 'j\u00fcrgen@d.example', smtpUtf8: true, firstAttempt: 'told', body: 'BINARYMIME' },
      recipients: [
        { address: 'ann' },
        { address: 'bob@far.example', notify: ['SUCCESS'], originalRecipient: 'rfc822;rob@d.example' },
      ],
    },
  ])
})

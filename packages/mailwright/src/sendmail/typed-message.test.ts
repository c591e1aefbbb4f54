import { chunksBody } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { headerRecipients, readHeaderOf } from './header-recipients.js'
import { typedMessage } from './typed-message.js'

async function typed(text: string, loneDot: 'ends' | 'stays' = 'ends', size = text.length): Promise<string> {
  const chunks = Array.from({ length: Math.ceil(text.length / Math.max(1, size)) }, (_, at) =>
    Buffer.from(text.slice(at * size, (at + 1) * size), 'latin1'),
  )
  return whole(typedMessage(chunksBody(chunks), loneDot))
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of body) text += Buffer.from(chunk).toString('latin1')
  return text
}

describe('[B20] a message from standard input', () => {
  test.each([
    ['line ends', 'Subject: x\n\nHello\n', 'Subject: x\r\n\r\nHello\r\n'],
    ['line ends that are there already', 'Subject: x\r\n\r\nHello\r\n', 'Subject: x\r\n\r\nHello\r\n'],
    ['a last line without its end', 'Subject: x', 'Subject: x\r\n'],
    ['a lone dot ends it', 'one\n.\ntwo\n', 'one\r\n'],
    ['a dot with more does not', 'one\n..\n. \n', 'one\r\n..\r\n. \r\n'],
    ['the line of an mbox goes', 'From me@d Sat Apr 26 12:10:50 2014\nSubject: x\n', 'Subject: x\r\n'],
    ['one further below stays', 'x\nFrom me\n', 'x\r\nFrom me\r\n'],
    ['a CR within a line is a blank', 'a\rb\n', 'a b\r\n'],
    ['octets past US-ASCII', 'gr\xfc\xdf\n', 'gr\xfc\xdf\r\n'],
    ['nothing', '', ''],
  ])('%s', async (_, text, wire) => {
    expect(await typed(text)).toBe(wire)
  })

  test('with -i a lone dot is text', async () => {
    expect(await typed('one\n.\ntwo\n', 'stays')).toBe('one\r\n.\r\ntwo\r\n')
  })

  test('however it is cut, it comes out the same, with CRLF and no other CR or LF', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '.', '\r', '\n', ' '), maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (given, size) => {
        const wire = await typed(given, 'ends', size)
        expect(wire).toBe(await typed(given))
        expect(wire.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      }),
    )
  })
})

describe('[B20] recipients of the header', () => {
  const of = async (text: string): Promise<readonly string[]> =>
    headerRecipients((await readHeaderOf(chunksBody([Buffer.from(text)]))).fields)

  test.each([
    ['To, Cc and Bcc', 'To: A <a@x>, b\r\nCc: c@y\r\nBcc: d@z\r\n\r\nTo: no@x\r\n', ['a@x', 'b', 'c@y', 'd@z']],
    ['each once', 'To: a@x, a@x\r\nCc: a@x\r\n', ['a@x']],
    ['a group, over two lines', 'To: friends: a@x,\r\n b@y;\r\n', ['a@x', 'b@y']],
    ['quoting where it is needed', 'To: "a b"@x\r\n', ['"a b"@x']],
    ['UTF-8', 'To: grüße@x\r\n', ['grüße@x']],
    ['a message sent on', 'To: a@x\r\nResent-To: b@y\r\nResent-Bcc: c@z\r\n', ['b@y', 'c@z']],
    ['nobody', 'Subject: x\r\n', []],
  ])('%s', async (_, text, recipients) => {
    expect(await of(text)).toEqual(recipients)
  })

  test('the message can still be read whole', async () => {
    const chunks = ['To: a@x\r', '\n\r', '\nbody', ' and more\r\n']
    const { body } = await readHeaderOf(chunksBody(chunks.map((each) => Buffer.from(each))))
    expect(await whole(body)).toBe(chunks.join(''))
  })
})

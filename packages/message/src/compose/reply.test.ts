import { fromLatin1, HostError, latin1, utf8 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { digestMessage } from '../structure/digester.js'
import { type Answered, type ReplyOptions, writeEnclosing, writeReply } from './reply.js'

const OPTIONS: ReplyOptions = {
  from: { localPart: 'me', domain: 'x.example' },
  to: [{ name: 'Jörg', localPart: 'you', domain: 'y.example' }],
  date: Date.UTC(2026, 0, 2),
  messageId: '1@x.example',
  answered: { messageId: 'a@y', inReplyTo: [], references: [], subject: 'Hello' },
  text: 'I am away.\n',
  autoSubmitted: 'auto-replied',
}

function reply(answered: Partial<Answered>, options: Partial<ReplyOptions> = {}): string {
  return utf8(writeReply({ ...OPTIONS, ...options, answered: { ...OPTIONS.answered, ...answered } }))
}

function field(message: string, name: string): string | undefined {
  return new RegExp(`^${name}: ((?:.|\\r\\n[ \\t])*)\\r$`, 'm').exec(message)?.[1]?.replaceAll('\r\n', '')
}

describe('a reply', () => {
  test('of a program, octet by octet (RFC 3834 §3.1)', () => {
    expect(reply({})).toBe(
      [
        'From: me@x.example',
        'To: =?utf-8?Q?J=C3=B6rg?= <you@y.example>',
        'Subject: Re: Hello',
        'Date: Fri, 2 Jan 2026 00:00:00 +0000',
        'Message-ID: <1@x.example>',
        'In-Reply-To: <a@y>',
        'References: <a@y>',
        'Auto-Submitted: auto-replied',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=us-ascii',
        'Content-Transfer-Encoding: 7bit',
        '',
        'I am away.',
        '',
      ].join('\r\n'),
    )
  })

  test.each([
    ['Hello', 'Re: Hello'],
    ['RE: Re[2]:  Hello', 'Re: Hello'],
    ['Re: [list] Hello', 'Re: [list] Hello'],
    ['Fwd: Hello', 'Re: Fwd: Hello'],
    [null, 'Re:'],
    ['a\r\nBcc: x@y', 'Re: a Bcc: x@y'],
    ['été', '=?utf-8?Q?Re:_=C3=A9t=C3=A9?='.replace('Re:', 'Re=3A')],
  ])('to %j has the subject %j', (subject, expected) => {
    expect(field(reply({ subject }), 'Subject')).toBe(expected)
  })

  test.each<[string, Partial<Answered>, string | undefined]>([
    ['References and Message-ID', { references: ['1@y', '2@y'] }, '<1@y> <2@y> <a@y>'],
    ['In-Reply-To of one message', { inReplyTo: ['1@y'] }, '<1@y> <a@y>'],
    ['In-Reply-To of several', { inReplyTo: ['1@y', '2@y'] }, '<a@y>'],
    ['none at all', { messageId: null }, undefined],
    ['ids that break out', { references: ['a\r\nb@y', 'c d@y'], messageId: 'e>f' }, undefined],
    [
      'more than are kept',
      { references: Array.from({ length: 50 }, (_, index) => `${index}@y`) },
      `<0@y> ${Array.from({ length: 18 }, (_, index) => `<${index + 32}@y>`).join(' ')} <a@y>`,
    ],
  ])('names as References of %s (RFC 5322 §3.6.4)', (_, answered, expected) => {
    expect(field(reply(answered), 'References')).toBe(expected)
  })

  test('in text beyond ASCII or of long lines is quoted-printable', () => {
    expect(reply({}, { text: 'Grüße \r\nJ.' })).toContain(
      'charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe=20\r\nJ.\r\n',
    )
    const long = reply({}, { text: 'x '.repeat(600) })
    for (const line of long.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
  })

  test('is refused with a bad header', () => {
    expect(() => reply({}, { messageId: 'a b' })).toThrow(HostError)
    expect(() => reply({}, { subject: 'a\nb' })).toThrow(HostError)
    expect(() => reply({}, { from: { localPart: 'a\r\n', domain: 'b' } })).toThrow(HostError)
  })
})

test('a message around another one leaves that as it is', () => {
  const inner = 'Subject: inner\n\n--b\nbare line ends \xe9'
  const { head, tail } = writeEnclosing({
    header: { ...OPTIONS, subject: 'outer' },
    text: 'See below.',
    boundary: 'bound',
    type: 'message/rfc822',
  })
  const whole = latin1(head) + inner + latin1(tail)
  const { sections, envelope } = digestMessage([fromLatin1(whole)])
  const [text, enclosed] = sections.parts
  expect(envelope).toContain('"outer"')
  expect(text?.kind).toBe('leaf')
  expect(enclosed?.kind).toBe('message')
  expect(whole.slice(enclosed?.body, enclosed?.end)).toBe(inner)
})

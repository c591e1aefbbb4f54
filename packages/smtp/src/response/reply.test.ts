import { HostError } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostRefusal, reply, writeReply } from './reply.js'

describe('replies', () => {
  test.each([
    ['one line', reply(250, '2.1.0', 'Ok'), '250 2.1.0 Ok\r\n'],
    ['a greeting without an enhanced code', reply(220, null, 'mx.example.com ESMTP'), '220 mx.example.com ESMTP\r\n'],
    ['several lines, RFC 5321 §4.2.1', reply(250, null, ['a', 'b', 'c']), '250-a\r\n250-b\r\n250 c\r\n'],
    ['the enhanced code on each', reply(550, '5.7.1', ['a', 'b']), '550-5.7.1 a\r\n550 5.7.1 b\r\n'],
    ['no line end from a text', reply(550, '5.7.1', 'a\r\n250 Ok\n'), '550 5.7.1 a??250 Ok?\r\n'],
    ['no octets past US-ASCII', reply(550, '5.7.1', 'é\x7f\0'), '550 5.7.1 ???\r\n'],
    [
      'UTF-8 where the peer asked for it, still without a line end',
      { ...reply(250, '2.1.5', '<é@b>\r\n\x85'), charset: 'utf8' as const },
      '250 2.1.5 <\xc3\xa9@b>???\r\n',
    ],
  ])('%s', (_, given, wire) => {
    expect(writeReply(given)).toBe(wire)
  })

  test('long texts are folded at blanks into lines of 512 octets at most, RFC 5321 §4.5.3.1.5', () => {
    const words = 'policy '.repeat(200).trim()
    const lines = writeReply(reply(550, '5.7.1', words))
      .split('\r\n')
      .slice(0, -1)
    expect(lines.length).toBe(3)
    expect(Math.max(...lines.map((line) => line.length + 2))).toBeLessThanOrEqual(512)
    expect(lines.map((line) => line.slice('550 5.7.1 '.length)).join(' ')).toBe(words)
  })

  test('any text makes whole lines of printable octets, none too long', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 2_000 }), { minLength: 1 }), (text) => {
        const wire = writeReply(reply(450, '4.2.0', text))
        expect(wire).toMatch(/^(?:450-4\.2\.0 [ -~]*\r\n)*450 4\.2\.0 [ -~]*\r\n$/)
        for (const line of wire.split('\r\n')) expect(line.length).toBeLessThanOrEqual(510)
      }),
    )
  })
})

describe('refusals of a host', () => {
  test.each([
    ['permanent', reply(550, '5.1.1', 'no')],
    ['temporary', reply(451, '4.7.1', ['later', 'please'])],
    ['without an enhanced code', reply(554, null, 'no')],
  ])('taken: %s', (_, given) => {
    expect(hostRefusal(given)).toBe(given)
  })

  test.each([
    ['a success', reply(250, '2.1.5', 'Ok')],
    ['a code of two digits', reply(55, null, 'no')],
    ['a fraction', reply(450.5, null, 'no')],
    ['an enhanced code of another class', reply(550, '4.1.1', 'no')],
    ['an enhanced code with a zero before', reply(550, '5.01.1', 'no')],
    ['no enhanced code at all', reply(550, '5.1.1 x', 'no')],
    ['no text', reply(550, '5.1.1', '')],
    ['no lines', reply(550, '5.1.1', [])],
  ])('refused: %s', (_, given) => {
    expect(() => hostRefusal(given)).toThrow(HostError)
  })
})

import { concat, fromLatin1, latin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIELD_NAME_OCTETS } from '../limits.js'
import { MessageStart } from './message-start.js'

function through(chunks: readonly string[], start = new MessageStart()): string {
  const passed = chunks.flatMap((chunk) => start.push(fromLatin1(chunk)))
  return latin1(concat([...passed, ...start.end()]))
}

const LONG = 'x'.repeat(FIELD_NAME_OCTETS)

/** A message, and what it becomes; the same where nothing is missing. */
const MESSAGES: readonly (readonly [name: string, message: string, mended: string])[] = [
  ['[B8] seed 003: text right below a field', 'Subject: hello\r\nGreetings\r\n', 'Subject: hello\r\n\r\nGreetings\r\n'],
  ['[B8] seed 001', 'Subject: Manual Test\r\nMy Message\r\n', 'Subject: Manual Test\r\n\r\nMy Message\r\n'],
  ['[B8] seed 004: no field at all', '.\r\nBuenas\r\n', '\r\n.\r\nBuenas\r\n'],
  ['a whole message', 'A: b\r\nC: d\r\n\r\ntext\r\n', 'A: b\r\nC: d\r\n\r\ntext\r\n'],
  ['only a header', 'A: b\r\n', 'A: b\r\n\r\n'],
  ['only a header, its last line not ended', 'A: b\r\n c', 'A: b\r\n c\r\n\r\n'],
  ['only a body', '\r\ntext: x\r\ntext\r\n', '\r\ntext: x\r\ntext\r\n'],
  ['nothing', '', '\r\n'],
  ['a folded field', 'A: b\r\n\tc\r\n d\r\ntext\r\n', 'A: b\r\n\tc\r\n d\r\n\r\ntext\r\n'],
  ['a first line that begins with a blank', ' x\r\nA: b\r\n', '\r\n x\r\nA: b\r\n'],
  ['a blank before the colon, RFC 5322 §4.5.8', 'A \t: b\r\ntext\r\n', 'A \t: b\r\n\r\ntext\r\n'],
  ['words before a colon', 'A: b\r\nDear all: hello\r\n', 'A: b\r\n\r\nDear all: hello\r\n'],
  ['a colon alone', ': b\r\n', '\r\n: b\r\n'],
  ['an mbox line', 'From a@b Thu Jan 1\r\nA: b\r\n', '\r\nFrom a@b Thu Jan 1\r\nA: b\r\n'],
  ['octets past US-ASCII', 'A: b\r\n\xe9: x\r\n', 'A: b\r\n\r\n\xe9: x\r\n'],
  ['the message ends within a name', 'A: b\r\nSubj', 'A: b\r\n\r\nSubj'],
  ['the message ends behind a name', 'A: b\r\nSubj ', 'A: b\r\n\r\nSubj '],
  ['the longest name', `${LONG}: x\r\ntext\r\n`, `${LONG}: x\r\n\r\ntext\r\n`],
  ['a longer name', `${LONG}x: x\r\ntext\r\n`, `\r\n${LONG}x: x\r\ntext\r\n`],
  ['a name with endless blanks', `A${' '.repeat(2_000)}: x\r\n`, `\r\nA${' '.repeat(2_000)}: x\r\n`],
]

describe('the start of a message', () => {
  test.each(MESSAGES)('%s', (_, message, mended) => {
    expect(through([message])).toBe(mended)
  })

  test.each(MESSAGES)('%s, octet by octet', (_, message, mended) => {
    expect(through([...message])).toBe(mended)
  })

  test.each(MESSAGES)('%s, cut in two at every place', (_, message, mended) => {
    for (let at = 1; at < message.length; at++) {
      expect(through([message.slice(0, at), message.slice(at)])).toBe(mended)
    }
  })

  test('the same, however any message is cut; and mended once is mended for good', () => {
    const line = fc.constantFrom(
      'A: b\r\n',
      ' c\r\n',
      '\r\n',
      'text\r\n',
      'x y: z\r\n',
      'N\t: v\r\n',
      ': \r\n',
      '\t\r\n',
      'end',
    )
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat({ max: 60 })), (lines, cuts) => {
        const message = lines.join('')
        const whole = through([message])
        const places = [0, ...cuts.filter((at) => at < message.length).sort((a, b) => a - b), message.length]
        const pieces = places.slice(1).map((end, at) => message.slice(places[at], end))
        expect(through(pieces)).toBe(whole)
        expect(through([whole])).toBe(whole)
        expect(whole.replace('\r\n', '').length).toBeGreaterThanOrEqual(message.replace('\r\n', '').length)
      }),
    )
  })

  test('[B9] counts the fields it is asked to watch, in the header only', () => {
    const start = new MessageStart(['date', 'received', 'message-id'])
    through(['RECEIVED: a\r\nReceiv', 'ed : b\r\n', 'Date', ': x\r\n\r\nMessage-ID: y\r\n'], start)
    expect([start.count('received'), start.count('date'), start.count('message-id'), start.count('to')]).toEqual([
      2, 1, 0, 0,
    ])
    expect([start.isOver, start.isMended]).toEqual([true, false])
  })

  test('a line that only looks like a watched field is not counted', () => {
    const start = new MessageStart(['date'])
    expect(through(['Date of birth: 1970\r\n'], start)).toBe('\r\nDate of birth: 1970\r\n')
    expect(start.count('date')).toBe(0)
    expect(start.isMended).toBe(true)
  })

  test('hands on views, never copies', () => {
    const start = new MessageStart()
    const chunk = fromLatin1('A: b\r\ntext\r\n')
    const passed = start.push(chunk)
    expect(passed.filter((piece) => piece.buffer === chunk.buffer).length).toBe(2)
    const next = fromLatin1('more')
    expect(start.push(next)).toEqual([next])
  })
})

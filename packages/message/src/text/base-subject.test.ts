import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { baseSubject } from './base-subject.js'

/** Subject, base, and whether it is a reply; what Dovecot 2.3 sorts alike, and RFC 5256 §2.1 step by step. */
const table: readonly (readonly [subject: string, base: string, isReply: boolean])[] = [
  ['', '', false],
  ['   ', '', false],
  ['Hello', 'Hello', false],
  ['a\tb  c\r\n d', 'a b c d', false],
  ['Re: Hello', 'Hello', true],
  ['RE: re:Hello', 'Hello', true],
  ['re  : Hello', 'Hello', true],
  ['Fw: Hello', 'Hello', true],
  ['FWD: Hello', 'Hello', true],
  ['Re[5]: Hello', 'Hello', true],
  ['Re [list] : Hello', 'Hello', true],
  ['[list] Hello', 'Hello', false],
  ['[list] Re: Hello', 'Hello', true],
  ['Re: [list] Hello', 'Hello', true],
  ['Re: [list] Re: [other] Fwd: Hello', 'Hello', true],
  ['[a][b] [c] Hello', 'Hello', false],
  ['[only]', '[only]', false],
  ['[a] [b]', '[b]', false],
  ['Re: [only]', '[only]', true],
  ['[a] re:', '', true],
  ['Hello (fwd)', 'Hello', true],
  ['Hello (FWD) (fwd)  ', 'Hello', true],
  ['(fwd)', '', true],
  ['Re: Hello (fwd)', 'Hello', true],
  ['[fwd: Hello]', 'Hello', true],
  ['[Fwd: Re: [list] Hello (fwd)]', 'Hello', true],
  ['[fwd: [fwd: Hello]]', 'Hello', true],
  ['[fwd: Hello] (fwd)', 'Hello', true],
  ['[fwd:]', '', true],
  ['[fwd: Hello', '[fwd: Hello', false],
  ['[fwd: a] b', 'b', false],
  ['Reply: Hello', 'Reply: Hello', false],
  ['Ref: Hello', 'Ref: Hello', false],
  ['Re Hello', 'Re Hello', false],
  ['Re[[x]]: Hello', 'Re[[x]]: Hello', false],
  ['Re: ', '', true],
  ['Re:', '', true],
  ['Re:(fwd)', '', true],
  ['\u0130 Re: x (FWD)', '\u0130 Re: x (FWD)', false],
  ['Ré: été', 'Ré: été', false],
]

describe('a base subject (RFC 5256 §2.1)', () => {
  test.each(table)('%j is %j, a reply: %s', (subject, base, isReply) => {
    expect(baseSubject(subject)).toEqual({ base, isReply })
  })

  test('is its own base', () => {
    const piece = fc.constantFrom('re', ':', '[', ']', 'fwd', ' ', '(fwd)', '[fwd:', 'x', '[a]', '\t')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { base } = baseSubject(pieces.join(''))
        expect(baseSubject(base).base).toBe(base)
      }),
      { numRuns: 1_000 },
    )
  })

  test('takes linear time', () => {
    for (const text of ['re:', '[a]', '[fwd:', '(fwd)', '[', 're[', 're [a] ', ' ', '[a] re']) {
      for (const last of ['', 'x', ']'.repeat(50_000)]) expect(baseSubject(text.repeat(50_000) + last)).toBeDefined()
    }
  })
})

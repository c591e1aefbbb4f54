import { fromLatin1, HostError, latin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHeader } from '../fields/header-reader.js'
import { MESSAGE_LIMITS } from '../limits.js'
import { type HeaderEdit, HeaderEditor } from './header-editor.js'

function edit(text: string, ...edits: readonly HeaderEdit[]): string {
  return inChunks([text], edits)
}

function inChunks(chunks: readonly string[], edits: readonly HeaderEdit[]): string {
  const editor = new HeaderEditor(edits)
  return chunks.map((chunk) => latin1(editor.push(fromLatin1(chunk)))).join('') + latin1(editor.end())
}

const top: HeaderEdit = { kind: 'add', at: 'top', name: 'X-New', body: 'n' }
const bottom: HeaderEdit = { kind: 'add', at: 'bottom', name: 'X-New', body: 'n' }
const MESSAGE = 'Received: 1\r\nA: x\r\n folded\r\nReceived: 2\r\nb : y\r\nRECEIVED: 3\r\n\r\nbody: not a field\r\n'

describe('edits of a header', () => {
  test.each<[string, string, readonly HeaderEdit[], string]>([
    ['at the top', MESSAGE, [top], `X-New: n\r\n${MESSAGE}`],
    ['at the bottom', MESSAGE, [bottom], MESSAGE.replace('\r\n\r\n', '\r\nX-New: n\r\n\r\n')],
    ['removing a folded field', MESSAGE, [{ kind: 'remove', name: 'a' }], MESSAGE.replace('A: x\r\n folded\r\n', '')],
    ['removing all of a name', 'A: 1\r\nB: 2\r\na: 3\r\n\r\n', [{ kind: 'remove', name: 'A' }], 'B: 2\r\n\r\n'],
    [
      'removing the second',
      MESSAGE,
      [{ kind: 'remove', name: 'received', index: 2 }],
      MESSAGE.replace('Received: 2\r\n', ''),
    ],
    [
      'removing the last',
      MESSAGE,
      [{ kind: 'remove', name: 'Received', index: -1 }],
      MESSAGE.replace('RECEIVED: 3\r\n', ''),
    ],
    ['removing one that is not there', MESSAGE, [{ kind: 'remove', name: 'Received', index: 4 }], MESSAGE],
    [
      'replacing in place',
      MESSAGE,
      [{ kind: 'replace', name: 'A', body: 'z' }],
      MESSAGE.replace('A: x\r\n folded', 'A: z'),
    ],
    [
      'replacing one that is not there',
      'A: 1\r\n\r\n',
      [{ kind: 'replace', name: 'B', body: 'z' }],
      'A: 1\r\nB: z\r\n\r\n',
    ],
    [
      'one after the other',
      'A: 1\r\n\r\n',
      [{ kind: 'remove', name: 'A' }, top, { kind: 'replace', name: 'x-new', body: 'm' }],
      'x-new: m\r\n\r\n',
    ],
    ['with a space before the colon', MESSAGE, [{ kind: 'remove', name: 'B' }], MESSAGE.replace('b : y\r\n', '')],
    ['with bare line ends', 'A: 1\n\nbody', [top, bottom], 'X-New: n\nA: 1\nX-New: n\n\nbody'],
    ['below the separator of an mbox', 'From x y\r\nA: 1\r\n\r\n', [top], 'From x y\r\nX-New: n\r\nA: 1\r\n\r\n'],
    [
      'past lines that are no fields',
      'A: 1\r\nno field\r\n more\r\nB: 2\r\n\r\n',
      [{ kind: 'remove', name: 'b' }, bottom],
      'A: 1\r\nno field\r\n more\r\nX-New: n\r\n\r\n',
    ],
    ['of a message without body', 'A: 1\r\n', [bottom], 'A: 1\r\nX-New: n\r\n'],
    ['of a header cut off', 'A: 1', [bottom], 'A: 1\r\nX-New: n\r\n'],
    ['of a message without header', 'Hello.\r\nA: 1\r\n', [bottom], 'X-New: n\r\n\r\nHello.\r\nA: 1\r\n'],
    ['of a body behind a blank line', '\r\nA: 1\r\n', [top], 'X-New: n\r\n\r\nA: 1\r\n'],
    ['of nothing', '', [top], 'X-New: n\r\n'],
    ['that leave no field', 'A: 1\r\n\r\nbody', [{ kind: 'remove', name: 'A' }], '\r\nbody'],
  ])('%s', (_, message, edits, expected) => {
    expect(edit(message, ...edits)).toBe(expected)
  })

  test.each<[string, HeaderEdit]>([
    ['a body with a line end', { ...top, body: 'a\r\nBcc: b' }],
    ['a name that is none', { ...top, name: 'A:' }],
    ['an index of 0', { kind: 'remove', name: 'A', index: 0 }],
  ])('with %s are refused', (_, wrong) => {
    expect(() => new HeaderEditor([wrong])).toThrow(HostError)
  })

  const line = fc.constantFrom(
    'A: 1',
    'B: 2',
    'a : 3',
    ' folded',
    '',
    'no field',
    'From x',
    ': x',
    '\xe9: y',
    '--b',
    'x\ry',
  )
  const message = fc
    .array(fc.tuple(line, fc.constantFrom('\r\n', '\r\n', '\n')), { maxLength: 12 })
    .chain((lines) => fc.constantFrom(lines.flat().join(''), lines.flat().join('').slice(0, -1)))

  test('none at all leave every octet as it is', () => {
    fc.assert(
      fc.property(message, (text) => {
        expect(edit(text)).toBe(text)
      }),
    )
  })

  test('are the same in any cutting, leave the body, and are there afterwards', () => {
    const some = fc.subarray<HeaderEdit>([
      { kind: 'remove', name: 'B' },
      top,
      bottom,
      { kind: 'replace', name: 'A', body: 'z', index: -1 },
    ])
    fc.assert(
      fc.property(message, some, fc.array(fc.nat(), { maxLength: 6 }), (text, edits, cuts) => {
        const whole = edit(text, ...edits)
        const places = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b)
        expect(
          inChunks(
            [0, ...places].map((place, index) => text.slice(place, places[index] ?? text.length)),
            edits,
          ),
        ).toBe(whole)
        expect(inChunks([...text], edits)).toBe(whole)
        const before = readHeader(fromLatin1(text))
        const after = readHeader(fromLatin1(whole))
        if (before.fields.length > 0) expect(whole.slice(after.bodyStart)).toBe(text.slice(before.bodyStart))
        const names = after.fields.map(({ name }) => name)
        for (const wanted of edits) expect(names.includes(wanted.name.toLowerCase())).toBe(wanted.kind !== 'remove')
      }),
      { numRuns: 500 },
    )
  })

  test('let the chunks of the body through uncopied', () => {
    const editor = new HeaderEditor([top])
    editor.push(fromLatin1('A: 1\r\n\r\n'))
    const chunk = new Uint8Array(65_536)
    expect(editor.push(chunk)).toBe(chunk)
  })

  test('hold no more of a header than the limit, and let the rest be', () => {
    const editor = new HeaderEditor([{ kind: 'remove', name: 'A' }, top], { ...MESSAGE_LIMITS, headerOctets: 20 })
    const text = `A: 1\r\nB: 2\r\nLong: ${'x'.repeat(50)}\r\nA: 2\r\n\r\nbody`
    expect(latin1(editor.push(fromLatin1(text.slice(0, 40)))) + latin1(editor.push(fromLatin1(text.slice(40))))).toBe(
      `X-New: n\r\n${text.slice(6)}`,
    )
  })
})

import { expect, test } from 'vitest'
import { fromLatin1, latin1 } from './bytes.js'
import { spliceFramer } from './splice-framing.js'

function framed(framing: Parameters<typeof spliceFramer>[0], ...chunks: readonly string[]): string {
  const framer = spliceFramer(framing)
  const pieces = chunks.flatMap((chunk) => [...framer.frame(fromLatin1(chunk))])
  return [...pieces, framer.end()].map((piece) => latin1(piece)).join('')
}

test.each([
  ['octets', ['a\0\r\n', '.b'], 'a\0\r\n.b'],
  ['withoutNul', ['a\0b', '\0\0', 'c'], 'a\x80b\x80\x80c'],
  ['withoutNul', ['\0'], '\x80'],
  ['withoutNul', ['plain'], 'plain'],
  ['dotStuffed', ['.a\r\n', '.b\r\n'], '..a\r\n..b\r\n.\r\n'],
] as const)('%s of %j', (framing, chunks, expected) => {
  expect(framed(framing, ...chunks)).toBe(expected)
})

test('a chunk without NUL goes as it is, and one with NUL is left alone', () => {
  const [plain, other] = [fromLatin1('plain'), fromLatin1('a\0b')]
  const framer = spliceFramer('withoutNul')
  expect([...framer.frame(plain)][0]).toBe(plain)
  expect([...framer.frame(other)][0]).not.toBe(other)
  expect(latin1(other)).toBe('a\0b')
})

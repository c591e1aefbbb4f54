import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromLatin1 } from './bytes.js'
import { LineEndGuard } from './line-end-guard.js'

function flawIn(text: string, size = text.length): string | null {
  const guard = new LineEndGuard()
  for (let at = 0; at < text.length; at += Math.max(1, size)) guard.push(fromLatin1(text.slice(at, at + size)))
  return guard.end()
}

describe('line ends', () => {
  test.each([
    ['a\r\nb\r\n', null],
    ['', null],
    ['a', null],
    ['a\nb', 'bareLineFeed'],
    ['\n', 'bareLineFeed'],
    ['a\rb', 'bareCarriageReturn'],
    ['a\r', 'bareCarriageReturn'],
    ['a\r\r\n', 'bareCarriageReturn'],
  ])('%j', (text, flaw) => {
    expect(flawIn(text)).toBe(flaw)
  })

  test('however they are cut, there is a flaw or there is none', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\r\n'), maxLength: 12 })
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 4 }), (given, size) => {
        expect(flawIn(given, size) === null).toBe(!/(?:^|[^\r])\n|\r(?!\n)/.test(given))
      }),
    )
  })
})

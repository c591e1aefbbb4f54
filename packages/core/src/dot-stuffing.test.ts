import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, fromLatin1, latin1 } from './bytes.js'
import { DotStuffer, DotUnstuffer, type LineEndPolicy } from './dot-stuffing.js'

interface Outcome {
  readonly data: string
  readonly flaw: string | null
  /** Octets behind the end that were left alone. */
  readonly rest: string
  readonly isOver: boolean
}

function unstuff(chunks: readonly string[], lineEnds: LineEndPolicy = 'reject', limit = 1_000_000): Outcome {
  const unstuffer = new DotUnstuffer(limit, lineEnds)
  let data = ''
  let rest = ''
  for (const text of chunks) {
    const chunk = fromLatin1(text)
    let at = 0
    while (!unstuffer.isOver && at < chunk.length) {
      const piece = unstuffer.take(chunk, at)
      at = unstuffer.position
      if (piece !== undefined) data += latin1(piece)
    }
    if (unstuffer.isOver) rest += latin1(chunk, at, chunk.length)
  }
  return { data, flaw: unstuffer.flaw, rest, isOver: unstuffer.isOver }
}

describe('[B11] DotUnstuffer', () => {
  const cases: readonly (readonly [name: string, input: string, expected: Partial<Outcome>])[] = [
    ['a message without dots', 'a\r\nb\r\n.\r\n', { data: 'a\r\nb\r\n', flaw: null, isOver: true }],
    ['nothing at all', '.\r\n', { data: '', isOver: true }],
    ['a stuffed dot alone on its line', '..\r\n.\r\n', { data: '.\r\n', isOver: true }],
    ['a stuffed line', '..a\r\n.\r\n', { data: '.a\r\n', isOver: true }],
    ['a dot that nobody stuffed loses itself', '.a\r\n.\r\n', { data: 'a\r\n', isOver: true }],
    ['dots elsewhere are data', 'a.\r\n.b.\r\n.\r\n', { data: 'a.\r\nb.\r\n', isOver: true }],
    ['what follows the end is not data', 'a\r\n.\r\nMAIL FROM:<>\r\n', { data: 'a\r\n', rest: 'MAIL FROM:<>\r\n' }],
    ['LF.LF ends nothing', 'a\n.\nb\r\n.\r\n', { flaw: 'bareLineFeed', isOver: true, rest: '' }],
    ['LF.CRLF ends nothing', 'a\n.\r\nb\r\n.\r\n', { flaw: 'bareLineFeed', isOver: true, rest: '' }],
    ['CRLF.LF ends nothing', 'a\r\n.\nb\r\n.\r\n', { flaw: 'bareLineFeed', isOver: true, rest: '' }],
    ['CRLF.CR ends nothing', 'a\r\n.\rb\r\n.\r\n', { flaw: 'bareCarriageReturn', isOver: true, rest: '' }],
    ['CR.CR ends nothing', 'a\r.\rb\r\n.\r\n', { flaw: 'bareCarriageReturn', isOver: true, rest: '' }],
    ['CR CRLF.CRLF: the first CR stands alone', 'a\r\r\n.\r\n', { flaw: 'bareCarriageReturn', isOver: true }],
    [
      'CRLF.CR CRLF: the dot line is no end',
      'a\r\n.\r\r\n.\r\n',
      { flaw: 'bareCarriageReturn', isOver: true, rest: '' },
    ],
    ['NUL is data', 'a\0b\r\n.\r\n', { data: 'a\0b\r\n', flaw: null }],
    ['an unfinished message', 'a\r\n.', { data: 'a\r\n', isOver: false }],
  ]
  for (const [name, input, expected] of cases) {
    test(name, () => {
      expect(unstuff([input])).toMatchObject(expected)
      for (let at = 1; at < input.length; at++) {
        expect(unstuff([input.slice(0, at), input.slice(at)]), `cut at ${at}`).toMatchObject(expected)
      }
      expect(unstuff([...input]), 'octet by octet').toMatchObject(expected)
    })
  }

  const normalised: readonly (readonly [string, string, string])[] = [
    ['a lone LF becomes CRLF', 'a\nb\r\n.\r\n', 'a\r\nb\r\n'],
    ['a lone CR becomes CRLF', 'a\rb\r\n.\r\n', 'a\r\nb\r\n'],
    ['a dot behind a lone LF is data', 'a\n.\r\nb\r\n.\r\n', 'a\r\n.\r\nb\r\n'],
    ['a dot line that ends in LF is data without its dot', 'a\r\n.\nb\r\n.\r\n', 'a\r\n\r\nb\r\n'],
  ]
  for (const [name, input, data] of normalised) {
    test(`normalise: ${name}`, () => {
      expect(unstuff([input], 'normalise')).toMatchObject({ data, flaw: null, isOver: true })
      expect(unstuff([...input], 'normalise'), 'octet by octet').toMatchObject({ data, flaw: null, isOver: true })
    })
  }

  test('over the limit nothing more is handed out, and the end is still found', () => {
    const outcome = unstuff(['12345\r\n', '67890\r\n.\r\nQUIT\r\n'], 'reject', 7)
    expect(outcome).toEqual({ data: '12345\r\n', flaw: 'tooBig', rest: 'QUIT\r\n', isOver: true })
  })
})

describe('DotStuffer', () => {
  test('an unfinished last line is finished', () => {
    expect(stuff(['a'])).toBe('a\r\n.\r\n')
    expect(stuff(['a\r'])).toBe('a\r\n.\r\n')
    expect(stuff([])).toBe('.\r\n')
  })

  test('lines that all begin with a dot go out together, not one by one', () => {
    const stuffed = [...new DotStuffer().stuff(fromLatin1('.\r\n'.repeat(20_000)))]
    expect(latin1(concat(stuffed))).toBe('..\r\n'.repeat(20_000))
    expect(stuffed.length).toBeLessThan(8)
  })

  test('what is stuffed is unstuffed to the same octets, in any cutting', () => {
    const line = fc.string({ unit: fc.constantFrom('.', 'a', ' ', '\0', '\xff'), maxLength: 5 })
    const message = fc.array(line, { maxLength: 8 }).map((lines) => lines.map((text) => `${text}\r\n`).join(''))
    fc.assert(
      fc.property(message, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (data, sizes) => {
        const stuffed = stuff(pieces(data, sizes))
        expect(unstuff(pieces(`${stuffed}NEXT`, sizes))).toEqual({ data, flaw: null, rest: 'NEXT', isOver: true })
      }),
      { numRuns: 500 },
    )
  })

  test('any octets at all come to no exception, and the same outcome in any cutting', () => {
    const octets = fc.string({ unit: fc.constantFrom('.', '\r', '\n', 'a'), maxLength: 24 })
    const policy = fc.constantFrom<LineEndPolicy>('reject', 'normalise')
    fc.assert(
      fc.property(
        octets,
        policy,
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }),
        (input, lineEnds, sizes) => {
          const whole = unstuff([input], lineEnds)
          const cut = unstuff(pieces(input, sizes), lineEnds)
          expect({ ...cut, data: '' }).toEqual({ ...whole, data: '' })
          // Before a flaw is met, how much went out depends on the cutting; without one, it does not.
          if (whole.flaw === null) expect(cut.data).toBe(whole.data)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

function stuff(chunks: readonly string[]): string {
  const stuffer = new DotStuffer()
  const out = chunks.flatMap((chunk) => [...stuffer.stuff(fromLatin1(chunk))])
  return latin1(concat([...out, stuffer.end()]))
}

/** Cuts a text into pieces of the given sizes, taken round and round. */
function pieces(text: string, sizes: readonly number[]): string[] {
  const cut: string[] = []
  for (let at = 0; at < text.length; at += cut.at(-1)?.length ?? 0) {
    cut.push(text.slice(at, at + (sizes[cut.length % sizes.length] ?? 1)))
  }
  return cut
}

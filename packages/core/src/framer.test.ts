import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromLatin1, latin1 } from './bytes.js'
import { type Frame, Framer } from './framer.js'

function lines(chunks: readonly string[], limit = 20): (Frame | string)[] {
  const framer = new Framer()
  framer.expect({ mode: 'line', limit })
  const frames: (Frame | string)[] = []
  for (const chunk of chunks) {
    framer.push(fromLatin1(chunk))
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      frames.push(frame.kind === 'line' && !frame.isBareLineFeed ? frame.text : frame)
    }
  }
  return frames
}

test('what was not framed yet can be taken away, wherever the chunks were cut', () => {
  const framer = new Framer()
  framer.expect({ mode: 'line', limit: 100 })
  for (const chunk of ['NOOP\r\nab', 'c', 'd\r\n']) framer.push(fromLatin1(chunk))
  expect(framer.next()).toMatchObject({ text: 'NOOP' })
  expect(latin1(framer.take())).toBe('abcd\r\n')
  expect(framer.buffered).toBe(0)
  expect(framer.next()).toBeUndefined()
  framer.push(fromLatin1('NOOP\r\n'))
  expect(framer.next()).toMatchObject({ text: 'NOOP' })
  expect(latin1(framer.take())).toBe('')
})

describe('Framer, lines', () => {
  test('lines come without their ends', () => {
    expect(lines(['NOOP\r\n\r\nQUIT\r\n'])).toEqual(['NOOP', '', 'QUIT'])
  })
  test('a bare LF ends a line and is reported', () => {
    expect(lines(['NOOP\nQUIT\r\n'])).toEqual([{ kind: 'line', text: 'NOOP', isBareLineFeed: true }, 'QUIT'])
  })
  test('a bare CR is part of its line', () => {
    expect(lines(['A\rB\r\n'])).toEqual(['A\rB'])
  })
  test('a line at the limit is a line; one octet more is overlong, consumed to its end', () => {
    expect(lines([`${'x'.repeat(20)}\r\nA\r\n`])).toEqual(['x'.repeat(20), 'A'])
    expect(lines([`${'x'.repeat(21)}\r\nA\r\n`])).toMatchObject([{ kind: 'overlong' }, 'A'])
  })
  test('an endless line costs no memory and is reported once', () => {
    const framer = new Framer()
    framer.expect({ mode: 'line', limit: 100 })
    for (let chunk = 0; chunk < 1_000; chunk++) {
      framer.push(fromLatin1('y'.repeat(1_000)))
      expect(framer.next()).toBeUndefined()
      expect(framer.buffered).toBeLessThan(200)
    }
    framer.push(fromLatin1('\r\nNOOP\r\n'))
    expect(framer.next()).toMatchObject({ kind: 'overlong' })
    expect(framer.next()).toMatchObject({ kind: 'line', text: 'NOOP' })
  })
  test('any cutting gives the same lines', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\r\n', 'long'), maxLength: 30 })
    fc.assert(
      fc.property(text, (input) => {
        const whole = lines([input])
        expect(lines([...input])).toEqual(whole)
        for (let at = 1; at < input.length; at++) expect(lines([input.slice(0, at), input.slice(at)])).toEqual(whole)
      }),
    )
  })
})

describe('Framer, octets', () => {
  test('views of the chunks, then the end; what follows is the next frame', () => {
    const framer = new Framer()
    framer.expect({ mode: 'octets', octets: 5 })
    framer.push(fromLatin1('abc'))
    framer.push(fromLatin1('deNOOP\r\n'))
    expect(chunkText(framer.next())).toBe('abc')
    expect(chunkText(framer.next())).toBe('de')
    expect(framer.next()).toEqual({ kind: 'end', octets: 5, flaw: null })
    framer.expect({ mode: 'line', limit: 10 })
    expect(framer.next()).toMatchObject({ kind: 'line', text: 'NOOP' })
  })
  test('no octets at all', () => {
    const framer = new Framer()
    framer.expect({ mode: 'octets', octets: 0 })
    expect(framer.next()).toEqual({ kind: 'end', octets: 0, flaw: null })
  })
})

describe('Framer, data', () => {
  test('a message and the command behind it in one chunk', () => {
    const framer = new Framer()
    framer.expect({ mode: 'data', limit: 100, lineEnds: 'reject' })
    framer.push(fromLatin1('a\r\n..b\r\n.\r\nQUIT\r\n'))
    let data = ''
    let frame = framer.next()
    for (; frame?.kind === 'chunk'; frame = framer.next()) data += chunkText(frame)
    expect(data).toBe('a\r\n.b\r\n')
    expect(frame).toEqual({ kind: 'end', octets: 7, flaw: null })
    framer.expect({ mode: 'line', limit: 10 })
    expect(framer.next()).toMatchObject({ kind: 'line', text: 'QUIT' })
  })
})

function chunkText(frame: Frame | undefined): string {
  return frame?.kind === 'chunk' ? latin1(frame.chunk) : `not a chunk: ${frame?.kind}`
}

describe('Framer, data', () => {
  const data = (chunks: readonly Uint8Array[]) => {
    const framer = new Framer()
    framer.expect({ mode: 'data', limit: Number.MAX_SAFE_INTEGER, lineEnds: 'reject' })
    const frames: Frame[] = []
    for (const chunk of chunks) {
      framer.push(chunk)
      for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
        frames.push(frame)
        if (frame.kind === 'end') break
      }
    }
    const text = frames.map((frame) => (frame.kind === 'chunk' ? latin1(frame.chunk) : '')).join('')
    return { frames, text, end: frames.at(-1) }
  }

  test('lines that all begin with a dot come together, not one by one', () => {
    const chunk = fromLatin1(`${'..\r\n'.repeat(16_384)}.\r\n`)
    const { frames, text, end } = data([chunk])
    expect(text).toBe('.\r\n'.repeat(16_384))
    expect(frames.length).toBeLessThan(8)
    expect(end).toEqual({ kind: 'end', octets: 3 * 16_384, flaw: null })
  })
  test('a long piece is a view of its chunk, also behind short ones', () => {
    const long = 'x'.repeat(5_000)
    const chunk = fromLatin1(`..\r\n${long}\r\n.\r\n`)
    const { frames, text } = data([chunk])
    expect(text).toBe(`.\r\n${long}\r\n`)
    expect(frames.map((frame) => frame.kind === 'chunk' && frame.chunk.buffer === chunk.buffer)).toContain(true)
  })
  test('any mix of short and long lines comes whole and in order, in any cutting', () => {
    const line = fc.constantFrom('', '.', '..', 'a', 'b'.repeat(511), 'c'.repeat(512), `.${'d'.repeat(20_000)}`)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 1, max: 30_000 }), (lines, size) => {
        const message = lines.map((text) => `${text}\r\n`).join('')
        const wire = fromLatin1(
          `${lines.map((text) => (text.startsWith('.') ? `.${text}\r\n` : `${text}\r\n`)).join('')}.\r\n`,
        )
        const chunks: Uint8Array[] = []
        for (let at = 0; at < wire.length; at += size) chunks.push(wire.slice(at, at + size))
        const { text, end } = data(chunks)
        expect(text).toBe(message)
        expect(end).toEqual({ kind: 'end', octets: message.length, flaw: null })
      }),
    )
  })
})

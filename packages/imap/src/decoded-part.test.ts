import { type BodyHandle, bytesHandle, type Flow, fromLatin1, READ_WINDOW } from '@mailwright/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecodedParts, type DecodedSlice, type Encoded, KEPT_OCTETS } from './decoded-part.js'

/** Runs a flow that only reads messages, and answers it from `bytes`; counts the octets it asked for. */
function run<T>(flow: Flow<T>, bytes: Uint8Array, read = { octets: 0 }): T {
  for (let step = flow.next(); ; ) {
    if (step.done === true) return step.value
    if (step.value.step !== 'call' || step.value.call.call !== 'readBody') throw new Error('an unexpected step')
    const { start, end } = step.value.call.args as { start: number; end: number }
    expect(end - start).toBeLessThanOrEqual(READ_WINDOW)
    expect(end).toBeGreaterThan(start)
    read.octets += end - start
    step = flow.next({ octets: bytes.subarray(start, end) })
  }
}

/** What a slice will send. */
function sent(slice: DecodedSlice, bytes: Uint8Array): Buffer {
  if (slice.kept !== null) return Buffer.concat(slice.kept)
  const chunks: Uint8Array[] = []
  for (let left = slice.octets; left > 0; ) {
    const chunk = run(slice.from.read(left), bytes)
    if (chunk === null) break
    chunks.push(chunk)
    left -= chunk.length
  }
  return Buffer.concat(chunks)
}

/** An independent encoder: base64 in lines of 76, quoted-printable of every octet. */
function encode(octets: Buffer, encoding: string): string {
  switch (encoding) {
    case 'base64':
      return octets.toString('base64').replace(/.{1,76}/g, '$&\r\n')
    case 'quoted-printable':
      return [...octets]
        .map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`)
        .join('')
        .replace(/.{1,72}/g, '$&=\r\n')
    default:
      return octets.toString('latin1')
  }
}

function encoded(octets: Buffer, encoding: string): { bytes: Uint8Array; part: Encoded } {
  const before = 'Subject: x\r\n\r\n'
  const bytes = fromLatin1(`${before}${encode(octets, encoding)}\r\n--after`)
  const source: BodyHandle = bytesHandle(bytes)
  const end = bytes.length - '\r\n--after'.length
  return { bytes, part: { kind: 'encoded', start: before.length, end, encoding, source, key: 'INBOX 1' } }
}

const encodings = fc.constantFrom('base64', 'quoted-printable', '8bit')
const partials = fc.option(fc.record({ start: fc.nat(5_000), count: fc.integer({ min: 1, max: 5_000 }) }))

test('any partials in any order are the octets that an independent encoder encoded', () => {
  fc.assert(
    fc.property(
      encodings,
      fc.uint8Array({ maxLength: 4_000 }),
      fc.array(partials, { maxLength: 8 }),
      fc.constantFrom(0, 100, KEPT_OCTETS),
      (encoding, content, asked, room) => {
        const octets = Buffer.from(content)
        const { bytes, part } = encoded(octets, encoding)
        const parts = new DecodedParts()
        for (const partial of asked) {
          const slice = run(parts.measure(part, partial, room), bytes)
          const expected = partial === null ? octets : octets.subarray(partial.start, partial.start + partial.count)
          expect(slice.octets).toBe(expected.length)
          expect(slice.hasNul).toBe(expected.includes(0))
          expect(sent(slice, bytes).equals(expected)).toBe(true)
        }
        expect(run(parts.size(part), bytes)).toBe(octets.length)
      },
    ),
  )
})

test('a part many windows long', () => {
  const octets = Buffer.alloc(5 * READ_WINDOW + 1, 'mailwright ')
  octets[octets.length - 1] = 0
  for (const encoding of ['base64', 'quoted-printable', 'binary']) {
    const { bytes, part } = encoded(octets, encoding)
    const slice = run(new DecodedParts().measure(part, null, KEPT_OCTETS), bytes)
    expect(slice).toMatchObject({ octets: octets.length, hasNul: true, kept: null })
    expect(sent(slice, bytes).equals(octets)).toBe(true)
  }
})

test('piece by piece it is read once, and its size is asked for once', () => {
  const octets = Buffer.alloc(4 * READ_WINDOW, 'x')
  const { bytes, part } = encoded(octets, 'base64')
  const parts = new DecodedParts()
  const read = { octets: 0 }
  expect(run(parts.size(part), bytes, read)).toBe(octets.length)
  expect(run(parts.size(part), bytes, read)).toBe(octets.length)
  expect(read.octets).toBe(part.end - part.start)
  for (let start = 0; start < octets.length; start += 4_096) {
    expect(run(parts.measure(part, { start, count: 4_096 }, KEPT_OCTETS), bytes, read).octets).toBe(4_096)
  }
  expect(read.octets).toBe(2 * (part.end - part.start))
})

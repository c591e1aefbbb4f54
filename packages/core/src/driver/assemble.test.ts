import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BodyPiece } from '../adapters/body-assembler.js'
import { type BodyHandle, chunksBody } from '../body.js'
import { accountId, stagedId } from '../brands.js'
import { StoreFault } from '../errors.js'
import { assembled, bodyAssembler } from './assemble.js'

const SIGNAL = new AbortController().signal

/** A handle that yields chunks of `size` octets, all of them in one buffer that it writes over. */
function handle(bytes: Uint8Array, size: number): BodyHandle {
  const buffer = new Uint8Array(size)
  return {
    octets: bytes.length,
    async *read(range = { start: 0, end: bytes.length }) {
      for (let at = range.start; at < range.end; at += size) {
        const chunk = bytes.subarray(at, Math.min(at + size, range.end))
        buffer.set(chunk)
        yield buffer.subarray(0, chunk.length)
      }
    },
  }
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const source = fc.record({
  bytes: fc.uint8Array({ maxLength: 300 }),
  cut: fc.tuple(fc.nat(300), fc.nat(300)),
  size: fc.integer({ min: 1, max: 130 }),
  form: fc.constantFrom('asIs', 'base64', 'octets'),
})

describe('pieces', () => {
  test('become one body: each as it stands, or in base64 of lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(source, { maxLength: 6 }), async (sources) => {
        const pieces: BodyPiece[] = []
        const expected: Buffer[] = []
        for (const { bytes, cut, size, form } of sources) {
          const start = Math.min(...cut, bytes.length)
          const end = Math.min(Math.max(...cut), bytes.length)
          const range = Buffer.from(bytes.subarray(start, end))
          if (form === 'octets') {
            pieces.push({ kind: 'octets', octets: range })
            expected.push(range)
          } else {
            pieces.push({ kind: 'range', source: handle(bytes, size), start, end, form })
            const lines = range.toString('base64').match(/.{1,76}/g) ?? []
            expected.push(form === 'asIs' ? range : Buffer.from(lines.join('\r\n')))
          }
        }
        const whole = await collect(assembled(pieces, SIGNAL))
        expect(whole.equals(Buffer.concat(expected))).toBe(true)
      }),
    )
  })

  test('of a source that yields too little, or too much, are a fault', async () => {
    for (const chunks of [['ab'], ['abcd', 'e']]) {
      const source = { octets: 4, read: () => chunksBody(chunks.map((text) => Buffer.from(text))) }
      const pieces: BodyPiece[] = [{ kind: 'range', source, start: 0, end: 4, form: 'asIs' }]
      await expect(collect(assembled(pieces, SIGNAL))).rejects.toThrow(StoreFault)
    }
  })

  test('go to the store as the body of one message', async () => {
    const assembler = bodyAssembler(async ({ body }) => {
      expect((await collect(body)).toString()).toBe('one two')
      return { kind: 'staged', staged: stagedId('S1'), octets: 7 }
    })
    const pieces: BodyPiece[] = [
      { kind: 'octets', octets: Buffer.from('one ') },
      { kind: 'range', source: handle(Buffer.from('xtwox'), 2), start: 1, end: 4, form: 'asIs' },
    ]
    const answer = await assembler.stageAssembled({ account: accountId('fred'), pieces }, SIGNAL)
    expect(answer).toEqual({ kind: 'staged', staged: 'S1', octets: 7 })
  })
})

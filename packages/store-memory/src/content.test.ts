import { type Body, concat, fromUtf8, type OctetRange } from '@mailwright/core'
import { digestMessage } from '@mailwright/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blocksHandle } from './blocks.js'
import { receiveContent } from './content.js'
import { BLOCK_OCTETS } from './limits.js'

const { signal } = new AbortController()

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): Body {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return concat(all)
}

/** Three blocks and a bit, every octet telling its place. */
const LONG = Uint8Array.from({ length: 3 * BLOCK_OCTETS + 17 }, (_, at) => (at * 31 + (at >> 8)) & 255)

describe('receiveContent', () => {
  test('keeps octets in full blocks, the last cut to size', async () => {
    const content = await receiveContent(inPieces(LONG, [1_000, 70_001, 3]), Infinity, signal)
    expect(content?.blocks.map((block) => [block.length, block.buffer.byteLength])).toEqual([
      [BLOCK_OCTETS, BLOCK_OCTETS],
      [BLOCK_OCTETS, BLOCK_OCTETS],
      [BLOCK_OCTETS, BLOCK_OCTETS],
      [17, 17],
    ])
    expect(content?.octets).toBe(LONG.length)
  })

  test('a message of tiny parts lets others have their turns', async () => {
    const tiny = fromUtf8(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(3_000)}`)
    let turns = 0
    const count = (): void => {
      turns++
      waiting = setTimeout(count, 0)
    }
    let waiting = setTimeout(count, 0)
    const content = await receiveContent(inPieces(tiny, [tiny.length]), Infinity, signal)
    clearTimeout(waiting)
    expect(content?.digest).toEqual(digestMessage([tiny]))
    expect(turns).toBeGreaterThanOrEqual(5)
  })

  test('a message of exactly one block has no empty one behind it', async () => {
    const content = await receiveContent(inPieces(LONG.subarray(0, BLOCK_OCTETS), [BLOCK_OCTETS]), Infinity, signal)
    expect(content?.blocks.length).toBe(1)
  })

  test('digests what it receives', async () => {
    const wire = fromUtf8('Subject: a\r\n\r\nbody\r\n')
    const content = await receiveContent(inPieces(wire, [3]), Infinity, signal)
    expect(content?.digest).toEqual(digestMessage([wire]))
  })

  test('gives up past the bound, and not at it', async () => {
    expect((await receiveContent(inPieces(LONG.subarray(0, 10), [3]), 10, signal))?.octets).toBe(10)
    expect(await receiveContent(inPieces(LONG.subarray(0, 11), [3]), 10, signal)).toBeNull()
  })
})

describe('blocksHandle', () => {
  test('any range of any cutting is exact', async () => {
    const anyRange: fc.Arbitrary<OctetRange> = fc
      .tuple(fc.integer({ min: 0, max: LONG.length }), fc.integer({ min: 0, max: LONG.length }))
      .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
    const content = await receiveContent(inPieces(LONG, [4_099]), Infinity, signal)
    if (content === null) throw new RangeError('it has no bound')
    const handle = blocksHandle(content, () => {})
    await fc.assert(
      fc.asyncProperty(anyRange, async (range) => {
        const read = await gather(handle.read(range))
        expect(Buffer.compare(read, LONG.subarray(range.start, range.end))).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  test('stops between chunks when it is aborted', async () => {
    const content = await receiveContent(inPieces(LONG, [4_099]), Infinity, signal)
    if (content === null) throw new RangeError('it has no bound')
    const controller = new AbortController()
    const reading = blocksHandle(content, () => {})
      .read(undefined, controller.signal)
      [Symbol.asyncIterator]()
    expect((await reading.next()).done).toBe(false)
    controller.abort(new Error('enough'))
    await expect(reading.next()).rejects.toThrow('enough')
  })

  test('a message that went away since is a fault', async () => {
    const content = await receiveContent(inPieces(LONG, [4_099]), Infinity, signal)
    if (content === null) throw new RangeError('it has no bound')
    const handle = blocksHandle(content, () => {
      throw new Error('gone')
    })
    await expect(gather(handle.read())).rejects.toThrow('gone')
  })
})

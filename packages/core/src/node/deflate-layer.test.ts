import { randomBytes } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { COMPRESSION_LIMITS, type CompressionLimits } from '../limits.js'
import { DeflateLayer, type LayerBase } from './deflate-layer.js'

/** A layer with everything that goes through it. */
class Bench {
  readonly sent: Uint8Array[] = []
  readonly received: Uint8Array[] = []
  readonly failures: unknown[] = []
  ended = 0
  drained = 0
  isBasePaused = false
  isFinished = false
  /** What the socket answers to a write. */
  takesMore = true
  readonly layer: DeflateLayer

  constructor(limits: CompressionLimits = COMPRESSION_LIMITS) {
    const base: LayerBase = {
      write: (bytes) => {
        this.sent.push(bytes.slice())
        return this.takesMore
      },
      pause: () => {
        this.isBasePaused = true
      },
      resume: () => {
        this.isBasePaused = false
      },
      end: (sent) => {
        this.isFinished = true
        sent()
      },
      fail: (error) => void this.failures.push(error),
    }
    const sink = {
      received: (chunk: Uint8Array) => void this.received.push(chunk.slice()),
      ended: () => {
        this.ended += 1
      },
      drained: () => {
        this.drained += 1
      },
      closed: () => {},
    }
    this.layer = new DeflateLayer(base, sink, limits)
  }

  get receivedOctets(): number {
    return this.received.reduce((sum, chunk) => sum + chunk.length, 0)
  }

  /** What a peer makes of what was sent so far, its stream not ended. */
  inflated(): string {
    return inflateRawSync(Buffer.concat(this.sent), { finishFlush: 2 }).toString('latin1')
  }
}

/** Waits, bounded, until zlib's threads have come so far. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++) await new Promise((resolve) => setTimeout(resolve, 1))
  expect(isSo()).toBe(true)
}

/** Waits until nothing has moved for a while of turns. */
async function still(count: () => number): Promise<void> {
  for (let quiet = 0, before = -1; quiet < 30; quiet++) {
    if (before !== count()) quiet = 0
    before = count()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

test('each write reaches the peer whole, without another behind it', async () => {
  const bench = new Bench()
  bench.layer.write(Buffer.from('* OK one\r\n'))
  await until(() => bench.inflated() === '* OK one\r\n')
  bench.layer.write(Buffer.from('* OK two\r\n'))
  await until(() => bench.inflated() === '* OK one\r\n* OK two\r\n')
  bench.layer.destroy()
})

test('what the peer deflated is inflated, wherever it is cut', async () => {
  const text = randomBytes(3_000).toString('hex')
  const deflated = deflateRawSync(text, { finishFlush: 2 })
  for (const cut of [1, 7, 1_000]) {
    const bench = new Bench()
    for (let at = 0; at < deflated.length; at += cut) bench.layer.received(deflated.subarray(at, at + cut))
    await until(() => bench.receivedOctets === text.length)
    expect(Buffer.concat(bench.received).toString()).toBe(text)
    bench.layer.destroy()
  }
})

test('a socket that takes no more holds the writer back, and lets it go on', async () => {
  const bench = new Bench()
  bench.takesMore = false
  let isHeld = false
  for (let write = 0; write < 100 && !isHeld; write++) isHeld = !bench.layer.write(randomBytes(16_384))
  expect(isHeld).toBe(true)
  await still(() => bench.sent.length)
  expect(bench.drained).toBe(0)
  bench.takesMore = true
  bench.layer.drained()
  await until(() => bench.drained === 1)
  bench.layer.destroy()
})

test('while nobody reads, a bomb is inflated by a piece or two and the socket is not read', async () => {
  const bench = new Bench()
  bench.layer.pause()
  // 64 MiB of zeros.
  const bomb = deflateRawSync(Buffer.alloc(67_108_864))
  for (let at = 0; at < bomb.length; at += 16_384) bench.layer.received(bomb.subarray(at, at + 16_384))
  await still(() => bench.receivedOctets)
  expect(bench.receivedOctets).toBe(0)
  expect(bench.isBasePaused).toBe(true)
  bench.layer.resume()
  await until(() => bench.receivedOctets > 0)
  bench.layer.pause()
  const reached = bench.receivedOctets
  await still(() => bench.receivedOctets)
  expect(bench.receivedOctets - reached).toBeLessThanOrEqual(COMPRESSION_LIMITS.inflateChunk)
  bench.layer.destroy()
})

test('more than the ratio allows ends the connection', async () => {
  const limits = { ...COMPRESSION_LIMITS, inflateAllowance: 100_000, inflateRatio: 10 }
  const bench = new Bench(limits)
  const bomb = deflateRawSync(Buffer.alloc(1_000_000))
  bench.layer.received(bomb)
  await until(() => bench.failures.length === 1)
  const most = limits.inflateAllowance + limits.inflateRatio * bomb.length
  expect(bench.receivedOctets).toBeLessThanOrEqual(most)
  bench.layer.destroy()
})

test('octets that are no DEFLATE end the connection', async () => {
  const bench = new Bench()
  bench.layer.received(Buffer.from('a2 NOOP\r\n'))
  await until(() => bench.failures.length === 1)
  expect(bench.receivedOctets).toBe(0)
})

test('a peer that closes is heard to its end, with or without the end of its stream', async () => {
  for (const finishFlush of [2, 4]) {
    const bench = new Bench()
    bench.layer.received(deflateRawSync('a NOOP\r\n', { finishFlush }))
    bench.layer.ended()
    await until(() => bench.ended === 1)
    expect(Buffer.concat(bench.received).toString()).toBe('a NOOP\r\n')
    expect(bench.failures).toEqual([])
    // What comes behind the end of the stream is nothing.
    bench.layer.received(Buffer.from('garbage'))
  }
})

test('the end of what we send is told when all of it is with the socket', async () => {
  const bench = new Bench()
  let isSent = false
  bench.layer.write(Buffer.from('* BYE\r\n'))
  bench.layer.end(() => {
    isSent = true
  })
  await until(() => isSent)
  expect(inflateRawSync(Buffer.concat(bench.sent)).toString()).toBe('* BYE\r\n')
})

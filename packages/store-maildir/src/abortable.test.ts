import { expect, test } from 'vitest'
import { untilAborted } from './abortable.js'

async function gather(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  let octets = 0
  for await (const chunk of untilAborted(body, signal)) octets += chunk.length
  return octets
}

test('a body that ends is given whole', async () => {
  const body = async function* () {
    yield new Uint8Array(2)
    yield new Uint8Array(3)
  }
  expect(await gather(body(), new AbortController().signal)).toBe(5)
})

test('a body that waits for ever does not keep an abort waiting', async () => {
  const controller = new AbortController()
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1)
    await new Promise(() => undefined)
  }
  const gathering = gather(body(), controller.signal)
  setImmediate(() => controller.abort(new Error('gone')))
  await expect(gathering).rejects.toThrow('gone')
})

test('a body is told to end when its reader goes', async () => {
  let isEnded = false
  const body = async function* () {
    try {
      for (;;) yield new Uint8Array(1)
    } finally {
      isEnded = true
    }
  }
  for await (const chunk of untilAborted(body(), new AbortController().signal)) if (chunk.length === 1) break
  expect(isEnded).toBe(true)
})

test('what a body throws is what its reader gets', async () => {
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1)
    throw new Error('torn')
  }
  await expect(gather(body(), new AbortController().signal)).rejects.toThrow('torn')
})

test('an abort beforehand asks the body for nothing', async () => {
  const body = async function* (): AsyncGenerator<Uint8Array> {
    expect.unreachable()
  }
  await expect(gather(body(), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
})

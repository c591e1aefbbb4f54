import { type Body, fromUtf8 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { inTime } from './in-time.js'

async function read(body: Body): Promise<number> {
  let octets = 0
  for await (const chunk of body) octets += chunk.length
  return octets
}

describe('inTime', () => {
  test('passes all chunks on', async () => {
    async function* three(): Body {
      yield fromUtf8('a')
      yield fromUtf8('bc')
      yield fromUtf8('def')
    }
    expect(await read(inTime(three(), new AbortController().signal))).toBe(6)
  })

  test('throws the reason while a chunk is waited for, and lets the body go', async () => {
    const controller = new AbortController()
    const reason = new Error('the peer is gone')
    let isReleased = false
    const hanging: Body = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          isReleased = true
          return { done: true, value: undefined }
        },
      }),
    }
    const reading = read(inTime(hanging, controller.signal))
    controller.abort(reason)
    await expect(reading).rejects.toBe(reason)
    expect(isReleased).toBe(true)
  })

  test('a body that fails when it is let go does not matter', async () => {
    const controller = new AbortController()
    const hanging: Body = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => Promise.reject(new Error('not now')),
      }),
    }
    const reading = read(inTime(hanging, controller.signal))
    controller.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })

  test('passes on what the body throws', async () => {
    async function* broken(): Body {
      yield fromUtf8('a')
      throw new Error('incomplete')
    }
    await expect(read(inTime(broken(), new AbortController().signal))).rejects.toThrow('incomplete')
  })

  test('does not begin when it is too late', async () => {
    let isAsked = false
    async function* body(): Body {
      isAsked = true
      yield fromUtf8('a')
    }
    await expect(read(inTime(body(), AbortSignal.abort(new Error('late'))))).rejects.toThrow('late')
    expect(isAsked).toBe(false)
  })
})

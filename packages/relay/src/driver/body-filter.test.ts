import { chunksBody, fromLatin1, latin1 } from '@mailwright/core'
import { expect, test } from 'vitest'
import { type BodyFilter, filtered } from './body-filter.js'

/** Keeps octets until there are `size` of them, then lets them go on in one. */
function holding(size: number): BodyFilter {
  let held = ''
  return {
    push(chunk) {
      held += latin1(chunk)
      if (held.length < size) return []
      const whole = held
      held = ''
      return [fromLatin1(whole)]
    },
    end: () => (held === '' ? [] : [fromLatin1(held)]),
  }
}

/** Puts each chunk into brackets, and says when the message is over. */
const BRACKETS: BodyFilter = {
  push: (chunk) => [fromLatin1('['), chunk, fromLatin1(']')],
  end: () => [fromLatin1('.')],
}

async function through(filters: readonly BodyFilter[], stamp?: string): Promise<string> {
  const body = chunksBody(['ab', 'c', 'de'].map(fromLatin1))
  let text = ''
  const octets = stamp === undefined ? undefined : fromLatin1(stamp)
  for await (const chunk of filtered(body, filters, octets)) text += latin1(chunk)
  return text
}

test.each([
  ['nothing but a stamp', [], 'abcde'],
  ['one', [BRACKETS], '[ab][c][de].'],
  ['what one filter holds at the end passes those behind it', [holding(3), BRACKETS], '[abc][de].'],
  ['each in its turn', [BRACKETS, holding(100)], '[ab][c][de].'],
] as const)('filters: %s', async (_, filters, expected) => {
  expect(await through(filters, 'S:')).toBe(`S:${expected}`)
})

test('without filters and stamp a body is as it was', async () => {
  expect(await through([])).toBe('abcde')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LongWork } from '../paced.js'
import { orderOf } from './order.js'

/** Does the work at once, and counts its stops. */
function finish<T>(work: LongWork<T>): { readonly result: T; readonly stops: number } {
  for (let stops = 0; ; stops++) {
    const step = work.next()
    if (step.done === true) return { result: step.value, stops }
  }
}

test('as the stable sort of the platform', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 }), (values) => {
      const compare = (one: number, other: number) => (values[one] ?? 0) - (values[other] ?? 0)
      const expected = values.map((_, at) => at).sort(compare)
      expect([...finish(orderOf(values.length, compare)).result]).toEqual(expected)
    }),
  )
})

test('what is in order is compared once a neighbour', () => {
  let comparisons = 0
  const compare = (one: number, other: number) => {
    comparisons += 1
    return one - other
  }
  expect(finish(orderOf(4_096, compare)).result.every((place, at) => place === at)).toBe(true)
  expect(comparisons).toBe(4_095)
})

test('it stops on the way, so that others have their turn', () => {
  const { stops } = finish(orderOf(100_000, (one, other) => other - one))
  expect(stops).toBeGreaterThan(50)
})

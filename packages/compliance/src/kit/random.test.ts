import { describe, expect, test } from 'vitest'
import { SeededRandom } from './random.js'

describe('SeededRandom', () => {
  test('one seed gives one sequence', () => {
    const one = new SeededRandom(7)
    const other = new SeededRandom(7)
    const numbers = Array.from({ length: 100 }, () => one.below(1_000))
    expect(Array.from({ length: 100 }, () => other.below(1_000))).toEqual(numbers)
  })

  test('another seed gives another', () => {
    const one = new SeededRandom(7)
    const other = new SeededRandom(8)
    expect(Array.from({ length: 10 }, () => one.below(1_000))).not.toEqual(
      Array.from({ length: 10 }, () => other.below(1_000)),
    )
  })

  test('stays below the limit and meets every number', () => {
    const random = new SeededRandom(1)
    const met = new Set(Array.from({ length: 1_000 }, () => random.below(10)))
    expect([...met].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('picks nothing from nothing', () => {
    expect(new SeededRandom(1).pick([])).toBeUndefined()
  })

  test('some keeps the order', () => {
    const all = Array.from({ length: 50 }, (_, at) => at)
    const some = new SeededRandom(3).some(all)
    expect(some.length).toBeGreaterThan(10)
    expect(some).toEqual([...some].sort((a, b) => a - b))
  })
})

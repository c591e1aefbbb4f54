import { describe, expect, test } from 'vitest'
import { systemRandom } from './system-ambient.js'

describe('the system’s randomness', () => {
  test('comes in any number of octets, and never twice', () => {
    const seen = new Set<string>()
    for (const count of [8, 9, 16, 255, 256, 257, 5_000]) {
      for (let time = 0; time < 1_000; time++) {
        const octets = systemRandom.bytes(count)
        expect(octets).toHaveLength(count)
        seen.add(Buffer.from(octets).toString('latin1'))
      }
    }
    expect(seen.size).toBe(7_000)
  })

  test('what was given out is its holder’s alone', () => {
    const first = systemRandom.bytes(16)
    const copy = [...first]
    systemRandom.bytes(16).fill(0)
    expect([...first]).toEqual(copy)
    first.fill(7)
    expect([...systemRandom.bytes(16)]).not.toEqual([...first])
  })

  test('has no octet that is preferred', () => {
    const counts = new Array<number>(256).fill(0)
    for (let time = 0; time < 4_000; time++) {
      for (const octet of systemRandom.bytes(16)) counts[octet] = (counts[octet] ?? 0) + 1
    }
    // 250 each are expected; twelve deviations from it nobody sees in a lifetime.
    expect(Math.max(...counts)).toBeLessThan(450)
    expect(Math.min(...counts)).toBeGreaterThan(60)
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Forest } from './forest.js'

/** What a forest does, without any art. */
class PlainForest {
  readonly parents: number[] = []

  link(parent: number, child: number): void {
    for (let node = parent; node !== -1; node = this.parents[node] ?? -1) if (node === child) return
    this.parents[child] = parent
  }
}

const NODES = 300
const step = fc.record({ cuts: fc.integer({ min: 0, max: 9 }), one: fc.nat(NODES - 1), other: fc.nat(NODES - 1) })

test('links that would make a loop are not made, in trees of any depth', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 500 }), fc.boolean(), (steps, isDeep) => {
      const forest = new Forest()
      const plain = new PlainForest()
      for (let node = 0; node < NODES; node++) {
        forest.add()
        plain.parents.push(-1)
        // A chain to begin with: deep enough for the other form.
        if (!isDeep || node === 0) continue
        forest.link(node - 1, node)
        plain.link(node - 1, node)
      }
      for (const { cuts, one, other } of steps) {
        if (cuts === 0 || forest.parentOf(other) !== -1) {
          forest.cut(other)
          plain.parents[other] = -1
        }
        forest.link(one, other)
        plain.link(one, other)
      }
      expect(plain.parents.map((_, node) => forest.parentOf(node))).toEqual(plain.parents)
    }),
  )
})

test('nodes may come at any time', () => {
  const forest = new Forest()
  for (let node = 0; node < 1_000; node++) {
    forest.add()
    if (node > 0) forest.link(node - 1, node)
  }
  forest.link(999, 0)
  expect(forest.parentOf(0)).toBe(-1)
  const late = forest.add()
  forest.link(late, 0)
  expect(forest.parentOf(0)).toBe(late)
  expect(forest.size).toBe(1_001)
})

import { expect, test } from 'vitest'
import { Arrivals } from './arrivals.js'

test('who waits goes on when those under way have come, not when later ones have', async () => {
  const arrivals = new Arrivals()
  let isOver = false
  arrivals.begin()
  arrivals.begin()
  const settled = arrivals.settled().then(() => {
    isOver = true
  })
  arrivals.begin()
  arrivals.end()
  await Promise.resolve()
  expect(isOver).toBe(false)
  arrivals.end()
  await settled
})

test('where nobody is under way, nobody waits', async () => {
  const arrivals = new Arrivals()
  await arrivals.settled()
  arrivals.begin()
  arrivals.end()
  await arrivals.settled()
})

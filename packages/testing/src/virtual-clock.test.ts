import { expect, test } from 'vitest'
import { VirtualClock } from './virtual-clock.js'

test('alarms ring at their own times, in order, those set on the way included', async () => {
  const clock = new VirtualClock(1_000)
  const rung: string[] = []
  clock.after(20, () => rung.push(`b at ${clock.now()}`))
  clock.after(10, () => {
    rung.push(`a at ${clock.now()}`)
    clock.after(5, () => rung.push(`c at ${clock.now()}`))
  })
  clock.after(10, () => rung.push(`a2 at ${clock.now()}`))
  const release = clock.after(12, () => rung.push('released'))
  release()
  await clock.advance(19)
  expect(rung).toEqual(['a at 10', 'a2 at 10', 'c at 15'])
  await clock.advance(1)
  expect(rung.at(-1)).toBe('b at 20')
  expect([clock.now(), clock.date(), clock.pending]).toEqual([20, 1_020, 0])
})

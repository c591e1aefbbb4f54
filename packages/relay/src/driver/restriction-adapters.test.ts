import { describe, expect, test } from 'vitest'
import { memoryGreylist, patience } from './restriction-adapters.js'

const signal = new AbortController().signal
const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('greylisting', () => {
  const triple = { client: '192.0.2', sender: 'a@x.example', recipient: 'b@y.example' }
  const world = (entries = 10) => {
    const time = { now: 1_000_000 }
    const list = memoryGreylist({ date: () => time.now }, { entries })
    return { time, attempt: (more = {}) => list.greylist({ ...triple, ...more }, signal) }
  }

  test('the first attempt waits, one after the delay passes, and from then on every one', async () => {
    const { time, attempt } = world()
    expect(await attempt()).toEqual({ kind: 'tooSoon', wait: 300_000 })
    time.now += 299_999
    expect(await attempt()).toEqual({ kind: 'tooSoon', wait: 1 })
    time.now += 1
    expect(await attempt()).toEqual({ kind: 'passed' })
    time.now += 30 * DAY
    expect(await attempt()).toEqual({ kind: 'passed' })
    expect(await attempt({ sender: 'other@x.example' })).toMatchObject({ kind: 'tooSoon' })
  })

  test('who comes after two days begins anew; who has not written for five weeks too', async () => {
    const { time, attempt } = world()
    await attempt()
    time.now += 2 * DAY + 1
    expect(await attempt()).toEqual({ kind: 'tooSoon', wait: 300_000 })
    time.now += HOUR
    expect(await attempt()).toEqual({ kind: 'passed' })
    time.now += 35 * DAY + 1
    expect(await attempt()).toMatchObject({ kind: 'tooSoon' })
  })

  test('hammering does not make the window longer', async () => {
    const { time, attempt } = world()
    await attempt()
    for (let at = 0; at < 3; at++) {
      time.now += 100_000
      await attempt()
    }
    expect(await attempt()).toEqual({ kind: 'passed' })
  })

  test('the oldest is forgotten', async () => {
    const { time, attempt } = world(2)
    await attempt()
    await attempt({ sender: 'b' })
    await attempt({ sender: 'c' })
    time.now += 300_000
    expect(await attempt({ sender: 'c' })).toEqual({ kind: 'passed' })
    expect(await attempt()).toMatchObject({ kind: 'tooSoon' })
  })
})

test('patience ends with its time, or with the peer', async () => {
  const wakes: (() => void)[] = []
  const { pause } = patience({
    after(_, wake) {
      wakes.push(wake)
      return () => void wakes.splice(0)
    },
  })
  const waiting = pause({ duration: 1 }, signal)
  wakes[0]?.()
  await expect(waiting).resolves.toEqual({})
  const gone = new AbortController()
  const second = pause({ duration: 1 }, gone.signal)
  gone.abort(new Error('gone'))
  await expect(second).rejects.toThrow('gone')
  expect(wakes).toEqual([])
})

import { VirtualClock } from '@mailwright/testing'
import { describe, expect, test } from 'vitest'
import { JobSignals } from './job-signals.js'

const LATE = new Error('late')
const STOP = new Error('stop')

describe('signals for jobs', () => {
  test('each job is ended when its own time is over, and none that is over', async () => {
    const clock = new VirtualClock()
    const signals = new JobSignals(clock, 100, () => LATE)
    const first = signals.begin()
    await clock.advance(60)
    const [second, done] = [signals.begin(), signals.begin()]
    await clock.advance(39)
    expect(first.signal.aborted).toBe(false)
    await clock.advance(1)
    expect([first.signal.reason, second.signal.aborted]).toEqual([LATE, false])
    signals.end(done)
    await clock.advance(60)
    expect([second.signal.reason, done.signal.aborted]).toEqual([LATE, false])
    // The alarm was idle meanwhile.
    await clock.advance(1_000)
    const third = signals.begin()
    await clock.advance(99)
    expect(third.signal.aborted).toBe(false)
    await clock.advance(1)
    expect(third.signal.reason).toBe(LATE)
  })

  test('a stop ends those that run, and those to come', async () => {
    const clock = new VirtualClock()
    const signals = new JobSignals(clock, 100, () => LATE)
    const [running, done] = [signals.begin(), signals.begin()]
    signals.end(done)
    signals.stop(STOP)
    expect([running.signal.reason, done.signal.aborted, signals.begin().signal.reason]).toEqual([STOP, false, STOP])
    await clock.advance(1_000)
    expect(running.signal.reason).toBe(STOP)
  })
})

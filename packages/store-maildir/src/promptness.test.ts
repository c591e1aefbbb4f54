import { expect, test } from 'vitest'
import { Promptness } from './promptness.js'

function waitFor(millis: number): void {
  const until = performance.now() + millis
  while (performance.now() < until);
}

test('after a call that kept everybody waiting the next ones are for threads, for a while', async () => {
  const promptness = new Promptness()
  expect(promptness.watch(() => 7)).toBe(7)
  expect(promptness.isPrompt).toBe(true)
  promptness.watch(() => waitFor(10))
  expect(promptness.isPrompt).toBe(false)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(promptness.isPrompt).toBe(true)
})

test('calls that each take a little too long are too slow together', () => {
  const promptness = new Promptness()
  let calls = 0
  while (promptness.isPrompt && calls < 100) {
    promptness.watch(() => waitFor(0.4))
    calls++
  }
  expect(calls).toBeGreaterThan(1)
  expect(calls).toBeLessThan(100)
})

test('so it is when the call fails', () => {
  const promptness = new Promptness()
  const failing = (): never => {
    waitFor(10)
    throw new Error('no space left')
  }
  expect(() => promptness.watch(failing)).toThrow('no space left')
  expect(promptness.isPrompt).toBe(false)
})

import { expect, test } from 'vitest'
import { withTiming } from './timing.js'

/** The first and the third are Dovecot's own replies, of seeds 000 and 002. */
test.each([
  ['Logout completed.', 5, 'Logout completed (0.005 + 0.000 + 0.005 secs).'],
  ['Select completed.', 36.4, 'Select completed (0.037 + 0.000 + 0.036 secs).'],
  ['List completed.', 0.3, 'List completed (0.001 + 0.000 secs).'],
  ['List completed.', 0, 'List completed (0.001 + 0.000 secs).'],
  ['UIDs valid', 61_000, 'UIDs valid (61.000 + 0.000 + 61.000 secs).'],
])('[F16] %s after %d ms', (text, elapsed, expected) => {
  expect(withTiming(text, elapsed)).toBe(expected)
})

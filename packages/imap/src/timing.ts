import type { Millis } from '@mailwright/core'

/**
 * A reply's text with the time its command took, as Dovecot says it: `(0.033 + 0.000 + 0.037 secs)`: in the command, waiting for locks,
 * and all in all, where that is a millisecond at least. No command waits for a lock here. The first is rounded up.
 */
export function withTiming(text: string, elapsed: Millis): string {
  const whole = Math.floor(elapsed)
  const parts = [Math.max(1, Math.ceil(elapsed)), 0, ...(whole === 0 ? [] : [whole])]
  return `${text.replace(/\.$/, '')} (${parts.map((millis) => (millis / 1_000).toFixed(3)).join(' + ')} secs).`
}

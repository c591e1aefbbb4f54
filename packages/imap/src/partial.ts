import type { PartialRange } from './command.js'

/** Places `[from, to)` in a list. */
interface Cut {
  readonly from: number
  readonly to: number
}

/** The part of a list that a range names, counted from either end; what lies outside is ignored (RFC 9394 §3.1). */
export function cutOf(length: number, { first, last }: PartialRange): Cut {
  const [near, far] = [Math.min(Math.abs(first), Math.abs(last)), Math.max(Math.abs(first), Math.abs(last))]
  if (first > 0) return { from: Math.min(near - 1, length), to: Math.min(far, length) }
  return { from: Math.max(length - far, 0), to: Math.max(length - near + 1, 0) }
}

import type { PartialRange } from '../command.js'
import type { Cursor } from './cursor.js'

/**
 *     partial-range       = partial-range-first / partial-range-last
 *     partial-range-first = nz-number ":" nz-number
 *     partial-range-last  = MINUS nz-number ":" MINUS nz-number
 *
 * RFC 9394 §4. Both ends count from the same side; either may be the greater.
 */
export function partialRange(c: Cursor): PartialRange {
  const isFromLast = c.peek === '-'
  const first = end(c, isFromLast)
  c.expect(':')
  return { first, last: end(c, isFromLast) }
}

function end(c: Cursor, isFromLast: boolean): number {
  if (isFromLast) c.expect('-')
  const number = c.nzNumber()
  return isFromLast ? -number : number
}

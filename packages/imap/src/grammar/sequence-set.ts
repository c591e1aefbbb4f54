import type { NumberRange, SequenceSet } from '../command.js'
import type { Cursor } from './cursor.js'

/**
 *     sequence-set = (seq-number / seq-range) *("," sequence-set)
 *     seq-range    = seq-number ":" seq-number
 *     seq-number   = nz-number / "*"
 *     sequence-set =/ "$"
 *
 * RFC 3501 §9, RFC 5182 §3. `*` becomes `Infinity`: what it stands for is the session's to say.
 */
export function sequenceSet(c: Cursor): SequenceSet {
  if (c.offers('SEARCHRES') && c.skip('$')) return { kind: 'saved' }
  const ranges: NumberRange[] = []
  do {
    if (ranges.length === c.limits.ranges) c.no('LIMIT', 'Too many ranges in a sequence set')
    const first = seqNumber(c)
    ranges.push({ first, last: c.skip(':') ? seqNumber(c) : first })
  } while (c.skip(','))
  return { kind: 'ranges', ranges }
}

function seqNumber(c: Cursor): number {
  return c.skip('*') ? Number.POSITIVE_INFINITY : c.nzNumber()
}

import { type ModSeq, modSeq } from '@mailwright/core'
import type { Cursor } from './cursor.js'

const DIGITS = /\d+/y

/** The greatest `mod-sequence-value` of RFC 7162 §7. */
const GREATEST = 0x7fff_ffff_ffff_ffffn

/**
 *     mod-sequence-value = 1*DIGIT ; positive unsigned 63-bit integer (mod-sequence) (1 <= n <= 9,223,372,036,854,775,807)
 *
 * RFC 7162 §7. No store counts beyond 2^53 - 1, so a greater value means "later than everything" and becomes that.
 */
export function modSequenceValue(c: Cursor): ModSeq {
  const value = modSequenceValzer(c)
  return value === 0 ? c.bad('A mod-sequence is at least 1') : value
}

/**
 *     mod-sequence-valzer = "0" / mod-sequence-value
 *
 * RFC 7162 §7.
 */
export function modSequenceValzer(c: Cursor): ModSeq {
  const digits = c.match(DIGITS) ?? c.bad('Expected a mod-sequence')
  // Long before the digits are a number.
  if (digits.length > 19 || BigInt(digits) > GREATEST) c.bad('Mod-sequence too great')
  return modSeq(Math.min(Number(digits), Number.MAX_SAFE_INTEGER))
}

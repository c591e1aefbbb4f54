import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { astring } from './strings.js'

/** `language-range` of RFC 4647 §2.1. */
const RANGE = /^(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)$/
/** Ranges of one command: nobody reads more languages. */
const MAX_RANGES = 32

/**
 *     language-cmd = "LANGUAGE" *(SP lang-range-quoted)
 *
 * RFC 5255 §3.5. The cursor stands behind "LANGUAGE".
 */
export function language(c: Cursor): ImapCommand {
  const ranges: string[] = []
  while (c.skip(' ')) {
    const range = astring(c, 'language')
    if (!RANGE.test(range)) c.bad('Invalid language range')
    if (ranges.length === MAX_RANGES) c.bad('Too many language ranges')
    ranges.push(range)
  }
  return { name: 'LANGUAGE', ranges }
}

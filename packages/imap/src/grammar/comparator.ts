import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { astring } from './strings.js'

/** Longest pattern (RFC 4790 §3.2). */
const MAX_PATTERN = 254
/** `collation-wild`, with its direction before it: no two wildcards stand side by side. */
const ORDER = /^[+-]?(?:\*|[a-z]\*?)(?:[a-z0-9\-;=.]\*?)*$/i

/**
 *     comparator-cmd   = "COMPARATOR" *(SP comp-order-quoted)
 *     collation-order  = ["+" / "-"] collation-wild
 *     collation-wild   = ("*" / (ALPHA ["*"])) *(collation-char ["*"])
 *     collation-char   = ALPHA / DIGIT / "-" / ";" / "=" / "."
 *
 * RFC 5255 §4.10, RFC 4790 §3. The cursor stands behind "COMPARATOR".
 */
export function comparator(c: Cursor): ImapCommand {
  const orders: string[] = []
  while (c.skip(' ')) {
    const order = astring(c, 'comparator')
    if (order.length > MAX_PATTERN || !ORDER.test(order)) c.bad('Invalid comparator')
    orders.push(order)
  }
  return { name: 'COMPARATOR', orders }
}

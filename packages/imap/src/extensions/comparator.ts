import type { Flow, Identity } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { no, ok, type Reply } from '../reply.js'
import { writeAstring } from '../response/strings.js'
import { COLLATIONS, type Collation, descending, UNICODE_CASEMAP } from '../search/collation.js'
import type { Session } from '../session.js'

/**
 * RFC 5255 §4.7, §4.8: which comparator SEARCH, SORT and THREAD go by, and the choice of another. The first argument that matches
 * any wins; the others that match are listed.
 */
export function* comparator(session: Session, _identity: Identity, command: CommandOf<'COMPARATOR'>): Flow<Reply> {
  const matching = [...new Set(command.orders.flatMap(matches))]
  if (command.orders.length > 0) {
    const [chosen] = matching
    if (chosen === undefined) return no('No matching comparator.', 'BADCOMPARATOR')
    session.collation = chosen
  }
  const list = matching.length > 1 ? ` (${matching.map(({ name }) => writeAstring(name)).join(' ')})` : ''
  session.untagged(`COMPARATOR ${writeAstring(session.collation.name)}${list}`)
  return ok('Comparator completed.')
}

/** Forms of the collations that differ in direction only are one object each. */
const DESCENDING: readonly Collation[] = COLLATIONS.map(descending)

/** The collations that an argument means; `default` is a name of its own (RFC 5255 §4.7). */
function matches(order: string): readonly Collation[] {
  if (order.toLowerCase() === 'default') return [UNICODE_CASEMAP]
  const isDescending = order.startsWith('-')
  const pattern = order.replace(/^[+-]/, '').toLowerCase()
  const known = isDescending ? DESCENDING : COLLATIONS
  return known.filter(({ name }) => isLike(pattern.split('*'), isDescending ? name.slice(1) : name))
}

/** Whether a name has the pieces of a pattern in their order, the first at its beginning and the last at its end. */
function isLike(pieces: readonly string[], name: string): boolean {
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  if (pieces.length === 1) return name === first
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let rest = name.slice(first.length, name.length - last.length)
  for (const piece of pieces.slice(1, -1)) {
    const at = rest.indexOf(piece)
    if (at < 0) return false
    rest = rest.slice(at + piece.length)
  }
  return true
}

import type { CapabilityName } from '../capability-table.js'
import type { ImapCommand, Numbering } from '../command.js'
import type { ThreadAlgorithm } from '../thread/thread-messages.js'
import type { Cursor } from './cursor.js'
import { searchCriteria } from './sort.js'
import { atom } from './strings.js'

const ALGORITHMS: ReadonlyMap<string, { readonly algorithm: ThreadAlgorithm; readonly capability: CapabilityName }> =
  new Map([
    ['ORDEREDSUBJECT', { algorithm: 'ORDEREDSUBJECT', capability: 'THREAD=ORDEREDSUBJECT' }],
    ['REFERENCES', { algorithm: 'REFERENCES', capability: 'THREAD=REFERENCES' }],
    ['REFS', { algorithm: 'REFS', capability: 'THREAD=REFS' }],
  ])

/**
 *     thread     = "THREAD" SP thread-alg SP search-criteria
 *     thread-alg = "ORDEREDSUBJECT" / "REFERENCES" / "REFS"
 *
 * RFC 5256 §5. The cursor stands after the SP that follows "THREAD".
 */
export function thread(c: Cursor, numbering: Numbering): ImapCommand {
  const known = ALGORITHMS.get(atom(c, 'thread algorithm').toUpperCase())
  if (known === undefined || !c.offers(known.capability)) c.bad('Unknown thread algorithm')
  c.sp()
  return { name: 'THREAD', numbering, algorithm: known.algorithm, ...searchCriteria(c) }
}

import type { ImapCommand, SearchSource } from '../command.js'
import { RETURN_ALL } from '../search/return-options.js'
import type { Cursor } from './cursor.js'
import { otherFilter, spMailboxes } from './filter-mailboxes.js'
import { returnOptions } from './return-options.js'
import { searchProgram } from './search.js'
import { atom } from './strings.js'

const IN = /IN (?=\()/iy
const SELECTED: readonly SearchSource[] = [{ kind: 'selected' }]

/**
 *     esearch             = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program
 *     esearch-source-opts = "IN" SP "(" source-mbox [SP "(" scope-options ")"] ")"
 *     source-mbox         = filter-mailboxes *(SP filter-mailboxes)
 *
 * RFC 7377 §4. The cursor stands after the SP that follows "ESEARCH". Without RETURN it is `(ALL)` (§2.1), without IN the
 * selected mailbox. No scope option is defined, and one that nobody knows is refused.
 */
export function esearch(c: Cursor): ImapCommand {
  const isIn = c.match(IN) !== undefined
  const sources = isIn ? sourceList(c) : SELECTED
  if (isIn) c.sp()
  const asked = returnOptions(c, { returns: 'MULTISEARCH', context: 'CONTEXT=SEARCH' })
  if (asked !== null) c.sp()
  const returns = asked ?? RETURN_ALL
  // RFC 7377 §2.2.
  const isElsewhere = sources.some(({ kind }) => kind !== 'selected')
  if (isElsewhere && returns.items.has('SAVE')) c.bad('SAVE needs the selected mailbox alone')
  return { name: 'ESEARCH', sources, ...searchProgram(c, asked), returns }
}

function sourceList(c: Cursor): readonly SearchSource[] {
  c.open()
  const sources = [source(c)]
  while (c.skip(' ')) {
    if (c.peek === '(') c.bad('Unknown scope option')
    if (sources.length === c.limits.patterns) c.no('LIMIT', 'Too many mailbox filters')
    sources.push(source(c))
  }
  c.close()
  return sources
}

/**
 *     filter-mailboxes-selected = "selected"
 *     filter-mailboxes-other    =/ ("subtree-one" SP one-or-more-mailbox)
 *
 * RFC 7377 §4: `selected-delayed` is not valid here.
 */
function source(c: Cursor): SearchSource {
  const word = atom(c, 'mailbox filter').toUpperCase()
  if (word === 'SELECTED') return { kind: 'selected' }
  if (word === 'SUBTREE-ONE') return { kind: 'subtreeOne', names: spMailboxes(c) }
  return otherFilter(c, word) ?? c.bad(`Unknown mailbox filter ${word}`)
}

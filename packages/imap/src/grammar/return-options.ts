import type { CapabilityName } from '../capability-table.js'
import type { PartialRange } from '../command.js'
import { RETURN_ALL, type ReturnItem, type ReturnOptions } from '../search/return-options.js'
import type { Cursor } from './cursor.js'
import { partialRange } from './partial-range.js'
import { atom } from './strings.js'

const RETURN = /RETURN (?=\()/iy
const EMPTY = /\(\)/y

/** Options that are a word, and the capability they come with, where that is not the command's own. */
const ITEMS: ReadonlyMap<string, { readonly item: ReturnItem; readonly capability?: CapabilityName }> = new Map<
  string,
  { readonly item: ReturnItem; readonly capability?: CapabilityName }
>([
  ['MIN', { item: 'MIN' }],
  ['MAX', { item: 'MAX' }],
  ['ALL', { item: 'ALL' }],
  ['COUNT', { item: 'COUNT' }],
  ['SAVE', { item: 'SAVE', capability: 'SEARCHRES' }],
])

/**
 *     search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"
 *     search-return-opt  = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE" / "PARTIAL" SP partial-range
 *
 * RFC 9051 §9, RFC 9394 §4. `null` where no RETURN stands here. Without an option it is `(ALL)`.
 *
 * @param capability that lets the command have RETURN at all.
 */
export function returnOptions(c: Cursor, capability: 'ESEARCH' | 'ESORT'): ReturnOptions | null {
  if (!c.offers(capability) || c.match(RETURN) === undefined) return null
  if (c.match(EMPTY) !== undefined) return RETURN_ALL
  const items = new Set<ReturnItem>()
  let partial: PartialRange | null = null
  c.list(() => {
    const name = atom(c, 'return option').toUpperCase()
    if (name === 'PARTIAL' && c.offers('PARTIAL')) {
      if (partial !== null) c.bad('Only one PARTIAL is allowed')
      c.sp()
      partial = partialRange(c)
      return
    }
    const known = ITEMS.get(name)
    if (known === undefined || !c.offers(known.capability)) c.bad('Unknown SEARCH return option')
    items.add(known.item)
  })
  // RFC 9394 §3.1: either one PARTIAL, one ALL, or neither.
  if (partial !== null && items.has('ALL')) c.bad('PARTIAL conflicts with ALL')
  // RFC 5182 §2.1: whatever is refused from here on empties the search result variable.
  if (items.has('SAVE')) c.saves()
  return { items, partial }
}

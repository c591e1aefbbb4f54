import type { CapabilityName } from '../capability-table.js'
import type { FetchItem, PartialRange } from '../command.js'
import { countOfKeys, isFuzzy } from '../search/closeness.js'
import { RETURN_ALL, type ReturnItem, type ReturnOptions } from '../search/return-options.js'
import type { SearchKey } from '../search/search-key.js'
import type { Cursor } from './cursor.js'
import { fetchAtt } from './fetch.js'
import { partialRange } from './partial-range.js'
import { atom } from './strings.js'

const RETURN = /RETURN (?=\()/iy
const EMPTY = /\(\)/y
const LIST_NEXT = / ?(?=\()/y

/** Options that are a word. */
const ITEMS: ReadonlyMap<string, ReturnItem> = new Map<string, ReturnItem>([
  ['MIN', 'MIN'],
  ['MAX', 'MAX'],
  ['ALL', 'ALL'],
  ['COUNT', 'COUNT'],
  ['SAVE', 'SAVE'],
  ['UPDATE', 'UPDATE'],
  ['RELEVANCY', 'RELEVANCY'],
])

/** What lets a command have RETURN, and with it the options of RFC 5267. */
export interface ReturnCapabilities {
  readonly returns: CapabilityName
  readonly context: CapabilityName
}

/**
 *     search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"
 *     search-return-opt  = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE" / "PARTIAL" SP partial-range / "UPDATE" / "CONTEXT" / "RELEVANCY"
 *     modifier-update    = "UPDATE" [[SP] "(" fetch-att *(SP fetch-att) ")"]
 *
 * RFC 9051 §9, RFC 9394 §4, RFC 5267 §5, RFC 6203 §7, RFC 5465 §8 (where UPDATE has no space; in its example, §7, it has). `null` where no
 * RETURN stands here. Without an option it is `(ALL)`.
 */
export function returnOptions(c: Cursor, { returns, context }: ReturnCapabilities): ReturnOptions | null {
  if (!(c.offers(returns) || c.offers(context)) || c.match(RETURN) === undefined) return null
  if (c.match(EMPTY) !== undefined) return RETURN_ALL
  const items = new Set<ReturnItem>()
  let partial: PartialRange | null = null
  let news: readonly FetchItem[] = []
  c.list(() => {
    const name = atom(c, 'return option').toUpperCase()
    if (name === 'PARTIAL' && (c.offers('PARTIAL') || c.offers(context))) {
      if (partial !== null) c.bad('Only one PARTIAL is allowed')
      c.sp()
      partial = partialRange(c)
      return
    }
    if (name === 'CONTEXT' && c.offers(context)) return
    const item = ITEMS.get(name)
    if (item === undefined || !c.offers(capabilityOf(item, context))) c.bad('Unknown SEARCH return option')
    items.add(item)
    if (item === 'UPDATE' && c.offers('NOTIFY') && c.match(LIST_NEXT) !== undefined) news = c.list(fetchAtt)
  })
  // RFC 9394 §3.1: either one PARTIAL, one ALL, or neither.
  if (partial !== null && items.has('ALL')) c.bad('PARTIAL conflicts with ALL')
  // RFC 5182 §2.1: whatever is refused from here on empties the search result variable.
  if (items.has('SAVE')) c.saves()
  return items.size === 0 && partial === null ? RETURN_ALL : { items, partial, ...(news.length === 0 ? {} : { news }) }
}

function capabilityOf(item: ReturnItem, context: CapabilityName): CapabilityName | undefined {
  switch (item) {
    case 'SAVE':
      return 'SEARCHRES'
    case 'UPDATE':
      return context
    case 'RELEVANCY':
      return 'SEARCH=FUZZY'
    default:
      return undefined
  }
}

/**
 * Refuses relevancy where nothing is fuzzy (RFC 6203 §4, §6), and fuzzy keys that come to more than the limit: each is looked for
 * in many forms.
 */
export function checkFuzzy(c: Cursor, keys: SearchKey, asksForRelevancy: boolean): void {
  if (!isFuzzy(keys)) {
    if (asksForRelevancy) c.bad('RELEVANCY needs a FUZZY search key')
    return
  }
  if (countOfKeys(keys) > c.limits.searchKeys) c.no('LIMIT', 'Too many search keys')
}

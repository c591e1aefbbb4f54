import type { CapabilityName } from '../capability-table.js'
import type { ImapCommand, Numbering } from '../command.js'
import type { SortCriterion, SortKey } from '../sort/sort-criterion.js'
import type { Cursor } from './cursor.js'
import { checkFuzzy, returnOptions } from './return-options.js'
import { decoder } from './search.js'
import { searchKeys } from './search-keys.js'
import { astring, atom } from './strings.js'

const KEYS: ReadonlyMap<string, { readonly key: SortKey; readonly capability: CapabilityName }> = new Map([
  ['ARRIVAL', { key: 'ARRIVAL', capability: 'SORT' }],
  ['CC', { key: 'CC', capability: 'SORT' }],
  ['DATE', { key: 'DATE', capability: 'SORT' }],
  ['DISPLAYFROM', { key: 'DISPLAYFROM', capability: 'SORT=DISPLAY' }],
  ['DISPLAYTO', { key: 'DISPLAYTO', capability: 'SORT=DISPLAY' }],
  ['FROM', { key: 'FROM', capability: 'SORT' }],
  ['RELEVANCY', { key: 'RELEVANCY', capability: 'SEARCH=FUZZY' }],
  ['SIZE', { key: 'SIZE', capability: 'SORT' }],
  ['SUBJECT', { key: 'SUBJECT', capability: 'SORT' }],
  ['TO', { key: 'TO', capability: 'SORT' }],
])

/**
 *     sort            = "SORT" [search-return-opts] SP sort-criteria SP search-criteria
 *     sort-criteria   = "(" sort-criterion *(SP sort-criterion) ")"
 *     search-criteria = charset 1*(SP search-key)
 *
 * RFC 5256 §5, RFC 5267 §5. The cursor stands after the SP that follows "SORT".
 */
export function sort(c: Cursor, numbering: Numbering): ImapCommand {
  const returns = returnOptions(c, { returns: 'ESORT', context: 'CONTEXT=SORT' })
  if (returns !== null) c.sp()
  const asked = c.list(sortCriterion)
  // Who is alike by a key is alike by it the second time.
  const criteria = asked.filter(({ key }, at) => asked.findIndex((each) => each.key === key) === at)
  c.sp()
  const { charset, keys } = searchCriteria(c)
  const isByRelevancy = criteria.some(({ key }) => key === 'RELEVANCY')
  checkFuzzy(c, keys, isByRelevancy || returns?.items.has('RELEVANCY') === true)
  return { name: 'SORT', numbering, criteria, charset, keys, returns }
}

/** `search-criteria` of RFC 5256 §5: the charset is no option. */
export function searchCriteria(c: Cursor) {
  const charset = astring(c, 'charset').toUpperCase()
  c.sp()
  return { charset, keys: searchKeys(c, decoder(c, charset)) }
}

/**
 *     sort-criterion = ["REVERSE" SP] sort-key
 *     sort-key       = "ARRIVAL" / "CC" / "DATE" / "FROM" / "SIZE" / "SUBJECT" / "TO" / "DISPLAYFROM" / "DISPLAYTO" /
 *                      "RELEVANCY"
 *
 * RFC 5256 §5, RFC 5957 §5, RFC 6203 §7.
 */
function sortCriterion(c: Cursor): SortCriterion {
  const first = atom(c, 'sort criterion').toUpperCase()
  const isReverse = first === 'REVERSE'
  if (isReverse) c.sp()
  const name = isReverse ? atom(c, 'sort criterion').toUpperCase() : first
  const known = KEYS.get(name)
  if (known === undefined || !c.offers(known.capability)) c.bad(`Unknown sort argument: ${name}`)
  return { key: known.key, isReverse }
}

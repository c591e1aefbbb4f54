import type { FetchItem } from '../command.js'
import type { Cursor } from './cursor.js'

/** Told apart from a FETCH modifier list, which may follow an item that stands alone (RFC 4466 §3). */
const MODIFIERS = / \(((?:LAZY=FUZZY|LAZY|FUZZY)(?: (?:LAZY=FUZZY|LAZY|FUZZY))*)\)/iy
const OTHER_MODIFIERS = / \([A-Z]+(?:=[A-Z]+)?\)(?= |\)|$)/iy

/**
 *     fetch-att   =/ "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"]
 *     preview-mod =  "LAZY"
 *
 * RFC 8970 §6. The drafts before it, which Dovecot 2.3 carries out, have `FUZZY` and `LAZY=FUZZY` as well, and the item's older name
 * `SNIPPET`; they answer the algorithm before the text. The cursor stands behind the item's name.
 */
export function preview(c: Cursor, name: 'PREVIEW' | 'SNIPPET'): FetchItem {
  const offersFuzzy = c.offers(name === 'SNIPPET' ? 'SNIPPET=FUZZY' : 'PREVIEW=FUZZY')
  const isPlain = name === 'PREVIEW' && c.offers('PREVIEW')
  if (!offersFuzzy && !isPlain) c.bad(`Unknown fetch item ${name}`)
  const [words = ''] = c.groups(MODIFIERS) ?? []
  const modifiers = words.toUpperCase().split(' ')
  const isFuzzy = modifiers.some((modifier) => modifier.endsWith('FUZZY'))
  if ((isFuzzy && !offersFuzzy) || (words === '' && c.match(OTHER_MODIFIERS) !== undefined)) {
    c.bad(`Unsupported ${name} modifier`)
  }
  const mode = modifiers.some((modifier) => modifier.startsWith('LAZY')) ? 'lazy' : 'always'
  return { item: 'PREVIEW', name, form: isFuzzy || !isPlain ? 'fuzzy' : 'plain', mode }
}

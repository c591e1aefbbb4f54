import type { SearchKey } from '../search/search-key.js'
import type { Cursor } from './cursor.js'
import { type Decode, keyRule } from './search-key.js'
import { sequenceSet } from './sequence-set.js'

const KEY_NAME = /[A-Z]+/iy

/** A key that waits for the keys it is made of. */
type OpenKey =
  | { readonly kind: 'and'; readonly keys: SearchKey[] }
  | { readonly kind: 'not' | 'fuzzy' }
  | { readonly kind: 'or'; left: SearchKey | null }

/**
 *     search-key = ... / "NOT" SP search-key / "OR" SP search-key SP search-key / sequence-set /
 *                  "(" search-key *(SP search-key) ")" / "FUZZY" SP search-key
 *
 * RFC 3501 §9, RFC 6203 §7. Keys nest as deep as the client likes without a parenthesis (`NOT OR a NOT OR b ...`), so open ones stand in a
 * list instead of on the stack; the count of keys bounds the depth of what comes out.
 */
export function searchKeys(c: Cursor, decode: Decode): SearchKey {
  const outermost: SearchKey[] = []
  const open: OpenKey[] = []
  let count = 0
  for (;;) {
    count += 1
    if (count > c.limits.searchKeys) c.no('LIMIT', 'Too many search keys')
    if (c.peek === '(') {
      c.open()
      open.push({ kind: 'and', keys: [] })
      continue
    }
    const begun = beginKey(c, decode)
    if (begun.kind !== 'key') {
      c.sp()
      open.push(begun)
      continue
    }
    const whole = completeKeys(c, open, begun.key)
    if (whole === undefined) continue
    outermost.push(whole)
    if (!c.skip(' ')) return allOf(outermost)
  }
}

/** Gives `key` to the open keys that wait for it, innermost first. `undefined` when one of them wants another key. */
function completeKeys(c: Cursor, open: OpenKey[], key: SearchKey): SearchKey | undefined {
  for (;;) {
    const waiting = open.at(-1)
    if (waiting === undefined) return key
    switch (waiting.kind) {
      case 'not':
        key = key.key === 'not' ? key.of : { key: 'not', of: key }
        break
      case 'fuzzy':
        key = { key: 'fuzzy', of: key }
        break
      case 'or':
        if (waiting.left === null) {
          waiting.left = key
          c.sp()
          return undefined
        }
        key = { key: 'or', left: waiting.left, right: key }
        break
      case 'and':
        waiting.keys.push(key)
        if (c.skip(' ')) return undefined
        c.close()
        key = allOf(waiting.keys)
        break
      default:
        waiting satisfies never
    }
    open.pop()
  }
}

function beginKey(c: Cursor, decode: Decode): OpenKey | { readonly kind: 'key'; readonly key: SearchKey } {
  if (/[\d*]/.test(c.peek)) c.refuseNumbers()
  if (/[\d*$]/.test(c.peek)) return { kind: 'key', key: { key: 'set', numbering: 'seq', set: sequenceSet(c) } }
  const name = c.match(KEY_NAME)?.toUpperCase() ?? c.bad('Expected a search key')
  if (name === 'NOT') return { kind: 'not' }
  if (name === 'FUZZY' && c.offers('SEARCH=FUZZY')) return { kind: 'fuzzy' }
  if (name === 'OR') return { kind: 'or', left: null }
  const rule = keyRule(c, name)
  return rule === undefined ? c.bad(`Unknown argument ${name}`) : { kind: 'key', key: rule(c, decode) }
}

function allOf(keys: readonly SearchKey[]): SearchKey {
  const [first, ...others] = keys
  return first !== undefined && others.length === 0 ? first : { key: 'and', keys }
}

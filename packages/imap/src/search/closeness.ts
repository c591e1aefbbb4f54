import { mapKeys, type SearchKey, simpleKeys } from './search-key.js'

/** How close a text must come to a fuzzy key: hold it, hold all its words, or hold something near to each of them. */
export type Closeness = 'phrase' | 'words' | 'near'

/** From close to loose. */
export const CLOSENESS: readonly Closeness[] = ['phrase', 'words', 'near']

/** Words of a fuzzy text that count. Default 8: nobody remembers more; each is looked for in several forms. */
const FUZZY_WORDS = 8
/** Letters of a word that may be wrong, the first ones. Default 12: each is a form of the word. */
const FUZZY_LETTERS = 12
/** Shorter words are taken as they are: with a letter missing they would be found everywhere. */
const LEAST_LETTERS = 4

type TextKey = Extract<SearchKey, { readonly key: 'header' | 'body' | 'text' }>

/**
 * A key without FUZZY: what stood under it asks for texts that come so close (RFC 6203 §3). Keys that are not of text stay as they
 * are (§5), and so does what NOT excludes.
 */
export function closeTo(key: SearchKey, closeness: Closeness): SearchKey {
  return mapKeys(
    key,
    (exact) => exact,
    (of) => loosened(of, closeness),
  )
}

/** Not so below NOT: what is excluded is excluded to the letter. */
function loosened(key: SearchKey, closeness: Closeness): SearchKey {
  if (key.key === 'not') return key
  if (key.key === 'and') return { key: 'and', keys: key.keys.map((each) => loosened(each, closeness)) }
  if (key.key === 'or') return { key: 'or', left: loosened(key.left, closeness), right: loosened(key.right, closeness) }
  if (key.key === 'fuzzy') return loosened(key.of, closeness)
  return key.key === 'header' || key.key === 'body' || key.key === 'text' ? closeText(key, closeness) : key
}

function closeText(key: TextKey, closeness: Closeness): SearchKey {
  const words = key.text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '')
  if (closeness === 'phrase' || words.length === 0) return key
  const looked = words.slice(0, FUZZY_WORDS)
  const keys = looked.map((word) => anyOf(closeness === 'near' ? nearTo(word) : [word], key))
  return { key: 'and', keys }
}

function anyOf(texts: readonly string[], key: TextKey): SearchKey {
  return texts.map((text): SearchKey => ({ ...key, text })).reduce((left, right) => ({ key: 'or', left, right }))
}

/**
 * A word, and what is left of it when any one letter is left out: a text with a letter too many, too few or another one at either
 * end of what is left still holds one of these (`Helo`: `hello`, `help`).
 */
function nearTo(word: string): readonly string[] {
  const letters = Array.from(word)
  if (letters.length < LEAST_LETTERS) return [word]
  const short = letters.slice(0, FUZZY_LETTERS).map((_, at) => letters.toSpliced(at, 1).join(''))
  return [...new Set([word, ...short])]
}

/** Whether FUZZY stands anywhere in it. */
export function isFuzzy(key: SearchKey): boolean {
  const open: SearchKey[] = [key]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.key === 'fuzzy') return true
    if (next.key === 'and') open.push(...next.keys)
    else if (next.key === 'or') open.push(next.right, next.left)
    else if (next.key === 'not') open.push(next.of)
  }
  return false
}

/** The keys that a search for it looks at, at its loosest. */
export function countOfKeys(key: SearchKey): number {
  return simpleKeys(closeTo(key, 'near')).length
}

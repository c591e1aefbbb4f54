import type { Octets } from '@mailwright/core'
import type { Numbering, SequenceSet } from '../command.js'

/** A search key; nested keys are trees whose depth the grammar bounds. */
export type SearchKey =
  | { readonly key: 'all' }
  | { readonly key: 'and'; readonly keys: readonly SearchKey[] }
  | { readonly key: 'or'; readonly left: SearchKey; readonly right: SearchKey }
  | { readonly key: 'not'; readonly of: SearchKey }
  /** Whatever the server takes for close to it (RFC 6203 §3). */
  | { readonly key: 'fuzzy'; readonly of: SearchKey }
  | { readonly key: 'set'; readonly numbering: Numbering; readonly set: SequenceSet }
  /** A system flag's bit from core (`SEEN` …), set or not. */
  | { readonly key: 'flag'; readonly bit: number; readonly isSet: boolean }
  | { readonly key: 'keyword'; readonly name: string; readonly isSet: boolean }
  /** RECENT, OLD and NEW (RFC 3501 §6.4.4); NEW comes as `and(recent, not seen)`. */
  | { readonly key: 'recent'; readonly isSet: boolean }
  /**
   * Header field, or the `addresses` it holds (FROM and its kin), contain `text` (Unicode); an empty text asks whether the
   * field is there.
   */
  | { readonly key: 'header'; readonly of: 'field' | 'addresses'; readonly name: string; readonly text: string }
  | { readonly key: 'body'; readonly text: string }
  | { readonly key: 'text'; readonly text: string }
  | { readonly key: 'larger' | 'smaller'; readonly octets: Octets }
  /**
   * INTERNALDATE (`internal`), Date field (`sent`) or save date (`saved`, RFC 8514 §4.3) against a day, time and zone
   * disregarded (RFC 9051 §6.4.4). `day` counts days since 1970-01-01.
   */
  | {
      readonly key: 'date'
      readonly of: 'internal' | 'sent' | 'saved'
      readonly is: 'before' | 'on' | 'since'
      readonly day: number
    }
  /** INTERNALDATE against so many seconds before now (RFC 5032 §2). */
  | { readonly key: 'older' | 'younger'; readonly seconds: number }
  /** Changed at that mod-sequence or later (RFC 7162 §3.1.5). */
  | { readonly key: 'modSeq'; readonly modSeq: number }
  /** SAVEDATESUPPORTED (RFC 8514 §4.3). */
  | { readonly key: 'savesDates' }
  /** RFC 8474 §6. */
  | { readonly key: 'emailId' | 'threadId'; readonly id: string }
  /** The criteria kept under that name, which stand in its place before anything is searched (RFC 5466 §3.1). */
  | { readonly key: 'filter'; readonly name: string }

/** The keys that `key` is made of, at every depth. */
export function simpleKeys(key: SearchKey): readonly SearchKey[] {
  const simple: SearchKey[] = []
  const open: SearchKey[] = [key]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.key === 'and') open.push(...next.keys)
    else if (next.key === 'or') open.push(next.right, next.left)
    else if (next.key === 'not' || next.key === 'fuzzy') open.push(next.of)
    else simple.push(next)
  }
  return simple
}

/**
 * The key with each of its simple keys exchanged.
 *
 * @param fuzzy what becomes of FUZZY and what stands under it; absent, it stays, over exchanged keys.
 */
export function mapKeys(
  key: SearchKey,
  change: (simple: SearchKey) => SearchKey,
  fuzzy: (of: SearchKey) => SearchKey = (of) => ({ key: 'fuzzy', of: mapKeys(of, change) }),
): SearchKey {
  switch (key.key) {
    case 'and':
      return { key: 'and', keys: key.keys.map((each) => mapKeys(each, change, fuzzy)) }
    case 'or':
      return { key: 'or', left: mapKeys(key.left, change, fuzzy), right: mapKeys(key.right, change, fuzzy) }
    case 'not':
      return { key: 'not', of: mapKeys(key.of, change, fuzzy) }
    case 'fuzzy':
      return fuzzy(key.of)
    default:
      return change(key)
  }
}

import type { FetchField, FetchPage, MessageDigest } from '@mailwright/core'
import { baseSubject, displaySortValue, mailboxSortValue } from '@mailwright/message'
import { type Collation, orderable } from '../search/collation.js'
import { HeaderFacts } from '../search/message-facts.js'
import { fieldsOf, type SortCriterion, type SortKey } from './sort-criterion.js'

type Column =
  | { readonly kind: 'numbers'; readonly values: number[] }
  | { readonly kind: 'texts'; readonly values: string[] }

/** The sort values of messages, a column for each criterion; rows in the order they come. */
export class SortColumns {
  readonly #criteria: readonly SortCriterion[]
  readonly #columns: readonly Column[]
  readonly #collation: Collation
  readonly #keyLength: number
  readonly #direction: 1 | -1
  readonly #scores: ReadonlyMap<number, number>

  /**
   * @param keyLength characters of a text that count.
   * @param scores relevancies by UID.
   */
  constructor(
    criteria: readonly SortCriterion[],
    collation: Collation,
    keyLength: number,
    scores: ReadonlyMap<number, number> = new Map(),
  ) {
    this.#scores = scores
    this.#criteria = criteria
    this.#columns = criteria.map(({ key }) => ({ kind: isNumber(key) ? 'numbers' : 'texts', values: [] }))
    this.#collation = collation
    this.#keyLength = keyLength
    this.#direction = collation.isDescending === true ? -1 : 1
  }

  /** What rows need to be known of a message. */
  get fields(): readonly FetchField[] {
    return [...new Set(this.#criteria.flatMap(({ key }) => fieldsOf(key)))]
  }

  /** Adds row `at` of a page with the fields that the criteria need. */
  add(page: FetchPage, at: number): void {
    for (const [index, { key }] of this.#criteria.entries()) {
      const column = this.#columns[index]
      if (column?.kind === 'numbers') column.values.push(this.#number(key, page, at))
      else column?.values.push(this.#text(key, page.digests?.[at]))
    }
  }

  /**
   * Compares two rows, criterion by criterion (RFC 5256 §3). REVERSE turns only its own, not the order of who is alike.
   */
  compare(one: number, other: number): number {
    for (const [index, { isReverse }] of this.#criteria.entries()) {
      const column = this.#columns[index]
      if (column === undefined) continue
      const order =
        column.kind === 'numbers'
          ? (column.values[one] ?? 0) - (column.values[other] ?? 0)
          : compareTexts(column.values[one] ?? '', column.values[other] ?? '') * this.#direction
      if (order !== 0) return isReverse ? -order : order
    }
    return 0
  }

  #number(key: SortKey, page: FetchPage, at: number): number {
    // The most relevant first.
    return key === 'RELEVANCY' ? -(this.#scores.get(page.uids[at] ?? 0) ?? 0) : numberOf(key, page, at)
  }

  #text(key: SortKey, digest: MessageDigest | undefined): string {
    if (digest === undefined) return ''
    return sortText(textOf(key, digest), this.#collation, this.#keyLength)
  }
}

/** A text in the form that is compared, cut to `length`. */
export function sortText(text: string, collation: Collation, length: number): string {
  return orderable(collation.fold(text.slice(0, length)))
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function isNumber(key: SortKey): boolean {
  return key === 'ARRIVAL' || key === 'DATE' || key === 'SIZE' || key === 'RELEVANCY'
}

function numberOf(key: SortKey, page: FetchPage, at: number): number {
  if (key === 'SIZE') return page.octets?.[at] ?? 0
  const sent = key === 'DATE' ? page.digests?.[at]?.thread.sentDate : null
  return sent ?? page.internalDates?.[at] ?? 0
}

/** A field that is absent is the empty string (RFC 5256 §3). */
function textOf(key: SortKey, digest: MessageDigest): string {
  switch (key) {
    case 'SUBJECT':
      return baseSubject(digest.thread.subject ?? '').base
    case 'DISPLAYFROM':
      return displaySortValue(addresses('from', digest))
    case 'DISPLAYTO':
      return displaySortValue(addresses('to', digest))
    case 'FROM':
    case 'TO':
    case 'CC':
      return mailboxSortValue(addresses(key.toLowerCase(), digest))
    default:
      return ''
  }
}

/** As ENVELOPE has them: From is one field, of others all are one list (RFC 9051 §7.5.2). */
function addresses(name: string, digest: MessageDigest): string {
  const facts = new HeaderFacts(digest)
  return name === 'from' ? (facts.first(name) ?? '') : [...facts.all(name)].join(', ')
}

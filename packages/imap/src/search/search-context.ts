import type { Changes, UidList } from '@mailwright/core'
import type { FetchItem, Numbering } from '../command.js'
import type { SearchCorrelator } from '../response/search.js'
import type { SortColumns } from '../sort/sort-columns.js'
import type { Collation } from './collation.js'
import type { SearchKey } from './search-key.js'

/** Results that came or went, from a place among all results on; 0 where results are in mailbox order (RFC 5267 §4.3.3). */
export interface ResultRun {
  readonly position: number
  readonly uids: number[]
}

/** A search whose results the client follows: RETURN (UPDATE) (RFC 5267 §4.3). */
export interface SearchContext {
  /** What answers about it name. */
  readonly correlator: SearchCorrelator
  readonly numbering: Numbering
  /** Without sequence numbers: those that stood there are UIDs (RFC 5267 §4.3: evaluated when the command came). */
  readonly keys: SearchKey
  readonly collation: Collation
  readonly results: FollowedResults
  /** What is told of new messages among them (RFC 5465 §7). */
  readonly news: readonly FetchItem[]
}

/** The results of a context, as the client has them. */
export interface FollowedResults {
  has(uid: number): boolean
  /** Takes results in. Those of a sort must have their rows. */
  add(uids: readonly number[]): readonly ResultRun[]
  remove(uids: readonly number[]): readonly ResultRun[]
}

/** Results in mailbox order, where the client finds the place itself. */
export class UnsortedResults implements FollowedResults {
  readonly #uids: Set<number>

  constructor(uids: Iterable<number>) {
    this.#uids = new Set(uids)
  }

  has(uid: number): boolean {
    return this.#uids.has(uid)
  }

  add(uids: readonly number[]): readonly ResultRun[] {
    for (const uid of uids) this.#uids.add(uid)
    return inMailboxOrder(uids)
  }

  remove(uids: readonly number[]): readonly ResultRun[] {
    for (const uid of uids) this.#uids.delete(uid)
    return inMailboxOrder(uids)
  }
}

/** Results in the order of a sort, whose places are told. */
export class SortedResults implements FollowedResults {
  readonly columns: SortColumns
  readonly #rows: Map<number, number>
  readonly #members: Set<number>
  #order: number[]

  /**
   * @param order UIDs in order.
   * @param rows where each one's values stand in `columns`.
   */
  constructor(order: Iterable<number>, columns: SortColumns, rows: Map<number, number>) {
    this.#order = [...order]
    this.#members = new Set(this.#order)
    this.columns = columns
    this.#rows = rows
  }

  has(uid: number): boolean {
    return this.#members.has(uid)
  }

  hasRow(uid: number): boolean {
    return this.#rows.has(uid)
  }

  /** The next row of the columns is this message's. */
  rowCame(uid: number): void {
    this.#rows.set(uid, this.#rows.size)
  }

  add(uids: readonly number[]): readonly ResultRun[] {
    const coming = uids.filter((uid) => this.#rows.has(uid)).sort((one, other) => this.#compare(one, other))
    const merged: number[] = []
    const runs: ResultRun[] = []
    let at = 0
    for (const uid of coming) {
      for (let next = this.#order[at]; next !== undefined && this.#compare(next, uid) < 0; next = this.#order[at]) {
        merged.push(next)
        at += 1
      }
      merged.push(uid)
      this.#members.add(uid)
      extend(runs, merged.length, uid)
    }
    this.#order = [...merged, ...this.#order.slice(at)]
    return runs
  }

  remove(uids: readonly number[]): readonly ResultRun[] {
    const going = new Set(uids)
    for (const uid of going) this.#members.delete(uid)
    const runs: ResultRun[] = []
    const left: number[] = []
    let isInRun = false
    for (const uid of this.#order) {
      if (!going.has(uid)) {
        left.push(uid)
        isInRun = false
        continue
      }
      // Those before it are gone already: the whole run goes from one place.
      if (isInRun) runs.at(-1)?.uids.push(uid)
      else runs.push({ position: left.length + 1, uids: [uid] })
      isInRun = true
    }
    this.#order = left
    return runs
  }

  #compare(one: number, other: number): number {
    return this.columns.compare(this.#rows.get(one) ?? 0, this.#rows.get(other) ?? 0) || one - other
  }
}

/** Adds a result at a place, to the run that ends before it or as one of its own. */
function extend(runs: ResultRun[], position: number, uid: number): void {
  const last = runs.at(-1)
  if (last !== undefined && last.position + last.uids.length === position) last.uids.push(uid)
  else runs.push({ position, uids: [uid] })
}

function inMailboxOrder(uids: readonly number[]): readonly ResultRun[] {
  return uids.length === 0 ? [] : [{ position: 0, uids: [...uids].sort((one, other) => one - other) }]
}

/** The contexts of a selected mailbox, and what happened since they were last told. */
export class SearchContexts {
  readonly byTag = new Map<string, SearchContext>()
  readonly #touched = new Set<number>()
  /** Those of them that are new to the client. */
  readonly #fresh = new Set<number>()
  readonly #vanished = new Set<number>()

  get isFollowed(): boolean {
    return this.byTag.size > 0
  }

  /** Messages changed, came or went. */
  changed({ messages, vanished }: Changes): void {
    if (!this.isFollowed) return
    for (const uid of messages.uids) this.#touched.add(uid)
    for (const uid of vanished) this.#vanished.add(uid)
  }

  /** Messages are counted by the client from now on. */
  counted(uids: UidList): void {
    if (!this.isFollowed) return
    for (const uid of uids) {
      this.#touched.add(uid)
      this.#fresh.add(uid)
    }
  }

  /** Which messages went. Told once. */
  takeVanished(): readonly number[] {
    const vanished = [...this.#vanished]
    this.#vanished.clear()
    return vanished
  }

  /** Which messages are to be looked at again, of those that `isCounted`; the others wait. */
  takeTouched(isCounted: (uid: number) => boolean): readonly number[] {
    const touched = [...this.#touched].filter(isCounted).sort((one, other) => one - other)
    for (const uid of touched) this.#touched.delete(uid)
    return touched
  }

  /** Which messages the client counts only now. Told once. */
  takeFresh(): ReadonlySet<number> {
    const fresh = new Set(this.#fresh)
    this.#fresh.clear()
    return fresh
  }

  clear(): void {
    this.byTag.clear()
    this.#touched.clear()
    this.#fresh.clear()
    this.#vanished.clear()
  }
}

import type { Uid } from '../brands.js'
import { uid } from '../brands.js'
import { HostError } from '../errors.js'
import type { FlagColumns, Flags, SystemFlags, UidList } from './mail-store.js'

/** One message's flags, as a row on its way into columns. */
export interface FlagRow {
  readonly uid: number
  readonly system: SystemFlags
  readonly keywords: readonly string[]
}

const BITS = 32

/**
 * Packs rows into columns. Keyword names compare without case and keep the spelling of their first row
 * (RFC 9051 §2.3.2); rows that share one `keywords` array are packed without looking at its names again.
 *
 * @throws {HostError} when the UIDs do not ascend.
 */
export function flagColumns(rows: Iterable<FlagRow>): FlagColumns {
  const list = [...rows]
  const uids = new Uint32Array(list.length)
  const system = new Uint8Array(list.length)
  const names: string[] = []
  const bitOf = new Map<string, number>()
  const known = new Map<readonly string[], readonly number[]>()
  const bits: (readonly number[])[] = []
  let before = 0
  for (const row of list) {
    if (row.uid <= before) throw new HostError(`UIDs must ascend: ${row.uid} after ${before}`)
    before = row.uid
    const at = bits.length
    uids[at] = row.uid
    system[at] = row.system
    let own = known.get(row.keywords)
    if (own === undefined) {
      own = row.keywords.map((keyword) => bitFor(keyword, names, bitOf))
      known.set(row.keywords, own)
    }
    bits.push(own)
  }
  const words = Math.ceil(names.length / BITS)
  const keywordBits = new Uint32Array(list.length * words)
  let start = 0
  for (const own of bits) {
    for (const bit of own) {
      const word = start + Math.floor(bit / BITS)
      keywordBits[word] = (keywordBits[word] ?? 0) | (1 << (bit % BITS))
    }
    start += words
  }
  return { uids, system, keywordNames: names, words, keywordBits }
}

/** The keywords of message `at` of the columns (an index, not a UID); none past the end. */
export function keywordsAt(columns: FlagColumns, at: number): string[] {
  const found: string[] = []
  for (let word = 0; word < columns.words; word++) {
    let rest = columns.keywordBits[at * columns.words + word] ?? 0
    while (rest !== 0) {
      const bit = BITS - 1 - Math.clz32(rest & -rest)
      const name = columns.keywordNames[word * BITS + bit]
      if (name !== undefined) found.push(name)
      rest &= rest - 1
    }
  }
  return found
}

/** All flags of message `at` of the columns (an index, not a UID); none past the end. */
export function flagsAt(columns: FlagColumns, at: number): Flags {
  return { system: columns.system[at] ?? 0, keywords: keywordsAt(columns, at) }
}

/**
 * The columns of only those of `uids` that are there. Keyword names are shared with `columns`, so some may stand for
 * no message.
 */
export function selectRows(columns: FlagColumns, uids: UidList): FlagColumns {
  const at: number[] = []
  for (const wanted of uids) {
    const index = indexOfUid(columns.uids, wanted)
    if (index >= 0) at.push(index)
  }
  const { words, keywordNames } = columns
  const system = new Uint8Array(at.length)
  const selected = new Uint32Array(at.length)
  const keywordBits = new Uint32Array(at.length * words)
  for (const [to, from] of at.entries()) {
    selected[to] = columns.uids[from] ?? 0
    system[to] = columns.system[from] ?? 0
    keywordBits.set(columns.keywordBits.subarray(from * words, (from + 1) * words), to * words)
  }
  return { uids: selected, system, keywordNames, words, keywordBits }
}

/** Where `wanted` stands in the list; where it is missing, `-1 - n` when it would stand at `n`. Binary search. */
export function indexOfUid(uids: UidList, wanted: number): number {
  let low = 0
  let high = uids.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = uids[middle] ?? 0
    if (found === wanted) return middle
    if (found < wanted) low = middle + 1
    else high = middle - 1
  }
  return -1 - low
}

/**
 * UIDs in any order, with repetitions, as a list: ascending and without them.
 *
 * @throws {RangeError} for what is not a UID.
 */
export function uidList(values: Iterable<number>): UidList {
  const sorted = Uint32Array.from(values, (value): Uid => uid(value)).sort()
  let length = 0
  for (const value of sorted) {
    if (length === 0 || sorted[length - 1] !== value) sorted[length++] = value
  }
  return length === sorted.length ? sorted : sorted.slice(0, length)
}

function bitFor(keyword: string, names: string[], bitOf: Map<string, number>): number {
  const folded = keyword.toLowerCase()
  const known = bitOf.get(folded)
  if (known !== undefined) return known
  const bit = names.push(keyword) - 1
  bitOf.set(folded, bit)
  return bit
}

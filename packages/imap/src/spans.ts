import { indexOfUid, type UidList } from '@mailwright/core'
import type { Numbering, NumberRange } from './command.js'

/** Indices `[from, to)`. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** {@link indexSpans} for a search: numbers of no message are ignored, too (RFC 7377 §2: never an error). */
export function foundSpans(ranges: readonly NumberRange[], numbering: Numbering, uids: UidList): readonly Span[] {
  if (numbering === 'uid') return indexSpans(ranges, numbering, uids) ?? []
  const last = uids.length
  const numberOf = (number: number) => (number === Number.POSITIVE_INFINITY ? last : number)
  const there = ranges.flatMap((range): NumberRange[] => {
    const [first, second] = [numberOf(range.first), numberOf(range.last)]
    const low = Math.min(first, second)
    return low > last || last === 0 ? [] : [{ first: low, last: Math.min(Math.max(first, second), last) }]
  })
  return indexSpans(there, numbering, uids) ?? []
}

/**
 * Which of `uids`, in order of their sequence numbers, the ranges stand for: ascending, apart from each other.
 *
 * @returns `null` when a sequence number, or `*` in an empty mailbox, stands for no message (RFC 3501 §9, seq-number).
 *   UIDs that do not exist are ignored (RFC 3501 §6.4.8).
 */
export function indexSpans(
  ranges: readonly NumberRange[],
  numbering: Numbering,
  uids: UidList,
): readonly Span[] | null {
  const last = numbering === 'seq' ? uids.length : (uids[uids.length - 1] ?? 0)
  const spans: Span[] = []
  for (const range of ranges) {
    // `*` is the last message whatever stands at the range's other end.
    const first = range.first === Number.POSITIVE_INFINITY ? last : range.first
    const second = range.last === Number.POSITIVE_INFINITY ? last : range.last
    const low = Math.min(first, second)
    const high = Math.max(first, second)
    if (numbering === 'seq' && (low === 0 || high > last)) return null
    const from = numbering === 'seq' ? low - 1 : lowerBound(uids, low)
    const to = numbering === 'seq' ? high : lowerBound(uids, high + 1)
    if (to > from) spans.push({ from, to })
  }
  return joined(spans)
}

/** Makes the test whether a number lies in one of the ranges; `*` is `last`. The ranges may be many: it is a binary search. */
export function inRanges(ranges: readonly NumberRange[], last: number): (number: number) => boolean {
  const spans = joined(
    ranges.map((range) => {
      const first = range.first === Number.POSITIVE_INFINITY ? last : range.first
      const second = range.last === Number.POSITIVE_INFINITY ? last : range.last
      return { from: Math.min(first, second), to: Math.max(first, second) + 1 }
    }),
  )
  return (number) => {
    let [low, high] = [0, spans.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((spans[middle]?.to ?? 0) <= number) low = middle + 1
      else high = middle
    }
    const span = spans[low]
    return span !== undefined && number >= span.from
  }
}

/** Where those of `wanted` that are among `uids` stand: ascending, apart from each other. */
export function spansOf(wanted: UidList, uids: UidList): readonly Span[] {
  const spans: Span[] = []
  for (const uid of wanted) {
    const from = indexOfUid(uids, uid)
    if (from >= 0) spans.push({ from, to: from + 1 })
  }
  return joined(spans)
}

/** The first index whose UID is at least `uid`. */
export function lowerBound(uids: UidList, uid: number): number {
  const index = indexOfUid(uids, uid)
  return index < 0 ? -1 - index : index
}

function joined(spans: readonly Span[]): readonly Span[] {
  if (spans.length < 2) return spans
  const sorted = [...spans].sort((one, other) => one.from - other.from)
  const result: Span[] = []
  for (const span of sorted) {
    const before = result.at(-1)
    if (before !== undefined && span.from <= before.to) {
      result[result.length - 1] = { from: before.from, to: Math.max(before.to, span.to) }
    } else {
      result.push(span)
    }
  }
  return result
}

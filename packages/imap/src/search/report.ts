import type { ModSeq } from '@mailwright/core'
import type { PartialRange } from '../command.js'
import { cutOf } from '../partial.js'
import type { ReturnOptions } from './return-options.js'

/** What an ESEARCH response tells of a search; numbers are sequence numbers or UIDs, in the order of the results. */
export interface SearchReport {
  readonly min?: number
  readonly max?: number
  readonly all?: readonly number[]
  readonly count?: number
  readonly partial?: { readonly range: PartialRange; readonly results: readonly number[] }
  readonly modSeq?: ModSeq
  /** Parallel to the results that ALL or PARTIAL tell (RFC 6203 §4). */
  readonly relevancy?: readonly number[]
}

/**
 * What RETURN asks for, of all results. MIN, MAX and ALL are left out where there is none, COUNT never (RFC 4731 §3.1). MIN and
 * MAX are the first and last in the order of the results (RFC 5267 §3.1).
 *
 * @param scores parallel to `results`; `null` where RETURN does not ask for them.
 */
export function report(
  results: readonly number[],
  { items, partial }: ReturnOptions,
  scores: readonly number[] | null = null,
): SearchReport {
  const [min] = results
  const max = results.at(-1)
  return {
    ...(items.has('MIN') && min !== undefined ? { min } : {}),
    ...(items.has('MAX') && max !== undefined ? { max } : {}),
    ...(items.has('ALL') && results.length > 0 ? { all: results } : {}),
    ...(partial === null ? {} : { partial: { range: partial, results: partOf(results, partial) } }),
    ...(items.has('COUNT') ? { count: results.length } : {}),
    ...(scores === null ? {} : { relevancy: partial === null ? scores : partOf(scores, partial) }),
  }
}

/**
 * Of all results those that the answer speaks of: MIN, MAX and PARTIAL name some, everything else means all. The search
 * result variable (RFC 5182 §2.4, RFC 9394 §3.2) and the MODSEQ of the answer (RFC 4731 §3.2) go by them.
 */
export function spokenOf(results: readonly number[], { items, partial }: ReturnOptions): readonly number[] {
  const isSome = items.has('MIN') || items.has('MAX') || partial !== null
  if (!isSome || items.has('ALL') || items.has('COUNT')) return results
  const some = new Set(partial === null ? [] : partOf(results, partial))
  const [min] = results
  const max = results.at(-1)
  if (items.has('MIN') && min !== undefined) some.add(min)
  if (items.has('MAX') && max !== undefined) some.add(max)
  return [...some]
}

/** Whether an answer is sent at all: SAVE alone asks for none (RFC 5182 §1). */
export function isAnswered({ items, partial }: ReturnOptions): boolean {
  return partial !== null || items.size !== 1 || !items.has('SAVE')
}

function partOf(results: readonly number[], range: PartialRange): readonly number[] {
  const { from, to } = cutOf(results.length, range)
  return results.slice(from, to)
}

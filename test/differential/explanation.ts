import type { Difference } from './difference.js'
import type { HardMessage } from './hard-message.js'

/** Why some answers differ from Dovecot's, and may. */
export interface Explanation {
  /** Which items or commands. */
  readonly what: RegExp
  /** Which messages, by name. Default: any. */
  readonly in?: RegExp
  /** Which messages, by what is in them. */
  readonly where?: (octets: string) => boolean
  readonly ours?: RegExp
  readonly theirs?: RegExp
  /** Whether two answers differ in the way that is meant. */
  readonly fits?: (ours: string, theirs: string) => boolean
  /** The clause that decides, or leaves it open. */
  readonly source: string
  /** `ours`: by the clause. `both`: it leaves the choice. */
  readonly right: 'ours' | 'both'
  readonly why: string
}

/** The first explanation of a difference. */
export function explanationOf(
  table: readonly Explanation[],
  difference: Difference,
  message: HardMessage | undefined,
): Explanation | undefined {
  const { what, ours, theirs } = difference
  return table.find(
    (each) =>
      each.what.test(what) &&
      (each.in?.test(difference.message) ?? true) &&
      (each.ours?.test(ours) ?? true) &&
      (each.theirs?.test(theirs) ?? true) &&
      (each.fits?.(ours, theirs) ?? true) &&
      (each.where === undefined || (message !== undefined && each.where(message.octets))),
  )
}

import type { SmtpDifference } from './difference.js'

/** Why some answers differ from Postfix's, and may. */
export interface SmtpExplanation {
  /** Which dialogues, by name. */
  readonly in: RegExp
  /** Which steps. Default: any. */
  readonly step?: RegExp
  readonly ours: RegExp
  readonly theirs: RegExp
  /** The clause that decides, or leaves it open. */
  readonly source: string
  /** `ours`: by the clause. `both`: it leaves the choice. */
  readonly right: 'ours' | 'both'
  readonly why: string
}

/** The first explanation of a difference. */
export function explanationOf(
  table: readonly SmtpExplanation[],
  difference: SmtpDifference,
): SmtpExplanation | undefined {
  return table.find(
    (each) =>
      each.in.test(difference.dialogue) &&
      (each.step?.test(difference.step) ?? true) &&
      each.ours.test(difference.ours) &&
      each.theirs.test(difference.theirs),
  )
}

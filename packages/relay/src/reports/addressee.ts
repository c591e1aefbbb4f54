import type { NotifyCondition, QueuedRecipient, QueueEnvelope } from '@mailwright/core'
import type { ReportKind } from './report.js'

/** What becomes of reports that nobody can be sent: who wrote the message is nobody (`<>`). */
export type DoubleBounces = 'postmaster' | 'discarded'

/** Who is told, and of whom. */
export interface Addressee {
  readonly to: string
  /** The reverse-path of the report. */
  readonly reversePath: string
  /** `postmaster`: a report about a report. */
  readonly who: 'sender' | 'postmaster'
}

/** The local part of the reverse-path under which postmasters hear of reports that came back. What comes back to it ends here. */
export const DOUBLE_BOUNCE = 'double-bounce'

const CONDITIONS: { readonly [report in Exclude<ReportKind, 'status'>]: NotifyCondition } = {
  failure: 'FAILURE',
  delay: 'DELAY',
  success: 'SUCCESS',
}

/** RFC 3461 §4.1: who said nothing hears of failures and delays. A status is there only for who asked for it. */
export function wantsReport({ notify }: Pick<QueuedRecipient, 'notify'>, report: ReportKind): boolean {
  if (report === 'status') return true
  return notify === undefined ? report !== 'success' : notify.includes(CONDITIONS[report])
}

/**
 * Whom a report goes to; `null` for nobody. A report about a report goes to the postmaster, once, and only of failure: it has no sender
 * (RFC 5321 §4.5.5), and nobody may be told of that one in turn.
 */
export function addresseeOf(
  report: ReportKind,
  { reversePath }: Pick<QueueEnvelope, 'reversePath'>,
  site: { readonly hostname: string; readonly postmaster: string; readonly doubleBounces: DoubleBounces },
): Addressee | null {
  const doubleBounce = `${DOUBLE_BOUNCE}@${site.hostname}`
  if (reversePath !== '') {
    if (reversePath.toLowerCase() === doubleBounce.toLowerCase()) return null
    return { to: reversePath, reversePath: '', who: 'sender' }
  }
  if (report !== 'failure' || site.doubleBounces === 'discarded') return null
  return { to: site.postmaster, reversePath: doubleBounce, who: 'postmaster' }
}

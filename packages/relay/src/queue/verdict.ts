import type { QueuedMessage, QueuedRecipient, RecipientOutcome, UnixMillis } from '@mailwright/core'
import type { DeliveryResult } from '../delivery/agent.js'
import type { QueueRunnerLimits } from './limits.js'

/** What the sender is to be told of a recipient. RFC 3464 §2.3.3. */
export type ReportAction = 'failed' | 'delayed' | 'delivered' | 'relayed'

/** What an attempt comes to: what the queue writes down, and what the sender hears. */
export interface RecipientVerdict {
  readonly position: number
  readonly outcome: RecipientOutcome
  /** `null`: nothing. */
  readonly report: ReportAction | null
  /** The result in the log's words; `bounced` also for what was deferred too long. */
  readonly status: 'sent' | 'deferred' | 'bounced'
  /** Deferred so long that it was given up. */
  readonly isExpired: boolean
}

/**
 * When a deferred recipient is tried again: as long from now as the message is old, within bounds, so that intervals double (Postfix's
 * qmgr).
 */
export function nextAttempt(
  arrived: UnixMillis,
  now: UnixMillis,
  { minimalBackoff, maximalBackoff }: Pick<QueueRunnerLimits, 'minimalBackoff' | 'maximalBackoff'>,
): UnixMillis {
  return now + Math.min(maximalBackoff, Math.max(minimalBackoff, now - arrived))
}

/** Whether it is too late for another attempt: who asked for a return gets his mail back instead. RFC 2852 §4. */
export function isOverdue({ envelope: { deliverBy } }: QueuedMessage, now: UnixMillis): boolean {
  return deliverBy?.mode === 'R' && now >= deliverBy.at
}

/** Turns the result of an attempt into what becomes of the recipient. RFC 3461 §5, RFC 2852 §4.1. */
export function verdictOn(
  message: QueuedMessage,
  result: DeliveryResult,
  now: UnixMillis,
  limits: QueueRunnerLimits,
): RecipientVerdict {
  const { position, status, text, relay } = result
  const recipient = message.recipients[position]
  const base = { position, isExpired: false }
  switch (result.kind) {
    case 'delivered': {
      const wants = recipient?.notify?.includes('SUCCESS') === true && canReport(message)
      const report = wants && result.reports !== 'passedOn' ? result.reports : null
      return { ...base, outcome: { kind: 'delivered', status, text, relay }, report, status: 'sent' }
    }
    case 'failed':
      return { ...base, ...failure({ status, text, relay }, recipient), status: 'bounced' }
    case 'deferred': {
      const { reversePath } = message.envelope
      const lifetime = reversePath === '' ? limits.reportLifetime : limits.lifetime
      const isExpired = now - message.arrived >= lifetime
      if (isExpired) return { ...base, isExpired, ...failure({ status, text, relay }, recipient), status: 'bounced' }
      if (isOverdue(message, now)) {
        const late = { status: '5.4.7', text: `delivery time expired: ${text}`, relay }
        return { ...base, isExpired: true, ...failure(late, recipient), status: 'bounced' }
      }
      return { ...base, ...deferral({ status, text, relay }, message, recipient, now, limits), status: 'deferred' }
    }
    default:
      return result satisfies never
  }
}

type Words = Pick<DeliveryResult, 'status' | 'text' | 'relay'>

/** RFC 3461 §4.1: who says nothing wants to hear of failures. Whether anybody can be told of a report's failure is the reporter's to say. */
function failure(words: Words, recipient: QueuedRecipient | undefined): Pick<RecipientVerdict, 'outcome' | 'report'> {
  const { notify } = recipient ?? {}
  const wants = notify === undefined || notify.includes('FAILURE')
  return { outcome: { kind: 'failed', ...words }, report: wants ? 'failed' : null }
}

function deferral(
  words: Words,
  message: QueuedMessage,
  recipient: QueuedRecipient | undefined,
  now: UnixMillis,
  limits: QueueRunnerLimits,
): Pick<RecipientVerdict, 'outcome' | 'report'> {
  const { arrived, envelope } = message
  const { notify, isDelayReported = false } = recipient ?? {}
  const { deliverBy } = envelope
  const isLate =
    (limits.delayWarning > 0 && now - arrived >= limits.delayWarning) ||
    (deliverBy?.mode === 'N' && now >= deliverBy.at)
  const wants = notify === undefined || notify.includes('DELAY')
  const isReported = isLate && wants && !isDelayReported && canReport(message)
  const until = untilFor(message, now, limits)
  return {
    outcome: { kind: 'deferred', until, ...words, ...(isReported ? { isReported } : {}) },
    report: isReported ? 'delayed' : null,
  }
}

/** Not later than a moment at which something must be said or done. */
function untilFor(message: QueuedMessage, now: UnixMillis, limits: QueueRunnerLimits): UnixMillis {
  const { arrived, envelope } = message
  const next = nextAttempt(arrived, now, limits)
  const by = envelope.deliverBy?.at
  return by !== undefined && by > now ? Math.min(next, by) : next
}

/** Neither delay nor success of a report is reported (RFC 5321 §4.5.5). */
function canReport({ envelope }: QueuedMessage): boolean {
  return envelope.reversePath !== ''
}

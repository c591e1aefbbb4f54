import type { Millis } from '@mailwright/core'

/** How a queue is run. Names and defaults are Postfix's, where it has them. */
export interface QueueRunnerLimits {
  /** The least time between two attempts. Default 300 s (minimal_backoff_time). */
  readonly minimalBackoff: Millis
  /** The most. Default 4,000 s (maximal_backoff_time): between the two an attempt waits as long as the message is old. */
  readonly maximalBackoff: Millis
  /** How long a message may be deferred. Default 5 days (maximal_queue_lifetime). Passed: the recipient fails, and the sender is told. */
  readonly lifetime: Millis
  /** The same for reports. Default 5 days (bounce_queue_lifetime). Passed: it is dropped, and the log tells. */
  readonly reportLifetime: Millis
  /** After what time a sender is told, once, that a message still waits. Default 0: never (delay_warning_time). */
  readonly delayWarning: Millis
  /** Messages at work at once. Default 20,000 (qmgr_message_active_limit). More wait in the queue. */
  readonly activeMessages: number
  /** Messages whose ways are looked up at once. Default 50: tables that are slow do not hold up all mail, and are not overrun. */
  readonly lookups: number
  /** Deliveries under way at once. Default 100 (default_process_limit). */
  readonly deliveries: number
  /** Deliveries to one destination at once. Default 20 (default_destination_concurrency_limit). */
  readonly destinationConcurrency: number
  /** The same for a destination that is new, or that came back. Default 5 (initial_destination_concurrency). Each success allows one more. */
  readonly initialConcurrency: number
  /** Recipients of one delivery. Default 50 (default_destination_recipient_limit). */
  readonly deliveryRecipients: number
  /** How long one delivery may take. Default 1 h: a big message on a slow line. Passed: it is given up, and its recipients are deferred. */
  readonly delivery: Millis
  /** How long a claim lasts before it is renewed. Default 10 minutes: after a crash, mail at hand waits so long. */
  readonly lease: Millis
  /** How long mail that comes shortly behind other mail waits for more. Default 20 ms: messages that are claimed together share what it costs to deliver them, and nobody notices. The first does not wait. */
  readonly gather: Millis
  /** How often the queue is looked at when nobody tells of news. Default 60 s; Postfix's queue_run_delay is 300. */
  readonly scan: Millis
}

export const QUEUE_RUNNER_LIMITS: QueueRunnerLimits = {
  minimalBackoff: 300_000,
  maximalBackoff: 4_000_000,
  lifetime: 432_000_000,
  reportLifetime: 432_000_000,
  delayWarning: 0,
  activeMessages: 20_000,
  lookups: 50,
  deliveries: 100,
  destinationConcurrency: 20,
  initialConcurrency: 5,
  deliveryRecipients: 50,
  delivery: 3_600_000,
  lease: 600_000,
  gather: 20,
  scan: 60_000,
}

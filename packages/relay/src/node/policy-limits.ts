import type { Millis, Octets } from '@mailwright/core'

/** How policy services are asked; how long one has is said in the list. */
export interface PolicyLimits {
  /** How long a connection is kept that nobody uses. Default 300 s (smtpd_policy_service_max_idle). */
  readonly idleTime: Millis
  /** Connections to one service that are kept so. Default 20: as many clients at once are seldom. More are closed after their question. */
  readonly idleConnections: number
  /** The longest answer. Default 16 KiB: an action is a line. Passed: as if the service did not answer. */
  readonly replyOctets: Octets
}

export const POLICY_LIMITS: PolicyLimits = { idleTime: 300_000, idleConnections: 20, replyOctets: 16_384 }

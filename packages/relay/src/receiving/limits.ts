/** Bounds of messages on arrival. */
export interface ReceivingLimits {
  /** `Received` fields of a message on arrival. Default 50 (Postfix): more is a loop. Passed: `554 5.4.6`. */
  readonly hops: number
  /** Recipients of one message after lists were expanded. Default 10,000: ten of Postfix's largest transactions; a list is not a flood. Passed: `451 4.3.0`, as for Postfix's virtual_alias_expansion_limit. */
  readonly expansion: number
  /** Members of a list that EXPN tells. Default 500: some 20 KB of replies; whoever needs more has the table. Passed: `252 2.0.0`, and nobody is named. */
  readonly members: number
  /** Seconds for which a submitter may have a message kept. Default 172,800, two days: its lifetime counts from its arrival, and there must be time to try. Passed: `501 5.5.4`. RFC 4865 §4. */
  readonly futureRelease: number
}

export const RECEIVING_LIMITS: ReceivingLimits = {
  hops: 50,
  expansion: 10_000,
  members: 500,
  futureRelease: 172_800,
}

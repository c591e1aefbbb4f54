import type { Millis } from '@mailwright/core'

/** Whether mail for an address would be taken where it goes. `text`: who says so, and in what words. */
export type ProbeAnswer =
  | { readonly kind: 'deliverable' }
  | { readonly kind: 'undeliverable' | 'unknown'; readonly text: string }

/** Finds out whether addresses can be delivered to: ADDRESS_VERIFICATION_README. */
export interface AddressProbes {
  /** Asks where mail for the address would go, without sending any; what was found out before is remembered. */
  probeAddress(args: { readonly address: string }, signal: AbortSignal): Promise<ProbeAnswer>
}

/** How addresses are verified. */
export interface ProbeLimits {
  /** How long somebody waits for an answer. Default 9 s (Postfix's address_verify_poll_count times its delay). Passed: "unknown", and the peer comes again; meanwhile the question goes on. */
  readonly wait: Millis
  /** How long a question may take. Default 2 minutes: a slow host has several addresses. Passed: "unknown". */
  readonly question: Millis
  /** How long a yes is remembered. Default 7 days (address_verify_positive_refresh_time). */
  readonly positive: Millis
  /** The same for a no. Default 3 h (address_verify_negative_refresh_time): mailboxes are made. */
  readonly negative: Millis
  /** The same for "unknown". Default 60 s: a host that is away is not asked by every message. */
  readonly unknown: Millis
  /** Answers remembered. Default 10,000: a few megabytes. The one that was used longest ago is forgotten. */
  readonly entries: number
  /** Questions under way at once. Default 20: mail needs the connections too. Passed: "unknown". */
  readonly questions: number
}

export const PROBE_LIMITS: ProbeLimits = {
  wait: 9_000,
  question: 120_000,
  positive: 604_800_000,
  negative: 10_800_000,
  unknown: 60_000,
  entries: 10_000,
  questions: 20,
}

/** How long an answer is remembered. */
export function ageOfAnswer({ kind }: ProbeAnswer, limits: ProbeLimits): Millis {
  return kind === 'deliverable' ? limits.positive : kind === 'undeliverable' ? limits.negative : limits.unknown
}

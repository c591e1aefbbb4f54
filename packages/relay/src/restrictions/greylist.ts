import type { Millis } from '@mailwright/core'

/** Remembers who tried to send what to whom: a client that never tries again was no mail server. */
export interface Greylist {
  /**
   * Notes an attempt, and says whether it came after the delay.
   *
   * @param args.client the client's network: a site may try again from a neighbour.
   */
  greylist(
    args: { readonly client: string; readonly sender: string; readonly recipient: string },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'passed' } | { readonly kind: 'tooSoon'; readonly wait: Millis }>
}

/** Waits, for the restriction `sleep`. */
export interface Patience {
  pause(args: { readonly duration: Millis }, signal: AbortSignal): Promise<Record<string, never>>
}

/** How long is waited, and what is remembered. */
export interface GreylistLimits {
  /** The least time between the first attempt and one that is taken. Default 300 s (postgrey's). Passed sooner: `450 4.7.1`. */
  readonly delay: Millis
  /** The most time that a client may take for it. Default 2 days. Passed: it begins anew. */
  readonly window: Millis
  /** How long who came once is known. Default 35 days (postgrey's): who writes once a month waits once. */
  readonly memory: Millis
  /** Triples that are remembered. Default 100,000: some ten megabytes. The oldest is forgotten. */
  readonly entries: number
}

export const GREYLIST_LIMITS: GreylistLimits = {
  delay: 300_000,
  window: 172_800_000,
  memory: 3_024_000_000,
  entries: 100_000,
}

/** What is known of a triple. */
export interface GreylistEntry {
  readonly first: Millis
  readonly last: Millis
  readonly hasPassed: boolean
}

/** What an attempt at `now` comes to, and what is remembered of it. */
export function weighAttempt(
  known: GreylistEntry | undefined,
  now: Millis,
  { delay, window, memory }: GreylistLimits,
): { readonly entry: GreylistEntry; readonly wait: Millis } {
  const isFresh = known === undefined || now - known.last > (known.hasPassed ? memory : window)
  if (isFresh) return { entry: { first: now, last: now, hasPassed: delay <= 0 }, wait: Math.max(0, delay) }
  if (known.hasPassed) return { entry: { ...known, last: now }, wait: 0 }
  const wait = Math.max(0, known.first + delay - now)
  // Impatience does not make the window longer: it is counted from the first attempt.
  const isLate = now - known.first > window
  if (isLate) return { entry: { first: now, last: now, hasPassed: false }, wait: delay }
  return { entry: { first: known.first, last: now, hasPassed: wait === 0 }, wait }
}

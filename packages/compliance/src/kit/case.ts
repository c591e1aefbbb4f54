import type { AccountId, Body, ChangeBus, Clock, MailStore, MessageDigest, Millis, Octets } from '@mailwright/core'
import type { Check } from './check.js'

/** The time a fixture's stores live in; stands still but for `advance`. */
export interface FixtureClock extends Clock {
  advance(by: Millis): void
}

/**
 * What a law needs of an adapter's author: fresh data of its own for each run, and the means to open it.
 *
 * A fixture serves one run of one law. Nothing it made may be visible to another.
 */
export interface Fixture {
  /** Opens the store on the fixture's data. A law calls it once, and closes what it got last. */
  open(): Promise<MailStore>
  /**
   * Closes `store` and opens another on the same data. Where `supports.durable` is false, what comes back is as
   * empty as a store never used.
   */
  reopen(store: MailStore): Promise<MailStore>
  /** The clock the stores were given. */
  readonly clock: FixtureClock
  /** The bus the stores publish on; the same before and after a reopen. */
  readonly bus: ChangeBus
  /** The digest the stores are to give, from another reading of the message: `digestMessage` of `@mailwright/message`. */
  digest(chunks: Iterable<Uint8Array>): MessageDigest
  /** Two accounts that exist, or appear on first use. Default `alice` and `bob`. */
  readonly accounts?: readonly [AccountId, AccountId]
  /** What the largest message of a law may be. Default 3 MB; give less where the adapter's medium is slow. */
  readonly largestMessage?: Octets
}

/** One law: something every adapter must do, and a way to find out. Knows no test runner. */
export interface ComplianceCase {
  /** Stable, `group/sentence-with-hyphens`; name the test after it. */
  readonly id: string
  /** What demands it: an RFC's section, or the member of the contract whose text says so. */
  readonly source: string
  /** Resolves when the law holds. Rejects with a {@link ComplianceFailure} when not, or with what the adapter threw. */
  run(fixture: Fixture, check: Check): Promise<void>
}

/** Another way to run every law: the same laws must hold for the wrapped fixture. */
export interface Variant {
  readonly id: string
  /** What it adds, in a sentence. */
  readonly title: string
  wrap(fixture: Fixture): Fixture
}

/** A body of these chunks, in order. */
export async function* bodyOf(chunks: Iterable<Uint8Array>): Body {
  yield* chunks
}

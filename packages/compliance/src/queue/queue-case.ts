import type { MailQueue } from '@mailwright/core'
import type { Check } from '../kit/check.js'

/** What a law of queues needs of an adapter's author: fresh data of its own for each run, and the means to open it. */
export interface QueueFixture {
  /** Opens the queue on the fixture's data. A law calls it once, and closes what it got last. */
  open(): Promise<MailQueue>
  /** Closes `queue` and opens another on the same data. Where `isDurable` is false, what comes back is empty. */
  reopen(queue: MailQueue): Promise<MailQueue>
  /** What was promised survives a reopen. */
  readonly isDurable: boolean
  /** Opens the same data once more, as another process would, while `open`'s queue is open. Absent: one process only. */
  alongside?(): Promise<MailQueue>
}

/** One law: something every queue must do, and a way to find out. Knows no test runner. */
export interface QueueLaw {
  /** Stable, `group/sentence-with-hyphens`; name the test after it. */
  readonly id: string
  /** What demands it. */
  readonly source: string
  run(fixture: QueueFixture, check: Check): Promise<void>
}

/** Another way to run every law: the same laws must hold for the wrapped fixture. */
export interface QueueVariant {
  readonly id: string
  /** What it adds, in a sentence. */
  readonly title: string
  wrap(fixture: QueueFixture): QueueFixture
}

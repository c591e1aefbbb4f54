import type { UnixMillis } from '@mailwright/core'

/** What the algorithms know of a message. */
export interface ThreadMessage {
  readonly uid: number
  /** Sent, or else come (RFC 5256 §2.2). */
  readonly sentDate: UnixMillis
  readonly messageId: string | null
  /** The references that count: those of References, or else the first of In-Reply-To (RFC 5256 §3). */
  readonly references: readonly string[]
  /** The base subject, folded. */
  readonly subject: string
  /** It is a reply or forward, by its subject. */
  readonly isReply: boolean
}

/**
 * Threads as parents and children, both in order. Nodes are messages by their place in the list that was threaded; what
 * lies beyond it are dummies, which only stand at the top.
 */
export interface Threads {
  readonly roots: readonly number[]
  /** By node; absent for none. */
  readonly children: ReadonlyMap<number, readonly number[]>
}

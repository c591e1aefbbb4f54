import type { Body, BodyHandle } from '../body.js'
import type { Brand, Millis, Octets, UnixMillis } from '../brands.js'

/** Names one queued message; also what the peer reads behind `250 2.0.0 Ok: queued as`. */
export type QueueId = Brand<string, 'QueueId'>
/** Proof of a claim; void once its lease has run out. */
export type LeaseId = Brand<string, 'LeaseId'>

export type RecipientOutcome =
  | { readonly kind: 'delivered'; readonly note: string }
  | { readonly kind: 'deferred'; readonly until: UnixMillis; readonly reason: string; readonly status: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly status: string }

export interface QueuedRecipient {
  readonly address: string
  /** RFC 3461 NOTIFY and ORCPT as the peer gave them. */
  readonly notify?: readonly ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[]
  readonly originalRecipient?: string
  readonly state: 'pending' | RecipientOutcome
  readonly attempts: number
}

export interface QueuedMessage {
  readonly id: QueueId
  /** Empty for a bounce. */
  readonly reversePath: string
  readonly recipients: readonly QueuedRecipient[]
  readonly arrived: UnixMillis
  readonly octets: Octets
  readonly isHeld: boolean
}

/**
 * Keeps messages between our 250 and the next hop's. At least once: a crash between any two steps repeats mail in
 * flight, and loses none.
 */
export interface MailQueue {
  /** Durable before it resolves. */
  enqueue(
    args: {
      readonly reversePath: string
      readonly recipients: readonly Pick<QueuedRecipient, 'address' | 'notify' | 'originalRecipient'>[]
      readonly body: Body
    },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'queued'; readonly id: QueueId } | { readonly kind: 'full' }>
  /** Takes up to `limit` messages that are due, for `lease`; nobody else gets them meanwhile. */
  claim(
    args: { readonly now: UnixMillis; readonly limit: number; readonly lease: Millis },
    signal: AbortSignal,
  ): Promise<{
    readonly claimed: readonly { readonly lease: LeaseId; readonly message: QueuedMessage; readonly body: BodyHandle }[]
  }>
  /** Records what became of some recipients; a message without pending or deferred ones leaves the queue. */
  settle(
    args: {
      readonly lease: LeaseId
      readonly outcomes: readonly { readonly address: string; readonly outcome: RecipientOutcome }[]
    },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'settled' } | { readonly kind: 'leaseLost' }>
  hold(
    args: { readonly ids: readonly QueueId[]; readonly held: boolean },
    signal: AbortSignal,
  ): Promise<{ readonly count: number }>
  /** Makes deferred recipients due now; all messages when `ids` is absent. */
  requeue(args: { readonly ids?: readonly QueueId[] }, signal: AbortSignal): Promise<{ readonly count: number }>
  remove(args: { readonly ids: readonly QueueId[] }, signal: AbortSignal): Promise<{ readonly count: number }>
  list(
    args: { readonly after: QueueId | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly messages: readonly QueuedMessage[]; readonly cursor: QueueId | null }>
  close(): Promise<void>
}

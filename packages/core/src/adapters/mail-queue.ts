import type { Body, BodyHandle } from '../body.js'
import type { Brand, Millis, Octets, UnixMillis } from '../brands.js'

/** Names one queued message; also what the peer reads behind `250 2.0.0 Ok: queued as`, and what stands in `Received`. */
export type QueueId = Brand<string, 'QueueId'>
/** Proof of a claim; void once its lease has run out. */
export type LeaseId = Brand<string, 'LeaseId'>

/** What the sender wants to hear of a recipient (RFC 3461 §4.1). `NEVER` stands alone. */
export type NotifyCondition = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY'

/** What is said of a message as a whole, and travels with it. Members that are absent were not given. */
export interface QueueEnvelope {
  /** Empty for `<>`: no report is ever sent about such a message (RFC 5321 §4.5.5). */
  readonly reversePath: string
  /** RFC 3461 §4.3: whether a failure report returns the whole message or its header. */
  readonly ret?: 'FULL' | 'HDRS'
  /** RFC 3461 §4.4, decoded. */
  readonly envelopeId?: string
  readonly body?: '7BIT' | '8BITMIME' | 'BINARYMIME'
  /** Addresses or header hold UTF-8: only to be given to who takes it (RFC 6531 §3.4). */
  readonly smtpUtf8?: true
  /** Only to be given on over verified TLS (RFC 8689 §4). */
  readonly requireTls?: true
  /** RFC 2852 §4: the latest time, and what becomes of it then: `R` return, `N` notify and go on. */
  readonly deliverBy?: { readonly at: UnixMillis; readonly mode: 'R' | 'N'; readonly isTraced: boolean }
  /** RFC 6710 §5: −9 to 9, higher goes first. Absent is 0. */
  readonly priority?: number
  /** Who submitted the message first (RFC 4954 §5), for the next hop. */
  readonly auth?: string
  /** Where the message goes instead of where its recipients would: `transport:nexthop` (Postfix's FILTER). */
  readonly filter?: string
  /** The sender hears how the first attempt went, for every recipient and whatever `notify` says (Postfix's `sendmail -v`). */
  readonly firstAttempt?: 'told'
  /** How it came, for logs and attributes of pipes. */
  readonly origin?: QueueOrigin
}

/** How a message came to us. */
export interface QueueOrigin {
  /** The peer's name by DNS, and address; absent for a message made here. */
  readonly clientName?: string
  readonly clientAddress?: string
  readonly helo?: string
  /** The `with` of its `Received` field. */
  readonly protocol?: string
  /** Who had logged in. */
  readonly user?: string
  /** How: a SASL mechanism. */
  readonly mechanism?: string
}

/** What became of a recipient in one attempt. */
export type RecipientOutcome =
  /** `relay`: to whom, as in `mx.example.com[192.0.2.1]:25`, or `local`. `text`: what the next hop said. */
  | { readonly kind: 'delivered'; readonly status: string; readonly text: string; readonly relay: string }
  | {
      readonly kind: 'deferred'
      readonly until: UnixMillis
      readonly status: string
      readonly text: string
      readonly relay: string
      /** A delay report was sent; it is sent once (RFC 3461 §4.1 DELAY). */
      readonly isReported?: true
    }
  | { readonly kind: 'failed'; readonly status: string; readonly text: string; readonly relay: string }

/** A recipient as it is put into the queue. */
export interface RecipientEnvelope {
  readonly address: string
  /** The address before aliases, for `X-Original-To`; absent when it is the same. */
  readonly originalTo?: string
  /** RFC 3461 §4.1; absent when not given, which asks for FAILURE and DELAY. */
  readonly notify?: readonly NotifyCondition[]
  /** RFC 3461 §4.2, `addr-type;address` with its xtext decoded. */
  readonly originalRecipient?: string
}

/** A recipient in the queue. Its name is its position in the message's list, which never changes. */
export interface QueuedRecipient extends RecipientEnvelope {
  readonly state: { readonly kind: 'pending' } | RecipientOutcome
  readonly attempts: number
  /** A delay report was sent. */
  readonly isDelayReported: boolean
}

export interface QueuedMessage {
  readonly id: QueueId
  readonly envelope: QueueEnvelope
  readonly recipients: readonly QueuedRecipient[]
  readonly arrived: UnixMillis
  readonly octets: Octets
  /** Nobody gets it until it is released. */
  readonly isHeld: boolean
  /** Somebody has a lease on it now. */
  readonly isActive: boolean
}

/** A message that somebody may work at now. */
export interface ClaimedMessage {
  readonly lease: LeaseId
  readonly message: QueuedMessage
  readonly body: BodyHandle
  /** Positions of the recipients that are due: pending, or deferred until now or before. */
  readonly due: readonly number[]
}

/**
 * Keeps messages between our 250 and the next hop's. At least once: a crash between any two steps repeats mail in flight, and
 * loses none. Every change is durable before its promise resolves.
 */
export interface MailQueue {
  /**
   * Takes a message. When the promise rejects, the body throws, or `signal` aborts, nothing remains.
   *
   * @param args.id made by the caller, because `Received` holds it; never used before.
   * @param args.notBefore earliest time of the first attempt (RFC 4865 §4). Absent: now.
   */
  enqueue(
    args: {
      readonly id: QueueId
      readonly envelope: QueueEnvelope
      readonly recipients: readonly RecipientEnvelope[]
      readonly arrived: UnixMillis
      readonly body: Body
      readonly notBefore?: UnixMillis
      readonly hold?: 'held'
    },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'queued'; readonly octets: Octets } | { readonly kind: 'full' }>
  /**
   * Takes up to `limit` messages that are due, for `lease`; nobody else gets them meanwhile. Higher priority first, then who waits
   * longest.
   *
   * @returns `nextDue`: when something that is not claimed now will be due; `null` for nothing.
   */
  claim(
    args: { readonly now: UnixMillis; readonly limit: number; readonly lease: Millis },
    signal: AbortSignal,
  ): Promise<{ readonly claimed: readonly ClaimedMessage[]; readonly nextDue: UnixMillis | null }>
  /**
   * Records what became of some recipients of a claimed message. May be called several times; once every claimed recipient has an
   * outcome the lease is over, and a message all of whose recipients are delivered or failed has left the queue (`isDone`).
   */
  settle(
    args: {
      readonly lease: LeaseId
      readonly outcomes: readonly { readonly recipient: number; readonly outcome: RecipientOutcome }[]
    },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'settled'; readonly isDone: boolean } | { readonly kind: 'leaseLost' }>
  /** Gives a claimed message more time: its lease ends `lease` from `now`. */
  extend(
    args: { readonly lease: LeaseId; readonly now: UnixMillis; readonly duration: Millis },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'extended' } | { readonly kind: 'leaseLost' }>
  /** Gives claimed messages back as they are: recipients without an outcome are due as before. */
  release(args: { readonly leases: readonly LeaseId[] }, signal: AbortSignal): Promise<Record<string, never>>
  /** Puts messages on hold, or lets them go on. Who has a lease on one keeps it. `count`: how many changed. */
  hold(
    args: { readonly ids: readonly QueueId[]; readonly change: 'hold' | 'release' },
    signal: AbortSignal,
  ): Promise<{ readonly count: number }>
  /**
   * Makes deferred recipients due now, and forgets how often they were tried where `attempts` says so: of these messages, all when
   * absent; only recipients of `domain`, all when absent. `count`: messages. Their `until` is 0 then: who runs the queue sees that somebody asked, and
   * tries destinations again that he thought to be down.
   */
  requeue(
    args: { readonly ids?: readonly QueueId[]; readonly domain?: string; readonly attempts?: 'forgotten' },
    signal: AbortSignal,
  ): Promise<{ readonly count: number }>
  /** Forgets messages, whoever has a lease on them: that one's `settle` answers `leaseLost`. */
  remove(args: { readonly ids: readonly QueueId[] }, signal: AbortSignal): Promise<{ readonly count: number }>
  /** A page of messages, in the order of their ids. */
  list(
    args: { readonly after: QueueId | null; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly messages: readonly QueuedMessage[]; readonly cursor: QueueId | null }>
  /** One message with its octets, whoever has a lease on it. */
  open(
    args: { readonly id: QueueId },
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'found'; readonly message: QueuedMessage; readonly body: BodyHandle }
    | { readonly kind: 'noSuchMessage' }
  >
  /**
   * Calls `listener` when something may be due sooner than `claim` told: a message came, was released or requeued, by whatever process. A hint:
   * who never hears one still looks from time to time.
   */
  watch(listener: () => void): () => void
  close(): Promise<void>
}

import type { BodyHandle, Millis, QueuedMessage, QueuedRecipient } from '@mailwright/core'

/** Some recipients of one message that go the same way. */
export interface DeliveryRequest {
  readonly message: QueuedMessage
  readonly body: BodyHandle
  /** What the route names behind its transport: `example.org`, `[mx.example.org]:587`, `unix:/run/lmtp`; empty for none. */
  readonly nexthop: string
  readonly recipients: readonly RoutedRecipient[]
  /** Nothing is delivered: only whether the recipients would be accepted is found out. For agents that have {@link DeliveryAgent.probe}. */
  readonly isProbe?: true
}

export interface RoutedRecipient {
  /** Its place in the message's list. */
  readonly position: number
  readonly recipient: QueuedRecipient
  /** Where it is delivered to; differs from `recipient.address` where routing rewrote it. */
  readonly address: string
}

/** What became of one recipient. `status` is an enhanced status code (RFC 3463) of the outcome's class. */
export type DeliveryResult = {
  readonly position: number
  /** To whom: `mx.example.org[192.0.2.1]:25`, `local`, `none`. */
  readonly relay: string
  readonly status: string
  /** What was said: the next hop's reply, or our own words. Printable, one line. */
  readonly text: string
} & (
  | {
      readonly kind: 'delivered'
      /**
       * Who tells the sender of success, where that was asked for: `passedOn`, the next hop will; else we do, that it was `delivered`, or that it was
       * `relayed` to somebody who will not (RFC 3461 §5.2.2).
       */
      readonly reports: 'passedOn' | 'delivered' | 'relayed'
    }
  | {
      readonly kind: 'deferred' | 'failed'
      /** The host that said it, and its reply as it came, for RFC 3464 §2.3.5 and §2.3.6. */
      readonly remote?: { readonly host: string; readonly reply: string }
      /** The destination itself cannot be reached: others who go there need not try now. */
      readonly site?: 'down'
    }
)

/** How long the parts of an attempt took, as Postfix's `delays=` tells them, and what it reused. */
export interface DeliveryTimes {
  /** Until connected, and greeted. */
  readonly setup: Millis
  readonly transmission: Millis
  /** How many messages the connection carried before. */
  readonly reuse: number
}

/**
 * Delivers messages one way: into a store, to a host, into a program. What the destination refuses is a result; a promise that rejects is
 * a fault, which defers every recipient of the request.
 */
export interface DeliveryAgent {
  /** Results for every recipient of the request, in any order. */
  deliver(
    request: DeliveryRequest,
    signal: AbortSignal,
  ): Promise<{ readonly results: readonly DeliveryResult[]; readonly times?: DeliveryTimes }>
  /** Whether recipients would be accepted, `delivered` for yes; nothing is delivered. Absent: the agent cannot tell beforehand. */
  probe?(request: DeliveryRequest, signal: AbortSignal): ReturnType<DeliveryAgent['deliver']>
  /**
   * Deliveries to one destination at once, from the first on. For what is no host that could be overrun, and does many at once for little more than
   * one. Absent: the runner's limits, which begin low.
   */
  readonly concurrency?: number
  /** Ends connections that wait to be used again. */
  close?(): Promise<void>
}

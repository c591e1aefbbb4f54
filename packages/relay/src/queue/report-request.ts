import type { BodyHandle, QueuedMessage, QueuedRecipient, UnixMillis } from '@mailwright/core'
import type { DeliveryResult } from '../delivery/agent.js'
import type { ReportAction } from './verdict.js'

/** What a sender is to be told of some recipients of one message. */
export interface ReportRequest {
  readonly message: QueuedMessage
  readonly body: BodyHandle
  /** `status`: the first attempt is over, and the sender wanted to hear of it. Default: what `recipients` say. */
  readonly report?: 'status'
  /** All of the same kind of news: failed, or delayed, or delivered and relayed; of `status`, any. */
  readonly recipients: readonly ReportedRecipient[]
}

export interface ReportedRecipient {
  readonly recipient: QueuedRecipient
  readonly action: ReportAction
  readonly result: DeliveryResult
  /** Of delayed ones: until when it is tried. */
  readonly willRetryUntil?: UnixMillis
}

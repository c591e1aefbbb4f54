import type { Body, QueueEnvelope, QueueId, RecipientEnvelope } from '@mailwright/core'

/** Mail that did not come by SMTP: a report, or what a program of this machine handed in. */
export interface InternalMail {
  /** Made by the caller: it may stand in the message. */
  readonly id: QueueId
  readonly envelope: QueueEnvelope
  /** Before aliases. Addresses without a domain get ours. */
  readonly recipients: readonly RecipientEnvelope[]
  /** Without a `Received` field of ours. */
  readonly body: Body
  /** Of the program that handed it in; absent: it was made by the server itself. */
  readonly userId?: number
}

/** Takes mail that did not come by SMTP into the queue. */
export interface MailIntake {
  /**
   * Resolves when the message is queued, durable. Recipients whom nobody knows are queued as they are: their delivery fails, and the
   * sender hears of it.
   *
   * @throws when it cannot be queued now; nothing remains.
   */
  take(mail: InternalMail, signal: AbortSignal): Promise<void>
}

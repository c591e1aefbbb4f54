import type { BodyHandle, QueuedMessage, QueuedRecipient, UnixMillis } from '@mailwright/core'
import type { ReportRequest } from '../queue/report-request.js'

/** What a report says. */
export type ReportKind = 'failure' | 'delay' | 'success' | 'status'

/** What became of one recipient, for a report. */
export interface RecipientNews {
  readonly recipient: Pick<QueuedRecipient, 'address' | 'originalTo' | 'notify' | 'originalRecipient'>
  /** RFC 3464 §2.3.3. */
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  /** An enhanced status code. RFC 3463. */
  readonly status: string
  /** For people. */
  readonly text: string
  /** The host that said it, and its reply as it came. */
  readonly remote?: { readonly host: string; readonly reply: string }
  /** Of a delay: until when it is tried. */
  readonly willRetryUntil?: UnixMillis
}

/** Something about a message that its sender may want to know. */
export interface MessageNews {
  readonly report: ReportKind
  readonly message: Pick<QueuedMessage, 'id' | 'envelope' | 'arrived' | 'octets'>
  readonly body: BodyHandle
  /** All of the same kind of news; of `status`: whatever became of each. */
  readonly recipients: readonly RecipientNews[]
}

const KINDS: { readonly [action in RecipientNews['action']]: ReportKind } = {
  failed: 'failure',
  delayed: 'delay',
  delivered: 'success',
  relayed: 'success',
  expanded: 'success',
}

/** What a queue runner asks to be reported. */
export function newsOf({ report, message, body, recipients }: ReportRequest): MessageNews {
  const news = recipients.map(({ recipient, action, result, willRetryUntil }): RecipientNews => {
    const { status, text, relay } = result
    const words = result.kind === 'delivered' ? `delivery via ${relay}: ${text}` : text
    return {
      recipient,
      action,
      status,
      text: words,
      ...(result.kind === 'delivered' || result.remote === undefined ? {} : { remote: result.remote }),
      ...(willRetryUntil === undefined ? {} : { willRetryUntil }),
    }
  })
  return { report: report ?? KINDS[news[0]?.action ?? 'failed'], message, body, recipients: news }
}

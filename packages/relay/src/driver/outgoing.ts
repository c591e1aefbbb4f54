import type { QueuedMessage, UnixMillis } from '@mailwright/core'
import type { OutgoingMessage } from '@mailwright/smtp'
import type { DeliveryRequest, RoutedRecipient } from '../delivery/agent.js'

/** A message for some of its recipients, as the client wants it. */
export function outgoing(
  { message, body, isProbe }: DeliveryRequest,
  recipients: readonly RoutedRecipient[],
  now: UnixMillis,
): OutgoingMessage {
  const { envelope } = message
  const { reversePath, ret, envelopeId, smtpUtf8, requireTls, priority } = envelope
  const deliverBy = timeLeft(message, now)
  return {
    reversePath,
    recipients: recipients.map(({ address, recipient: { notify, originalRecipient } }) => ({
      address,
      ...(notify === undefined ? {} : { notify }),
      ...(originalRecipient === undefined ? {} : { originalRecipient }),
    })),
    body,
    ...(isProbe === undefined ? {} : { isProbe }),
    ...(envelope.body === undefined ? {} : { type: envelope.body }),
    ...(smtpUtf8 === undefined ? {} : { smtpUtf8 }),
    ...(requireTls === undefined ? {} : { requireTls }),
    ...(ret === undefined ? {} : { ret }),
    ...(envelopeId === undefined ? {} : { envelopeId }),
    ...(priority === undefined ? {} : { priority }),
    ...(deliverBy === undefined ? {} : { deliverBy }),
  }
}

/** RFC 2852 §4.1.4: what is left of the time goes on. */
function timeLeft({ envelope: { deliverBy } }: QueuedMessage, now: UnixMillis): OutgoingMessage['deliverBy'] {
  if (deliverBy === undefined) return undefined
  const { at, mode, isTraced } = deliverBy
  return { seconds: Math.floor((at - now) / 1_000), mode, isTraced }
}

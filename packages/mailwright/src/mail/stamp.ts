import type { Body, UnixMillis } from '@mailwright/core'
import { type Mailbox, receivedField, receivedFrom, type SmtpSession, type SmtpTransaction } from '@mailwright/smtp'

/** A message with octets before it. */
export async function* withStamp(stamp: Uint8Array, body: Body): Body {
  yield stamp
  yield* body
}

/**
 * Our `Received` field for a message of this session.
 *
 * @param recipient the only recipient; `null` when there are several: naming one would tell the others of him (RFC 5321 §7.6).
 */
export function sessionTrace(
  session: SmtpSession,
  transaction: SmtpTransaction,
  id: string,
  recipient: Mailbox | null,
  at: UnixMillis,
): string {
  const { hostname } = session
  return receivedField({
    from: receivedFrom(session, transaction),
    hostname,
    mailName: 'Mailwright',
    id,
    recipient,
    at,
  })
}

import type { UnixMillis } from '@mailwright/core'
import {
  type Mailbox,
  mailDate,
  receivedField,
  receivedFrom,
  type SmtpSession,
  type SmtpTransaction,
  UTC,
} from '@mailwright/smtp'

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
  const from = receivedFrom(session, transaction)
  const { priority } = transaction.parameters
  const { hostname } = session
  const urgency = priority === undefined ? {} : { priority }
  return receivedField({ from, hostname, mailName: 'Mailwright', id, recipient, at, ...urgency })
}

/**
 * The `Received` field of a message that did not come by SMTP.
 *
 * @param userId of the program that handed it in; absent: it was made by the server itself.
 */
export function internalTrace(hostname: string, id: string, at: UnixMillis, userId?: number): string {
  if (userId !== undefined) {
    return receivedField({ from: { kind: 'local', userId }, hostname, mailName: 'Mailwright', id, recipient: null, at })
  }
  return `Received: by ${hostname} (Mailwright)\r\n\tid ${id}; ${mailDate(at, UTC)}\r\n`
}

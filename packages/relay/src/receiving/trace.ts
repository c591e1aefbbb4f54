import type { UnixMillis } from '@mailwright/core'
import { type Mailbox, mailDate, receivedField, type SmtpSession, UTC } from '@mailwright/smtp'

/**
 * Our `Received` field for a message of this session. Who logged in is kept to ourselves.
 *
 * @param recipient the only recipient; `null` when there are several: naming one would tell the others of him (RFC 5321 §7.6).
 */
export function sessionTrace(session: SmtpSession, id: string, recipient: Mailbox | null, at: UnixMillis): string {
  const { peer, heloName, protocol, tls, hostname, client } = session
  const address = peer.address === '' ? '127.0.0.1' : peer.address
  const from = { kind: 'peer', heloName, name: client?.name ?? null, address, protocol, tls, user: null } as const
  return receivedField({ from, hostname, mailName: 'Mailwright', id, recipient, at })
}

/** The `Received` field of a message that was made here. */
export function internalTrace(hostname: string, id: string, at: UnixMillis): string {
  return `Received: by ${hostname} (Mailwright)\r\n\tid ${id}; ${mailDate(at, UTC)}\r\n`
}

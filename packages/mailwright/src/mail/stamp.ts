import type { Body, UnixMillis } from '@mailwright/core'
import { type Mailbox, receivedField, type SmtpSession } from '@mailwright/smtp'

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
export function sessionTrace(session: SmtpSession, id: string, recipient: Mailbox | null, at: UnixMillis): string {
  const { peer, heloName, protocol, tls, hostname } = session
  const address = peer.address === '' ? '127.0.0.1' : peer.address
  const from = { kind: 'peer', heloName, name: null, address, protocol, tls, user: null } as const
  return receivedField({ from, hostname, mailName: 'Mailwright', id, recipient, at })
}

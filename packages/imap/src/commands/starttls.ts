import { type Flow, startTls } from '@mailwright/core'
import { bad, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/**
 * RFC 3501 §6.2.1. The handshake begins behind the tagged OK; what the client sent before it is dropped unread, and what was
 * learned before it is forgotten (CVE-2011-0411).
 */
export function* starttls(session: Session): Flow<Reply> {
  // Compressed octets are encrypted, never encrypted ones compressed (RFC 4978 §3).
  if (session.isCompressed) return bad('Not while the connection is compressed.')
  if (session.isSecure) return bad('TLS is already active.')
  if (!session.mayStartTls) return bad("TLS support isn't enabled.")
  return { ...ok('Begin TLS negotiation now.'), afterwards: () => handshake(session) }
}

function* handshake(session: Session): Flow<void> {
  session.secured(yield* startTls())
}

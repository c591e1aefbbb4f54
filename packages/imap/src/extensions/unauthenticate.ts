import type { Flow, Identity } from '@mailwright/core'
import { watchMailboxes } from '../mailboxes.js'
import { bad, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/**
 * RFC 8437 §3: back to the state before login, with nothing left of the user but TLS; the runner goes on with a new session. NO is not
 * allowed here.
 *
 * Not on a compressed connection, where it would have to end the compression at an octet that only a client which waits for the answer
 * can tell (§4.1): there the capability is not told, and the command BAD.
 */
export function* unauthenticate(session: Session, identity: Identity): Flow<Reply> {
  if (session.isCompressed) return bad('Not while the connection is compressed.')
  session.notify(null)
  session.left()
  yield* watchMailboxes(session)
  session.wire.event({ name: 'unauthenticate', user: identity.user })
  session.loggedOff()
  return ok('Unauthenticate completed.')
}

import type { Flow } from '@mailwright/core'
import { watchMailboxes } from '../mailboxes.js'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/** RFC 3691 §2: leaves the mailbox as it is. */
export function* unselect(session: Session): Flow<Reply> {
  session.left()
  yield* watchMailboxes(session)
  return ok('Unselect completed.')
}

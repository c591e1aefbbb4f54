import type { Flow } from '@mailwright/core'
import { ok, type Reply } from '../reply.js'
import { writeNamespace } from '../response/mailbox-data.js'
import type { Session } from '../session.js'

/** RFC 2342 §5: one personal namespace, nobody else's mailboxes. */
export function* namespace(session: Session): Flow<Reply> {
  session.untagged(writeNamespace(session.nameForm))
  return ok('Namespace completed.')
}

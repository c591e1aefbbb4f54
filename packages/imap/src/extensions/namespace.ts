import type { Flow } from '@mailwright/core'
import { ok, type Reply } from '../reply.js'
import { writeNamespace } from '../response/mailbox-data.js'
import type { Session } from '../session.js'

/** RFC 2342 §5: the personal namespace without a prefix; those of other users and shared ones where the store has them. */
export function* namespace(session: Session): Flow<Reply> {
  session.untagged(writeNamespace(session.settings.supports.sharing, session.nameForm))
  return ok('Namespace completed.')
}

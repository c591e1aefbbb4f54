import type { Flow } from '@mailwright/core'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/** RFC 3501 §6.1.3: BYE, then the tagged OK, then the connection closes. */
export function* logout(session: Session): Flow<Reply> {
  session.untagged('BYE Logging out')
  session.loggedOut('logout')
  return ok('Logout completed.')
}

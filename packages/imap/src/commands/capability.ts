import type { Flow } from '@mailwright/core'
import { writeCapabilities } from '../capabilities.js'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/** RFC 3501 §6.1.1. */
export function* capability(session: Session): Flow<Reply> {
  session.capabilityAsked()
  session.untagged(writeCapabilities(session))
  return ok(
    session.state.name === 'notAuthenticated'
      ? 'Pre-login capabilities listed, post-login capabilities have more.'
      : 'Capability completed.',
  )
}

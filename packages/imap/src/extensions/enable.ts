import type { Flow } from '@mailwright/core'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/**
 * RFC 5161 §3.1. Enables what it knows and ignores the rest; no extension offered here changes what is sent unasked, so
 * there is nothing to enable yet and the list is empty (§3.2).
 */
export function* enable(session: Session): Flow<Reply> {
  session.untagged('ENABLED')
  return ok('Enabled.')
}

import type { Flow } from '@mailwright/core'
import { ok, type Reply } from '../response/reply.js'

/** RFC 1939 §5 (NOOP). */
export function* noop(): Flow<Reply> {
  return ok('')
}

import type { Flow } from '@mailwright/core'
import type { Maildrop } from '../maildrop.js'
import { ok, type Reply } from '../response/reply.js'
import { summary } from '../response/summary.js'
import type { Session } from '../session.js'

/** RFC 1939 §5 (RSET): nothing is marked as deleted any more. */
export function* rset(_session: Session, maildrop: Maildrop): Flow<Reply> {
  maildrop.unmarkDeleted()
  return ok(`maildrop has ${summary(maildrop)}`)
}

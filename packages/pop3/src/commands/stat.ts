import type { Flow } from '@mailwright/core'
import type { Maildrop } from '../maildrop.js'
import { ok, type Reply } from '../response/reply.js'
import type { Session } from '../session.js'

/** RFC 1939 §5 (STAT): a drop listing. Nothing may follow the size. */
export function* stat(_session: Session, maildrop: Maildrop): Flow<Reply> {
  return ok(`${maildrop.count} ${maildrop.octets}`)
}

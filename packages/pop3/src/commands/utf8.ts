import type { Flow } from '@mailwright/core'
import { ok, type Reply } from '../response/reply.js'
import type { Session } from '../session.js'

/**
 * RFC 6856 §2.1: from now on the client takes octets outside ASCII everywhere. Messages go out as they are stored in
 * any case.
 */
export function* utf8(session: Session): Flow<Reply> {
  session.isUtf8 = true
  return ok('UTF8 enabled.')
}

import type { Flow } from '@mailwright/core'
import { userName } from '../grammar/user-name.js'
import { ok, PLAINTEXT_DISALLOWED, type Reply, refused } from '../response/reply.js'
import { NOBODY, type Session } from '../session.js'

/** RFC 1939 §7 (USER). Says `+OK` to every name: whether it exists is nobody's business (RFC 1939 §13). */
export function* user(session: Session, argument: string): Flow<Reply> {
  session.state = NOBODY
  if (!session.isPlaintextAllowed) return PLAINTEXT_DISALLOWED
  const name = userName(argument)
  if (name === undefined) return refused('Malformed user name.')
  session.state = { name: 'authorization', user: name }
  return ok('')
}

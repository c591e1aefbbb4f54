import type { Flow } from '@mailwright/core'
import type { Maildrop } from '../maildrop.js'
import { findMessage } from '../message-argument.js'
import { ok, type Reply } from '../response/reply.js'
import type { Session } from '../session.js'

/** RFC 1939 §5 (DELE): marks only; QUIT removes. */
export function* dele(_session: Session, maildrop: Maildrop, argument: string): Flow<Reply> {
  const found = findMessage(maildrop, argument)
  if (found.kind === 'refused') return found.reply
  maildrop.markDeleted(found.message)
  return ok(`message ${found.message.number} deleted`)
}

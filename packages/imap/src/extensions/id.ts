import type { Flow } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { ok, type Reply } from '../reply.js'
import { writeId } from '../response/mailbox-data.js'
import type { Session } from '../session.js'

/** RFC 2971 §3.1. What the client says of itself is for the log, and decides nothing (§1). */
export function* id(session: Session, command: CommandOf<'ID'>): Flow<Reply> {
  const fields = command.fields?.map(([name, value]) => `${name}=${value ?? 'NIL'}`) ?? []
  session.wire.event({ name: 'clientId', fields })
  session.untagged(writeId(session.settings.id))
  return ok('ID completed.')
}

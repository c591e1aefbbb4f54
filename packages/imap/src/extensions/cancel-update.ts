import type { Flow } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { no, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'

/** RFC 5267 §4.3.5: ends updates of the searches that had these tags. All of them are ended, or none where one is unknown. */
export function* cancelUpdate(session: Session, _mailbox: Selected, command: CommandOf<'CANCELUPDATE'>): Flow<Reply> {
  const { byTag } = session.contexts
  if (command.tags.some((tag) => !byTag.has(tag))) return no('Unknown tag.')
  for (const tag of command.tags) byTag.delete(tag)
  return ok('No further updates.')
}

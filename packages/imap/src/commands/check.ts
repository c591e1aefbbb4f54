import type { Flow } from '@mailwright/core'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { refresh } from '../sync.js'

/** RFC 3501 §6.1.2: does nothing but look for news, which is told as after every command. */
export function* noop(session: Session): Flow<Reply> {
  session.notifications?.doubt()
  if (session.state.name === 'selected') yield* refresh(session, session.state.mailbox)
  return ok('NOOP completed.')
}

/** RFC 3501 §6.4.1: the store keeps its own house; equivalent to NOOP. */
export function* check(session: Session, mailbox: Selected): Flow<Reply> {
  yield* refresh(session, mailbox)
  return ok('Check completed.')
}

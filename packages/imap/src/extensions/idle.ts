import { type Flow, MailwrightError, readLineOrPush } from '@mailwright/core'
import { tellNotifications } from '../notify/tell-notifications.js'
import { skipLiterals } from '../reader.js'
import { bad, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import { refresh, tell } from '../sync.js'

/**
 * RFC 2177 §3: tells changes as they come, until DONE. Without a mailbox selected there is nothing to tell, and it waits
 * all the same. Every word of ours lets the inactivity timer begin anew, and a peer that is gone does not take it (§5.4 asks
 * for no more); clients come back within 29 minutes anyhow.
 */
export function* idle(session: Session): Flow<Reply> {
  yield* news(session)
  if (session.isOver) return ok('Idle completed.')
  session.wire.write('+ idling\r\n')
  for (;;) {
    const input = yield* readLineOrPush(session.limits.line, session.settings.stillHere ?? undefined)
    if (input.kind === 'wake') {
      session.untagged('OK Still here')
      continue
    }
    if (input.kind === 'push') {
      if (session.isStale || session.notifications?.hasNews === true) yield* news(session)
      if (session.isOver) return ok('Idle completed.')
      continue
    }
    if (input.kind === 'line' && input.text.toUpperCase() === 'DONE') return ok('Idle completed.')
    yield* skipLiterals(session, input.kind === 'line' ? input.text : input.tail)
    return bad('Expected DONE.')
  }
}

/** A store that fails now may answer later: that does not end the client's wait. With NOTIFY exactly what it asked for (RFC 5465 §4). */
function* news(session: Session): Flow<void> {
  const { state } = session
  try {
    if (state.name === 'selected') yield* refresh(session, state.mailbox)
    if (session.isOver) return
    if (state.name === 'selected') yield* tell(session, state.mailbox, { expunges: 'allowed', numbering: 'seq' })
    yield* tellNotifications(session)
  } catch (error) {
    if (!(error instanceof MailwrightError)) throw error
    session.wire.event({ name: 'commandFault', command: 'IDLE', message: error.message })
  }
}

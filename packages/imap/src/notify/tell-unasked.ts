import { type Flow, MailwrightError } from '@mailwright/core'
import type { Session } from '../session.js'
import { refresh, tell, tellSafeModSeq } from '../sync.js'
import { tellNotifications } from './tell-notifications.js'

/**
 * Tells between commands what NOTIFY asked for (RFC 5465 §3.1). With SELECTED-DELAYED expunges wait for a command that may tell them
 * (§6.1.2). A store that fails now may answer later.
 */
export function* tellUnasked(session: Session): Flow<void> {
  const { state, notifications } = session
  session.toldModSeq = 0
  try {
    const selected = notifications?.selected ?? null
    if (state.name === 'selected' && selected !== null && session.isStale) {
      yield* refresh(session, state.mailbox)
      if (session.isOver) return
      const expunges = selected.expunges === 'immediate' ? 'allowed' : 'held'
      yield* tell(session, state.mailbox, { expunges, numbering: 'uid' })
      tellSafeModSeq(session, state.mailbox)
    }
    yield* tellNotifications(session)
  } catch (error) {
    if (!(error instanceof MailwrightError)) throw error
    session.wire.event({ name: 'commandFault', command: 'NOTIFY', message: error.message })
  }
}

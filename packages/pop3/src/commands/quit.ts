import { caller, type Flow, type MailStore, MailwrightError, SEEN } from '@mailwright/core'
import type { Maildrop } from '../maildrop.js'
import { releaseMaildrop } from '../open-maildrop.js'
import { failed, ok, type Reply } from '../response/reply.js'
import { messages } from '../response/summary.js'
import type { Session } from '../session.js'

const { call } = caller<MailStore>()

/**
 * RFC 1939 §4 and §6. After login this is the UPDATE state: only here anything is removed. The lock is given back
 * before the answer, so that a client that comes back at once finds it free.
 */
export function* quit(session: Session): Flow<Reply> {
  const { state } = session
  session.state = { name: 'update', user: state.name === 'transaction' ? state.user : null }
  if (state.name !== 'transaction') return { ...ok('Logging out.'), close: 'logout' }
  const isDone = yield* update(session, state.maildrop)
  yield* releaseMaildrop(session)
  if (!isDone) return { ...failed('[SYS/TEMP] some deleted messages not removed'), close: 'logout' }
  const { count } = state.maildrop
  return { ...ok(`signing off (${count === 0 ? 'maildrop empty' : `${messages(count)} left`})`), close: 'logout' }
}

/** False when something could not be done. Messages that others removed meanwhile are gone, as they should be. */
function* update(session: Session, maildrop: Maildrop): Flow<boolean> {
  try {
    const deleted = maildrop.deletedUids()
    if (deleted.length > 0) {
      const result = yield* call('expunge', { ...maildrop.mailbox, uids: deleted, regardless: true })
      if (result.kind !== 'expunged') return false
      session.counters.deleted = result.vanished.length
    }
    const retrieved = session.settings.seen === 'onQuit' ? maildrop.retrievedUids() : new Uint32Array()
    if (retrieved.length > 0) {
      const change = { mode: 'add', flags: { system: SEEN, keywords: [] } } as const
      yield* call('storeFlags', { ...maildrop.mailbox, uids: retrieved, change })
    }
    return true
  } catch (error) {
    if (!(error instanceof MailwrightError)) throw error
    return false
  }
}

import { DELETED, type Flow } from '@mailwright/core'
import { store } from '../calls.js'
import { watchMailboxes } from '../mailboxes.js'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { refresh } from '../sync.js'

/** RFC 3501 §6.4.2: expunges without a word, unless the mailbox was opened by EXAMINE, and leaves it. */
export function* close(session: Session, mailbox: Selected): Flow<Reply> {
  const { view, ref, isReadOnly } = mailbox
  if (!isReadOnly) {
    yield* refresh(session, mailbox)
    const uids = view.uidsWith(DELETED)
    if (uids.length > 0) yield* store.call('expunge', { ...ref, uids, regardless: false })
  }
  session.left()
  yield* watchMailboxes(session)
  return ok('Close completed.')
}

import { DELETED, type Flow, indexOfUid } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { limitMessages, withLimit } from '../extensions/message-limit.js'
import { BAD_SET, denied, MAILBOX_GONE, READ_ONLY } from '../refusals.js'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { expungedCode, refresh } from '../sync.js'

/**
 * RFC 3501 §6.4.3 EXPUNGE, RFC 4315 §2.1 UID EXPUNGE. Looks for news first: what another session marked deleted goes, too. The
 * store tells what went, and the session hears it from there, like everybody else.
 */
export function* expunge(session: Session, mailbox: Selected, command: CommandOf<'EXPUNGE'>): Flow<Reply> {
  if (mailbox.isReadOnly) return READ_ONLY
  const { view, ref } = mailbox
  yield* refresh(session, mailbox)
  if (session.isOver) return MAILBOX_GONE
  const deleted = view.uidsWith(DELETED)
  const asked = command.uids === null ? deleted : view.resolve(command.uids, 'uid')
  if (asked === null) return BAD_SET
  // Plain EXPUNGE is never cut (RFC 9738 §3.1).
  const { uids, code: limit } =
    command.uids === null
      ? { uids: deleted, code: null }
      : limitMessages(
          session,
          asked.filter((uid) => indexOfUid(deleted, uid) >= 0),
        )
  if (uids.length === 0) return EXPUNGED
  const answer = yield* store.call('expunge', { ...ref, uids, regardless: false })
  if (answer.kind === 'denied') return denied(answer)
  if (answer.kind === 'noSuchMailbox') return MAILBOX_GONE
  const code = yield* expungedCode(session, mailbox, command.uids === null ? 'seq' : 'uid')
  return withLimit(session, { ...EXPUNGED, code }, limit)
}

const EXPUNGED = ok('Expunge completed.')

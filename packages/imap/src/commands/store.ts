import { breathe, type Flow } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { tellFlags, writeFlagLines } from '../flag-lines.js'
import { BAD_SET, denied, EXPUNGE_ISSUED, MAILBOX_GONE, READ_ONLY } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'

/**
 * RFC 3501 §6.4.6. One call, however many messages. Without `.SILENT` every message's flags are told; with it only what the
 * client cannot reckon itself, when somebody else changed the message, too.
 */
export function* storeFlags(session: Session, mailbox: Selected, command: CommandOf<'STORE'>): Flow<Reply> {
  if (mailbox.isReadOnly) return READ_ONLY
  const { view, ref } = mailbox
  const { change, isSilent, numbering } = command
  const uids = view.resolve(command.set, numbering)
  if (uids === null) return BAD_SET
  if (uids.length === 0) return STORED
  const answer = yield* store.call('storeFlags', { ...ref, uids, change })
  if (answer.kind === 'noSuchMailbox') return MAILBOX_GONE
  if (answer.kind === 'denied') return denied(answer)
  if (answer.kind === 'tooManyKeywords') return no('Too many keywords.', 'LIMIT')
  const { changed } = answer
  view.stored(changed, isSilent ? { silent: change } : 'told')
  if (!isSilent) {
    if (view.keywords.hasUntold) {
      view.keywords.markTold()
      writeFlagLines(session, mailbox)
    }
    for (const uid of changed.uids) {
      const seq = view.seqOf(uid)
      if (seq === 0) continue
      session.untagged(`${seq} FETCH (${numbering === 'uid' ? `UID ${uid} ` : ''}FLAGS ${tellFlags(view, uid)})`)
      if (session.wire.isFull) yield* breathe()
    }
  }
  // RFC 2180 §4.2.1 and §4.2.3: silently, what still exists was stored; else the client expects an answer for each.
  const isComplete = changed.uids.length === uids.length || isSilent || numbering === 'uid'
  return isComplete ? STORED : EXPUNGE_ISSUED
}

const STORED = ok('Store completed.')

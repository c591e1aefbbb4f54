import { breathe, type Flow } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { limitMessages, withLimit } from '../extensions/message-limit.js'
import { tellFlagNews, writeFlagLines } from '../flag-lines.js'
import { BAD_SET, denied, EXPUNGE_ISSUED, MAILBOX_GONE, READ_ONLY } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import { writeUidSet } from '../response/uid-set.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'

/**
 * RFC 3501 §6.4.6, conditional by RFC 7162 §3.1.3. One call, however many messages. Without `.SILENT` every message's flags are told; with it only what the
 * client cannot reckon itself, when somebody else changed the message, too.
 */
export function* storeFlags(session: Session, mailbox: Selected, command: CommandOf<'STORE'>): Flow<Reply> {
  if (mailbox.isReadOnly) return READ_ONLY
  const { view, ref } = mailbox
  const { change, isSilent, numbering, unchangedSince } = command
  if (unchangedSince !== null) session.usesModSeq()
  const asked = view.resolve(command.set, numbering)
  if (asked === null) return BAD_SET
  const { uids, code: limit } = limitMessages(session, asked)
  if (uids.length === 0) return STORED
  const answer = yield* store.call('storeFlags', {
    ...ref,
    uids,
    change,
    ...(unchangedSince === null ? {} : { unchangedSince }),
  })
  if (answer.kind === 'noSuchMailbox') return MAILBOX_GONE
  if (answer.kind === 'denied') return denied(answer)
  if (answer.kind === 'tooManyKeywords') return no('Too many keywords.', 'LIMIT')
  const { changed, modSeqs, modified } = answer
  view.stored(changed, modSeqs, isSilent ? { silent: change } : 'told')
  const isTold = !isSilent || session.enabled.has('CONDSTORE')
  if (isTold && view.keywords.hasUntold) {
    view.keywords.markTold()
    writeFlagLines(session, mailbox)
  }
  for (let at = 0; isTold && at < changed.uids.length; at++) {
    const uid = changed.uids[at] ?? 0
    // Never a new mod-sequence over flags that the client reckons wrong: it could be cut off between the two.
    const items = isSilent && !view.isUntold(uid) ? 'modSeq' : 'flags'
    const news = { uid, modSeq: modSeqs[at] ?? 0, items } as const
    tellFlagNews(session, view, news, numbering)
    if (session.wire.isFull) yield* breathe()
  }
  // RFC 2180 §4.2.1 and §4.2.3: silently, what still exists was stored; else the client expects an answer for each.
  const areThere = changed.uids.length + modified.length === uids.length
  if (!areThere) session.isStale = true
  const isComplete = areThere || isSilent || numbering === 'uid'
  if (modified.length === 0) return withLimit(session, isComplete ? STORED : EXPUNGE_ISSUED, limit)
  // What changed meanwhile is told, so that the client can try again at once (RFC 7162 §3.1.3).
  session.isStale = true
  const code = `MODIFIED ${writeUidSet(numbering === 'uid' ? modified : modified.map((uid) => view.seqOf(uid)))}`
  const reply = isComplete ? ok : no
  const text = isComplete ? 'Conditional store failed.' : 'Some of the messages no longer exist.'
  return withLimit(session, reply(text, code), limit)
}

const STORED = ok('Store completed.')

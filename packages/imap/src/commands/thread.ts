import { breathe, type Flow } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { tooManyToOrder } from '../extensions/message-limit.js'
import { MAILBOX_GONE } from '../refusals.js'
import { ok, type Reply } from '../reply.js'
import { writeThreads } from '../response/thread.js'
import { withFilters } from '../search/filters.js'
import { find } from '../search/find.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { threadMessages } from '../thread/thread-messages.js'
import { isByModSeq } from './search.js'

/** RFC 5256 §3 (THREAD): SEARCH, with the messages found in threads. A MODSEQ key changes nothing in its answer (RFC 7162 §3.1.9). */
export function* thread(session: Session, mailbox: Selected, asked: CommandOf<'THREAD'>): Flow<Reply> {
  const command = yield* withFilters(session, asked)
  if ('status' in command) return command
  const { keys, numbering, algorithm } = command
  const { view } = mailbox
  if (isByModSeq(keys)) session.usesModSeq()
  const found = yield* find(session, mailbox, keys)
  if (found.kind === 'noSuchMailbox') return MAILBOX_GONE
  const tooMany = tooManyToOrder(session, found.uids.length)
  if (tooMany !== null) return tooMany
  const threaded = yield* threadMessages(session, mailbox, found.uids, algorithm)
  if ('kind' in threaded) return MAILBOX_GONE
  const { messages, threads } = threaded
  const numberOf = (node: number): number => {
    const uid = messages[node]?.uid ?? 0
    return numbering === 'uid' || uid === 0 ? uid : view.seqOf(uid)
  }
  session.wire.write('* ')
  for (const piece of writeThreads(threads, numberOf)) {
    session.wire.write(piece)
    if (session.wire.isFull) yield* breathe()
  }
  session.wire.write('\r\n')
  return ok('Thread completed.', view.hasGone && numbering === 'seq' ? 'EXPUNGEISSUED' : null)
}

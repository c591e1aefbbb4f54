import type { Flow } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { tooManyToOrder } from '../extensions/message-limit.js'
import { MAILBOX_GONE } from '../refusals.js'
import { ok, type Reply } from '../reply.js'
import { writeSort } from '../response/search.js'
import { find } from '../search/find.js'
import type { Session } from '../session.js'
import { sortMessages } from '../sort/sort-messages.js'
import type { Selected } from '../states.js'
import { answer, isByModSeq } from './search.js'

/** RFC 5256 §3 (SORT): SEARCH, with the messages found in another order. With RETURN it answers like SEARCH (RFC 5267 §3). */
export function* sort(session: Session, mailbox: Selected, command: CommandOf<'SORT'>): Flow<Reply> {
  const { keys, numbering, returns } = command
  if (isByModSeq(keys)) session.usesModSeq()
  const found = yield* find(session, mailbox, keys)
  if (found.kind === 'noSuchMailbox') return MAILBOX_GONE
  const tooMany = tooManyToOrder(session, found.uids.length)
  if (tooMany !== null) return tooMany
  const uids = yield* sortMessages(session, mailbox, found.uids, command.criteria)
  if ('kind' in uids) return MAILBOX_GONE
  yield* answer(session, mailbox, { keys, numbering, returns, uids, plain: writeSort })
  return ok('Sort completed.', mailbox.view.hasGone && numbering === 'seq' ? 'EXPUNGEISSUED' : null)
}

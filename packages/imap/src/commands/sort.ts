import type { Flow } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { tooManyToOrder } from '../extensions/message-limit.js'
import { MAILBOX_GONE } from '../refusals.js'
import { ok, type Reply } from '../reply.js'
import { writeSort } from '../response/search.js'
import { DUPLICATE_TAG, follow, isTagInUse } from '../search/begin-following.js'
import { withFilters } from '../search/filters.js'
import { find } from '../search/find.js'
import { relevancies } from '../search/fuzzy.js'
import { SortedResults } from '../search/search-context.js'
import type { Session } from '../session.js'
import { type Sorted, sortMessages } from '../sort/sort-messages.js'
import type { Selected } from '../states.js'
import { answer, isByModSeq } from './search.js'

/** RFC 5256 §3 (SORT): SEARCH, with the messages found in another order. With RETURN it answers like SEARCH (RFC 5267 §3). */
export function* sort(session: Session, mailbox: Selected, asked: CommandOf<'SORT'>): Flow<Reply> {
  const command = yield* withFilters(session, asked)
  if ('status' in command) return command
  const { keys, numbering, returns } = command
  if (isTagInUse(session, returns)) return DUPLICATE_TAG
  if (isByModSeq(keys)) session.usesModSeq()
  const found = yield* find(session, mailbox, keys)
  if (found.kind === 'noSuchMailbox') return MAILBOX_GONE
  const tooMany = tooManyToOrder(session, found.uids.length)
  if (tooMany !== null) return tooMany
  const isScored = returns?.items.has('RELEVANCY') === true || command.criteria.some(({ key }) => key === 'RELEVANCY')
  const scores = isScored ? yield* relevancies(session, mailbox, keys, found.uids) : null
  if (scores !== null && 'kind' in scores) return MAILBOX_GONE
  const sorted = yield* sortMessages(session, mailbox, found.uids, command.criteria, scores ?? undefined)
  if ('kind' in sorted) return MAILBOX_GONE
  const { uids } = sorted
  follow(session, mailbox, { keys, numbering, returns, results: () => followed(session, sorted) })
  yield* answer(session, mailbox, { keys, numbering, returns, uids, scores, plain: writeSort })
  return ok('Sort completed.', mailbox.view.hasGone && numbering === 'seq' ? 'EXPUNGEISSUED' : null)
}

/** What is kept to follow a sort; `null` for too many results (RFC 5267 §4.3.1). */
function followed(session: Session, { uids, columns, rows }: Sorted): SortedResults | null {
  if (uids.length > session.settings.limits.followedResults) return null
  return new SortedResults(uids, columns, new Map(Array.from(rows, (uid, row) => [uid, row])))
}

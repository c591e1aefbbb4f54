import type { Numbering } from '../command.js'
import { bad } from '../reply.js'
import type { SearchCorrelator } from '../response/search.js'
import { writeString } from '../response/strings.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { fixed } from './follow.js'
import type { ReturnOptions } from './return-options.js'
import type { FollowedResults } from './search-context.js'
import type { SearchKey } from './search-key.js'

/** RFC 5267 §4.3: the tag of a search that is followed may not be used for another one. */
export const DUPLICATE_TAG = bad('Duplicate search update tag.')

/** A search that is to be followed. */
interface Followed {
  readonly keys: SearchKey
  readonly numbering: Numbering
  readonly returns: ReturnOptions | null
  readonly mailbox?: SearchCorrelator['mailbox']
  /** Makes what is kept of the results; `null` when that is too much. */
  readonly results: () => FollowedResults | null
}

export function isTagInUse(session: Session, returns: ReturnOptions | null): boolean {
  return returns?.items.has('UPDATE') === true && session.contexts.byTag.has(session.tag)
}

/** Begins to follow a search that asks for it, or says that it does not: everything else is answered all the same (RFC 5267 §4.3.1). */
export function follow(session: Session, { view }: Selected, followed: Followed): void {
  const { keys, numbering, returns, mailbox, results } = followed
  if (returns?.items.has('UPDATE') !== true) return
  const { tag, collation, contexts, settings } = session
  const kept = contexts.byTag.size < settings.limits.followedSearches ? results() : null
  if (kept === null) {
    notFollowed(session, 'Too many contexts.')
    return
  }
  const news = returns.news ?? []
  contexts.byTag.set(tag, {
    correlator: { tag, mailbox },
    numbering,
    keys: fixed(keys, view),
    collation,
    results: kept,
    news,
  })
}

/** RFC 5267 §4.3.1. */
export function notFollowed(session: Session, reason: string): void {
  session.untagged(`NO [NOUPDATE ${writeString(session.tag)}] ${reason}`)
}

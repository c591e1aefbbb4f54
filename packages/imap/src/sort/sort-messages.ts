import { breathe, type FetchPage, type Flow, type NoSuchMailbox, type UidList } from '@mailwright/core'
import { store } from '../calls.js'
import { paced } from '../paced.js'
import { progress } from '../progress.js'
import type { Searched } from '../search/find.js'
import type { Session } from '../session.js'
import { orderOf } from './order.js'
import { SortColumns } from './sort-columns.js'
import { fieldsOf, type SortCriterion } from './sort-criterion.js'

/** Octets of header that are taken apart before others have their turn. */
const PACE = 262_144

/**
 * Sorts messages (RFC 5256 §3), by what their columns and digests tell. Ties stay in the order of the sequence numbers.
 *
 * @param uids ascending.
 * @returns those that are still there, in order.
 */
export function* sortMessages(
  session: Session,
  { ref }: Searched,
  uids: UidList,
  criteria: readonly SortCriterion[],
): Flow<UidList | NoSuchMailbox> {
  const columns = new SortColumns(criteria, session.collation, session.settings.limits.sortKey)
  const fields = [...new Set(criteria.flatMap(({ key }) => fieldsOf(key)))]
  const found = new Uint32Array(uids.length)
  let count = 0
  let cursor: number | null = null
  let left = PACE
  do {
    const page: FetchPage | NoSuchMailbox =
      uids.length === 0 ? NOTHING : yield* store.call('fetch', { ...ref, uids, fields, cursor })
    if (page.kind === 'noSuchMailbox') return page
    for (const [at, uid] of page.uids.entries()) {
      columns.add(page, at)
      found[count++] = uid
      left -= page.digests?.[at]?.fields.length ?? 0
      if (left > 0) continue
      left = PACE
      yield* breathe()
    }
    progress(session, count, uids.length)
    yield* breathe()
    cursor = page.cursor
  } while (cursor !== null)
  const order = yield* paced(orderOf(count, (one, other) => columns.compare(one, other)))
  return order.map((at) => found[at] ?? 0)
}

const NOTHING: FetchPage = { kind: 'page', uids: new Uint32Array(0), cursor: null }

import { breathe, type FetchPage, type Flow, type NoSuchMailbox, type UidList } from '@mailwright/core'
import { store } from '../calls.js'
import { paced } from '../paced.js'
import { progress } from '../progress.js'
import type { Searched } from '../search/find.js'
import type { Session } from '../session.js'
import { orderOf } from './order.js'
import { SortColumns } from './sort-columns.js'
import type { SortCriterion } from './sort-criterion.js'

/** Octets of header that are taken apart before others have their turn. */
const PACE = 262_144

export interface Sorted {
  /** In order. */
  readonly uids: UidList
  readonly columns: SortColumns
  /** UIDs by their rows in the columns. */
  readonly rows: UidList
}

/**
 * Sorts messages (RFC 5256 §3), by what their columns and digests tell. Ties stay in the order of the sequence numbers.
 * Those that are gone are left out.
 *
 * @param uids ascending.
 * @param scores relevancies by UID, where they are sorted by.
 */
export function* sortMessages(
  session: Session,
  searched: Searched,
  uids: UidList,
  criteria: readonly SortCriterion[],
  scores: ReadonlyMap<number, number> = new Map(),
): Flow<Sorted | NoSuchMailbox> {
  const columns = new SortColumns(criteria, session.collation, session.settings.limits.sortKey, scores)
  const rows = yield* readRows(session, searched, uids, columns)
  if ('kind' in rows) return rows
  const order = yield* paced(orderOf(rows.length, (one, other) => columns.compare(one, other)))
  return { uids: order.map((row) => rows[row] ?? 0), columns, rows }
}

/** Reads what messages are sorted by, a row for each that is still there. Returns the UIDs of the rows. */
export function* readRows(
  session: Session,
  { ref }: Searched,
  uids: UidList,
  columns: SortColumns,
): Flow<UidList | NoSuchMailbox> {
  if (uids.length === 0) return uids
  const { fields } = columns
  const found = new Uint32Array(uids.length)
  let count = 0
  let cursor: number | null = null
  let left = PACE
  do {
    const page: FetchPage | NoSuchMailbox = yield* store.call('fetch', { ...ref, uids, fields, cursor })
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
  return found.subarray(0, count)
}

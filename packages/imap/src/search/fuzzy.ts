import type { Flow, NoSuchMailbox, UidList } from '@mailwright/core'
import type { Session } from '../session.js'
import { CLOSENESS, type Closeness, closeTo } from './closeness.js'
import { find, type Searched } from './find.js'
import type { SearchKey } from './search-key.js'

/** Scores by how close a message came, of 1 to 100 (RFC 6203 §4). */
const SCORES: { readonly [C in Closeness]: number } = { phrase: 100, words: 60, near: 20 }

/**
 * How relevant messages are that met a fuzzy key: what meets it to the letter, what holds all its words, and the rest. Looks
 * again, ever more loosely, at those that are left.
 *
 * @param uids ascending.
 * @returns scores by UID.
 */
export function* relevancies(
  session: Session,
  searched: Searched,
  key: SearchKey,
  uids: UidList,
): Flow<ReadonlyMap<number, number> | NoSuchMailbox> {
  const scores = new Map<number, number>()
  let left = uids
  for (const closeness of CLOSENESS) {
    if (left.length === 0) break
    const found = closeness === 'near' ? left : yield* findAmong(session, searched, closeTo(key, closeness), left)
    if ('kind' in found) return found
    for (const uid of found) scores.set(uid, SCORES[closeness])
    left = left.filter((uid) => !scores.has(uid))
  }
  return scores
}

function* findAmong(
  session: Session,
  searched: Searched,
  key: SearchKey,
  uids: UidList,
): Flow<UidList | NoSuchMailbox> {
  const ranges = Array.from(uids, (uid) => ({ first: uid, last: uid }))
  const among: SearchKey = { key: 'set', numbering: 'uid', set: { kind: 'ranges', ranges } }
  const found = yield* find(session, searched, { key: 'and', keys: [among, key] })
  return found.kind === 'found' ? found.uids : found
}

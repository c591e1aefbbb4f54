import { type Flow, uidList } from '@mailwright/core'
import { fetchItems } from '../commands/fetch.js'
import { writeUpdate } from '../response/search.js'
import type { Session } from '../session.js'
import { readRows } from '../sort/sort-messages.js'
import type { Selected } from '../states.js'
import type { MailboxView } from '../view.js'
import { find } from './find.js'
import { type ResultRun, type SearchContext, SortedResults } from './search-context.js'
import { mapKeys, type SearchKey } from './search-key.js'

/** Tells which results went with their messages: while these still have their numbers (RFC 5267 §4.3.4). */
export function tellVanished(session: Session, { view }: Selected): void {
  const { contexts } = session
  const vanished = contexts.takeVanished()
  if (vanished.length === 0) return
  for (const context of contexts.byTag.values()) {
    const going = vanished.filter((uid) => context.results.has(uid))
    tellRuns(session, view, context, 'REMOVEFROM', context.results.remove(going))
  }
}

/** Looks again at messages that came or changed, and tells which results came or went (RFC 5267 §4.3.2). */
export function* tellTouched(session: Session, mailbox: Selected): Flow<void> {
  const { contexts } = session
  const { view } = mailbox
  const touched = contexts.takeTouched((uid) => view.seqOf(uid) > 0)
  const fresh = contexts.takeFresh()
  if (touched.length === 0) return
  const among: SearchKey = { key: 'set', numbering: 'uid', set: setOf(touched) }
  for (const context of contexts.byTag.values()) {
    const keys: SearchKey = { key: 'and', keys: [among, context.keys] }
    const found = yield* find(session, mailbox, keys, context.collation)
    if (found.kind === 'noSuchMailbox') return
    const matching = new Set(found.uids)
    const { results } = context
    const going = touched.filter((uid) => !matching.has(uid) && results.has(uid))
    const coming = [...matching].filter((uid) => !results.has(uid))
    if (results instanceof SortedResults) yield* readComing(session, mailbox, results, coming)
    tellRuns(session, view, context, 'REMOVEFROM', results.remove(going))
    const runs = results.add(coming)
    const news = context.news.length === 0 ? [] : coming.filter((uid) => fresh.has(uid))
    // RFC 5465 §7: between EXISTS and ESEARCH.
    if (news.length > 0) yield* fetchItems(session, mailbox, context.news, uidList(news))
    tellRuns(session, view, context, 'ADDTO', runs)
  }
}

/** A result that comes back has its row already. */
function* readComing(
  session: Session,
  mailbox: Selected,
  results: SortedResults,
  coming: readonly number[],
): Flow<void> {
  const fresh = uidList(coming.filter((uid) => !results.hasRow(uid)))
  const rows = yield* readRows(session, mailbox, fresh, results.columns)
  if ('kind' in rows) return
  for (const uid of rows) results.rowCame(uid)
}

function tellRuns(
  session: Session,
  view: MailboxView,
  { correlator, numbering }: SearchContext,
  item: 'ADDTO' | 'REMOVEFROM',
  runs: readonly ResultRun[],
): void {
  if (runs.length === 0) return
  const numbered = runs.map(({ position, uids }) => ({
    position,
    numbers: numbering === 'uid' ? uids : uids.map((uid) => view.seqOf(uid)),
  }))
  session.untagged(writeUpdate(correlator, numbering, item, numbered))
}

/** A set of exactly those UIDs, which ascend. */
function setOf(uids: readonly number[]) {
  const ranges: { readonly first: number; last: number }[] = []
  for (const uid of uids) {
    const before = ranges.at(-1)
    if (before !== undefined && before.last === uid - 1) before.last = uid
    else ranges.push({ first: uid, last: uid })
  }
  return { kind: 'ranges', ranges } as const
}

/**
 * Keys with sequence numbers and `$` as the UIDs they stand for now: so they keep their meaning while numbers change
 * (RFC 5267 §4.3).
 */
export function fixed(key: SearchKey, view: MailboxView): SearchKey {
  return mapKeys(key, (simple) => {
    if (simple.key !== 'set' || (simple.numbering === 'uid' && simple.set.kind === 'ranges')) return simple
    const counted = view.uids()
    const spans = view.searchedSpans(simple.set, simple.numbering)
    const uids = spans.flatMap(({ from, to }) => [...counted.subarray(from, to)])
    return uids.length === 0 ? { key: 'not', of: { key: 'all' } } : { key: 'set', numbering: 'uid', set: setOf(uids) }
  })
}

import {
  uid as asUid,
  breathe,
  type FetchPage,
  type Flow,
  type NoSuchMailbox,
  SEEN,
  type UidList,
} from '@mailwright/core'
import { store } from '../calls.js'
import { narrowed } from '../changed-since.js'
import type { CommandOf, FetchItem } from '../command.js'
import { limitMessages, withLimit } from '../extensions/message-limit.js'
import { type Fetched, fetchMessage } from '../fetch-message.js'
import { type FetchPlan, planFetch } from '../fetch-plan.js'
import { messageData, tellFlags } from '../flag-lines.js'
import { progress } from '../progress.js'
import { BAD_SET, EXPUNGE_ISSUED, MAILBOX_GONE } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'

/** Messages whose `\Seen` is set in one call, just before they are sent: one that is never sent is not read. */
const SEEN_BATCH = 32

/**
 * RFC 3501 §6.4.5. A loop over the store's pages, so memory stays bounded whatever the set. Flags come from the view; what only they
 * are asked for never reaches the store.
 *
 * Messages that are gone are left out; asked for by number, that is said (RFC 2180 §4.1.2), as UIDs they are ignored
 * (RFC 3501 §6.4.8).
 */
export function* fetch(session: Session, mailbox: Selected, command: CommandOf<'FETCH'>): Flow<Reply> {
  const { numbering } = command
  const asked = mailbox.view.resolve(command.set, numbering)
  if (asked === null) return BAD_SET
  const plan = planFetch(itemsOf(session, command), session.settings.limits.lazyPreviews)
  if (plan.hasModSeq) session.usesModSeq()
  const wanted = yield* narrowed(session, mailbox, command, asked)
  if ('kind' in wanted) return MAILBOX_GONE
  const { uids, code } = limitMessages(session, wanted)
  const answered = yield* plan.fields.length === 0
    ? fetchFromView(session, mailbox, plan, uids)
    : fetchFromStore(session, mailbox, plan, uids)
  if (answered === null) return MAILBOX_GONE
  if (answered.hasUnknownEncoding) return UNKNOWN_ENCODING
  const areThere = answered.messages === uids.length
  // No hint came of those that went; a client that is not told of it would ask for them again and again.
  if (!areThere) session.isStale = true
  const isComplete = areThere || numbering === 'uid'
  return withLimit(session, isComplete ? ok('Fetch completed.') : EXPUNGE_ISSUED, code)
}

/** Tells items of messages unasked: of those that came, what NOTIFY asked for (RFC 5465 §5.2). Those that are gone are left out. */
export function* fetchItems(
  session: Session,
  mailbox: Selected,
  items: readonly FetchItem[],
  uids: UidList,
): Flow<void> {
  const plan = planFetch(items, session.settings.limits.lazyPreviews)
  if (plan.hasModSeq) session.usesModSeq()
  yield* plan.fields.length === 0
    ? fetchFromView(session, mailbox, plan, uids)
    : fetchFromStore(session, mailbox, plan, uids)
}

/**
 * The items asked for, and those that come unasked: UID of UID FETCH (RFC 3501 §6.4.8), but in UIDFETCH responses, which begin
 * with it (RFC 9586 §3.3); MODSEQ of CHANGEDSINCE (RFC 7162 §3.1.4.1).
 */
function itemsOf(session: Session, { items, changedSince, numbering }: CommandOf<'FETCH'>): readonly FetchItem[] {
  const lacks = (name: FetchItem['item']): boolean => !items.some(({ item }) => item === name)
  const addsUid = numbering === 'uid' && !session.enabled.has('UIDONLY') && lacks('UID')
  return [
    ...(addsUid ? [{ item: 'UID' } as const] : []),
    ...items,
    ...(changedSince !== null && lacks('MODSEQ') ? [{ item: 'MODSEQ' } as const] : []),
  ]
}

/** What was answered. */
interface Tally {
  readonly messages: number
  /** Some item of some message could not be, since nobody knows its transfer encoding. */
  readonly hasUnknownEncoding: boolean
}

/** RFC 3516 §4.3. */
const UNKNOWN_ENCODING = no('Unknown Content-Transfer-Encoding.', 'UNKNOWN-CTE')

/** Answers what the view knows: UID and FLAGS, which nothing can keep from being written. Clients ask it of whole mailboxes. */
function* fetchFromView(session: Session, mailbox: Selected, plan: FetchPlan, uids: UidList): Flow<Tally> {
  const { view } = mailbox
  let answered = 0
  let index = -1
  for (const uid of uids) {
    if (view.isGone(uid)) continue
    answered += 1
    index = view.indexOf(uid, index + 1)
    let items = ''
    for (const { item } of plan.items) {
      if (items !== '') items += ' '
      items += item === 'UID' ? `UID ${uid}` : `FLAGS ${tellFlags(session, view, uid, index)}`
    }
    session.wire.write(`${messageData(session, { seq: view.seqAt(index), uid })}${items})\r\n`)
    progress(session, answered, uids.length)
    if (session.wire.isFull) yield* breathe()
  }
  return { messages: answered, hasUnknownEncoding: false }
}

/** Answers page by page. `null`: the mailbox is gone. */
function* fetchFromStore(session: Session, mailbox: Selected, plan: FetchPlan, uids: UidList): Flow<Tally | null> {
  let messages = 0
  let hasUnknownEncoding = false
  let cursor: number | null = null
  do {
    const page: FetchPage | NoSuchMailbox =
      uids.length === 0 ? EMPTY : yield* store.call('fetch', { ...mailbox.ref, uids, fields: plan.fields, cursor })
    if (page.kind === 'noSuchMailbox') return null
    if (page.flags !== undefined && page.modSeqs !== undefined) mailbox.view.learned(page.flags, page.modSeqs)
    for (let from = 0; from < page.uids.length; from += SEEN_BATCH) {
      const to = Math.min(from + SEEN_BATCH, page.uids.length)
      const seen = yield* markSeen(mailbox, plan, page.uids.subarray(from, to))
      for (let at = from; at < to; at++) {
        const fetched = yield* fetchRow(session, mailbox, plan, page, at, seen)
        if (fetched !== 'gone') messages += 1
        hasUnknownEncoding ||= fetched === 'unknownEncoding'
        progress(session, messages, uids.length)
        if (session.wire.isFull) yield* breathe()
      }
    }
    cursor = page.cursor
  } while (cursor !== null)
  return { messages, hasUnknownEncoding }
}

const EMPTY: FetchPage = { kind: 'page', uids: new Uint32Array(0), cursor: null }

function* fetchRow(
  session: Session,
  mailbox: Selected,
  plan: FetchPlan,
  page: FetchPage,
  at: number,
  seen: ReadonlyMap<number, number>,
): Flow<Fetched> {
  const uid = asUid(page.uids[at] ?? 0)
  const seq = mailbox.view.seqOf(uid)
  if (seq === 0) return 'gone'
  return yield* fetchMessage(session, mailbox, plan, {
    seq,
    uid,
    octets: page.octets?.[at],
    internalDate: page.internalDates?.[at],
    saveDate: page.saveDates?.[at],
    modSeq: page.modSeqs?.[at],
    emailId: page.emailIds?.[at],
    threadId: page.threadIds?.[at],
    digest: page.digests?.[at],
    seenNow: seen.get(uid),
  })
}

/** Sets `\Seen` on those of the messages that lack it. Returns which they were, with the mod-sequences it gave. */
function* markSeen(mailbox: Selected, plan: FetchPlan, uids: UidList): Flow<ReadonlyMap<number, number>> {
  const { view, ref, isReadOnly, rights } = mailbox
  // RFC 4314 §4: without the right the flag is not set, and nothing is refused.
  if (!plan.setsSeen || isReadOnly || !rights.includes('s')) return NONE
  const unseen = uids.filter((uid) => (view.bitsAt(view.indexOf(uid)) & SEEN) === 0)
  if (unseen.length === 0) return NONE
  const answer = yield* store.call('storeFlags', { ...ref, uids: unseen, change: ADD_SEEN })
  if (answer.kind !== 'stored') return NONE
  view.stored(answer.changed, answer.modSeqs, 'told')
  return new Map(Array.from(answer.changed.uids, (uid, at) => [uid, answer.modSeqs[at] ?? 0]))
}

const NONE: ReadonlyMap<number, number> = new Map()
const ADD_SEEN = { mode: 'add', flags: { system: SEEN, keywords: [] } } as const

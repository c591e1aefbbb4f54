import { breathe, type FetchPage, type Flow, type MailboxRef, type NoSuchMailbox, type UidList } from '@mailwright/core'
import { calendar, reader, store } from '../calls.js'
import { progress } from '../progress.js'
import type { Session } from '../session.js'
import { type MailboxView, RECENT } from '../view.js'
import { closeTo } from './closeness.js'
import type { Collation } from './collation.js'
import type { SearchConditions, SearchMessages } from './key-test.js'
import { MessageSearch, type OpenMessage } from './message-search.js'
import { type SearchKey, simpleKeys } from './search-key.js'

/** Numbers and flags that are tested before others have their turn: some milliseconds' work. */
const SCANNED = 100_000
/** Keys tested on columns and digests before others have their turn, at a few microseconds each. */
const TESTED = 1_024

/** A mailbox that is searched, as a view has it. */
export interface Searched {
  readonly ref: MailboxRef
  readonly view: MailboxView
}

export type Found =
  | {
      readonly kind: 'found'
      /** UIDs of the messages that match and are still there, ascending. */
      readonly uids: UidList
    }
  | NoSuchMailbox

/**
 * Finds the messages that meet a key: what every command that searches begins with. From cheap to dear: numbers and flags,
 * which the view holds; columns; digests; and only then, one by one, the messages that are still undecided. Messages that
 * are gone match nothing.
 */
export function* find(
  session: Session,
  searched: Searched,
  asked: SearchKey,
  collation: Collation = session.collation,
): Flow<Found> {
  const { view } = searched
  const key = closeTo(asked, 'near')
  const search = new MessageSearch(key, searchMessages(view), yield* conditions(session, key, collation))
  const turn = perTurn(SCANNED, search)
  for (let at = 0; at < search.length; at += turn) {
    if (at > 0) yield* breathe()
    search.scan(at, at + turn)
  }
  if (!(yield* decide(session, searched, search))) return { kind: 'noSuchMailbox' }
  const results = search.results()
  return { kind: 'found', uids: view.hasGone ? results.filter((uid) => !view.isGone(uid)) : results }
}

function* conditions(session: Session, key: SearchKey, collation: Collation): Flow<SearchConditions> {
  const isDated = simpleKeys(key).some((simple) => simple.key === 'older' || simple.key === 'younger')
  const now = isDated ? (yield* calendar.call('readDate', {})).date : 0
  return { collation, now, savesDates: session.settings.supports.saveDates === true }
}

/** Asks the store for what is needed to decide every message. False when the mailbox is gone. */
function* decide(session: Session, searched: Searched, search: MessageSearch): Flow<boolean> {
  const turn = perTurn(TESTED, search)
  for (let stage = search.nextStage(); stage !== null; stage = search.nextStage()) {
    let cursor: number | null = null
    // What is decided already, and what of the rest was looked at.
    let done = search.length - stage.uids.length
    do {
      const page: FetchPage | NoSuchMailbox = yield* store.call('fetch', { ...searched.ref, ...stage, cursor })
      if (page.kind === 'noSuchMailbox') return false
      for (let from = 0; from < page.uids.length; from += turn) {
        let read = 0
        for (const message of search.takePage(page, from, from + turn)) {
          yield* inspect(searched, message)
          progress(session, done + from + ++read, search.length)
        }
        yield* breathe()
      }
      done += page.uids.length
      progress(session, done, search.length)
      yield* breathe()
      cursor = page.cursor
    } while (cursor !== null)
  }
  return true
}

/** Messages to test before others have their turn: the more keys, the fewer. */
function perTurn(tests: number, { keys }: MessageSearch): number {
  return Math.max(1, Math.floor(tests / Math.max(1, keys)))
}

/** Reads a message as far as it takes to decide it. */
function* inspect(searched: Searched, message: OpenMessage): Flow<void> {
  const answer = yield* store.call('body', { ...searched.ref, uid: message.uid })
  if (answer.kind !== 'body') return
  const source = answer.body
  const reading = message.inspect()
  for (let step = reading.next(); step.done !== true; ) {
    const end = Math.min(step.value.end, source.octets)
    const start = Math.min(step.value.start, end)
    const { octets } = yield* reader.call('readBody', { source, start, end })
    step = reading.next(octets)
  }
}

function searchMessages(view: MailboxView): SearchMessages {
  return {
    uids: view.uids(),
    systemFlags: (index) => view.bitsAt(index) & ~RECENT,
    isRecent: (index) => (view.bitsAt(index) & RECENT) !== 0,
    hasKeyword: (index, keyword) => view.keywords.has(index, keyword),
    spans: (set, numbering) => view.searchedSpans(set, numbering),
  }
}

import { breathe, type FetchPage, type Flow, type NoSuchMailbox } from '@mailwright/core'
import { reader, store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { BAD_SET, MAILBOX_GONE } from '../refusals.js'
import { ok, type Reply } from '../reply.js'
import { writeSearch } from '../response/mailbox-data.js'
import type { SearchMessages } from '../search/key-test.js'
import { beginSearch, type MessageSearch, type OpenMessage } from '../search/message-search.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { type MailboxView, RECENT } from '../view.js'

/** Messages scanned before others have their turn. */
const SCAN = 10_000

/**
 * RFC 3501 §6.4.4. From cheap to dear: numbers and flags, which the view holds; columns; digests; and only then, one by one, the
 * messages that are still undecided. Messages that are gone match nothing, and who asked by number is told
 * (RFC 5530 §3).
 */
export function* search(session: Session, mailbox: Selected, command: CommandOf<'SEARCH'>): Flow<Reply> {
  const { view } = mailbox
  const { numbering } = command
  const found = beginSearch(command.keys, searchMessages(view))
  if (found === null) return BAD_SET
  for (let at = 0; at < found.length; at += SCAN) {
    if (at > 0) yield* breathe()
    found.scan(at, at + SCAN)
  }
  if (!(yield* decide(mailbox, found))) return MAILBOX_GONE
  if (!view.hasGone) {
    session.untagged(writeSearch(found.results(numbering)))
    return ok('Search completed.')
  }
  const uids = found.results('uid').filter((uid) => !view.isGone(uid))
  session.untagged(writeSearch(numbering === 'uid' ? uids : uids.map((uid) => view.seqOf(uid))))
  return ok('Search completed.', numbering === 'uid' ? null : 'EXPUNGEISSUED')
}

/** Asks the store for what is needed to decide every message. False when the mailbox is gone. */
function* decide(mailbox: Selected, found: MessageSearch): Flow<boolean> {
  for (let stage = found.nextStage(); stage !== null; stage = found.nextStage()) {
    let cursor: number | null = null
    do {
      const page: FetchPage | NoSuchMailbox = yield* store.call('fetch', { ...mailbox.ref, ...stage, cursor })
      if (page.kind === 'noSuchMailbox') return false
      for (const message of found.takePage(page)) yield* inspect(mailbox, message)
      yield* breathe()
      cursor = page.cursor
    } while (cursor !== null)
  }
  return true
}

/** Reads a message as far as it takes to decide it. */
function* inspect(mailbox: Selected, message: OpenMessage): Flow<void> {
  const answer = yield* store.call('body', { ...mailbox.ref, uid: message.uid })
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
    spans: (set, numbering) => view.spans(set, numbering),
  }
}

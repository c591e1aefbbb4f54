import { breathe, type FetchPage, type Flow, type NoSuchMailbox, type ThreadKeys, type UidList } from '@mailwright/core'
import { baseSubject } from '@mailwright/message'
import { store } from '../calls.js'
import type { LongWork } from '../paced.js'
import { paced } from '../paced.js'
import { progress } from '../progress.js'
import type { Searched } from '../search/find.js'
import type { Session } from '../session.js'
import { sortText } from '../sort/sort-columns.js'
import { orderedSubject } from './ordered-subject.js'
import { references, refs } from './references.js'
import type { ThreadMessage, Threads } from './threaded.js'

/** RFC 5256 §3; REFS: draft-ietf-morg-inthread. */
export type ThreadAlgorithm = 'ORDEREDSUBJECT' | 'REFERENCES' | 'REFS'

const ALGORITHMS: {
  readonly [A in ThreadAlgorithm]: (messages: readonly ThreadMessage[]) => LongWork<Threads>
} = { ORDEREDSUBJECT: orderedSubject, REFERENCES: references, REFS: refs }

/** Octets of header fields that are taken apart before others have their turn. */
const PACE = 262_144

/** Messages with their threads. */
export interface Threaded {
  readonly messages: readonly ThreadMessage[]
  readonly threads: Threads
}

/**
 * Threads messages by what their digests tell. Messages that are gone are left out.
 *
 * @param uids ascending.
 */
export function* threadMessages(
  session: Session,
  { ref }: Searched,
  uids: UidList,
  algorithm: ThreadAlgorithm,
): Flow<Threaded | NoSuchMailbox> {
  const { collation, settings } = session
  const messages: ThreadMessage[] = []
  let cursor: number | null = null
  let left = PACE
  do {
    const page: FetchPage | NoSuchMailbox =
      uids.length === 0 ? NOTHING : yield* store.call('fetch', { ...ref, uids, fields: FIELDS, cursor })
    if (page.kind === 'noSuchMailbox') return page
    for (const [at, uid] of page.uids.entries()) {
      const digest = page.digests?.[at]
      if (digest === undefined) continue
      const internalDate = page.internalDates?.[at] ?? 0
      const { base, isReply } = baseSubject(digest.thread.subject ?? '')
      messages.push({
        uid,
        sentDate: digest.thread.sentDate ?? internalDate,
        messageId: messageIdOf(digest.thread),
        references: referencesOf(digest.thread),
        subject: sortText(base, collation, settings.limits.sortKey),
        isReply,
      })
      left -= digest.fields.length
      if (left > 0) continue
      left = PACE
      yield* breathe()
    }
    progress(session, messages.length, uids.length)
    yield* breathe()
    cursor = page.cursor
  } while (cursor !== null)
  return { messages, threads: yield* paced(ALGORITHMS[algorithm](messages)) }
}

const FIELDS = ['internalDate', 'digest'] as const
const NOTHING: FetchPage = { kind: 'page', uids: new Uint32Array(0), cursor: null }

/** Those of References or, where there is none, the first of In-Reply-To (RFC 5256 §3). */
function referencesOf({ references: ids, inReplyTo }: ThreadKeys): readonly string[] {
  const valid = ids.every(isMessageId) ? ids : ids.filter(isMessageId)
  if (valid.length > 0) return valid
  const first = inReplyTo.find(isMessageId)
  return first === undefined ? [] : [first]
}

function messageIdOf({ messageId }: ThreadKeys): string | null {
  return messageId !== null && isMessageId(messageId) ? messageId : null
}

/** A message id has a domain (RFC 5322 §3.6.4): others are not valid, and name nothing. */
function isMessageId(id: string): boolean {
  return id.includes('@')
}

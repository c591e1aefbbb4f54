import { breathe, type Flow } from '@mailwright/core'
import { store } from './calls.js'
import { tellVanishedEarlier } from './changed-since.js'
import type { Resync } from './command.js'
import { tellFlagNews } from './flag-lines.js'
import type { Session } from './session.js'
import { inRanges } from './spans.js'
import type { Selected } from './states.js'
import type { MailboxView } from './view.js'

/**
 * Tells what happened since the client saw this mailbox last: VANISHED (EARLIER), then flags (RFC 7162 §3.2.5). The view takes
 * in what happened since its snapshot on the way; that is told when the command ends.
 */
export function* resynchronise(session: Session, mailbox: Selected, resync: Resync): Flow<void> {
  const { view, ref } = mailbox
  const changes = yield* store.call('changesSince', { ...ref, modSeq: resync.modSeq })
  if (changes.kind === 'noSuchMailbox') return
  const { knownUids } = resync
  const known = lastKnown(view, resync.samples)
  tellVanishedEarlier(
    session,
    view,
    changes.vanished.filter((uid) => uid > known),
    knownUids,
  )
  const isKnown = knownUids === null ? () => true : inRanges(knownUids, view.uidNext - 1)
  const { messages, modSeqs } = changes
  view.learned(messages, modSeqs)
  for (const [at, uid] of messages.uids.entries()) {
    if (!isKnown(uid)) continue
    tellFlagNews(session, view, { uid, modSeq: modSeqs[at] ?? 0, items: 'flags' }, 'uid')
    if (session.wire.isFull) yield* breathe()
  }
}

/**
 * The greatest UID that has the sequence number the client knows it by: it has heard of every expunge below, however little the
 * store remembers (RFC 7162 §3.2.5.2).
 */
function lastKnown(view: MailboxView, samples: Resync['samples']): number {
  let known = 0
  for (const { seq, uid } of samples) if (view.seqOf(uid) === seq) known = uid
  return known
}

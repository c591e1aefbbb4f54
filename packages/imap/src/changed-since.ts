import { type Flow, indexOfUid, type NoSuchMailbox, type UidList } from '@mailwright/core'
import { store } from './calls.js'
import type { CommandOf, NumberRange, PartialRange } from './command.js'
import { cutOf } from './partial.js'
import { writeUidSet } from './response/uid-set.js'
import type { Session } from './session.js'
import { inRanges } from './spans.js'
import type { Selected } from './states.js'
import type { MailboxView } from './view.js'

/**
 * Narrows a FETCH to what its modifiers leave: first PARTIAL, then CHANGEDSINCE (RFC 9394 §3.4); and tells what vanished
 * (RFC 7162 §3.2.6), before any FETCH response.
 */
export function* narrowed(
  session: Session,
  mailbox: Selected,
  command: CommandOf<'FETCH'>,
  uids: UidList,
): Flow<UidList | NoSuchMailbox> {
  const asked = command.partial === null ? uids : partOf(uids, command.partial)
  if (command.changedSince === null) return asked
  const { modSeq, tellsVanished } = command.changedSince
  const changes = yield* store.call('changesSince', { ...mailbox.ref, modSeq })
  if (changes.kind === 'noSuchMailbox') return changes
  if (tellsVanished && command.set.kind === 'ranges') {
    tellVanishedEarlier(session, mailbox.view, changes.vanished, command.set.ranges)
  }
  return changes.messages.uids.filter((uid) => indexOfUid(asked, uid) >= 0)
}

function partOf(uids: UidList, range: PartialRange): UidList {
  const { from, to } = cutOf(uids.length, range)
  return uids.subarray(from, to)
}

/**
 *     expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids
 *
 * RFC 7162 §3.2.10.1, §7. Only UIDs the client does not count: of the others it hears when they lose their numbers.
 *
 * @param ranges the UIDs asked for; `null` for all. `*` is the greatest UID there ever was.
 */
export function tellVanishedEarlier(
  session: Session,
  view: MailboxView,
  vanished: UidList,
  ranges: readonly NumberRange[] | null,
): void {
  const isAsked = ranges === null ? () => true : inRanges(ranges, view.uidNext - 1)
  const told = vanished.filter((uid) => isAsked(uid) && view.indexOf(uid) < 0)
  if (told.length > 0) session.untagged(`VANISHED (EARLIER) ${writeUidSet(told)}`)
}

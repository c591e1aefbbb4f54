import { type Flow, indexOfUid, type NoSuchMailbox, type UidList } from '@mailwright/core'
import { store } from './calls.js'
import type { CommandOf, NumberRange, PartialRange } from './command.js'
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

/** The messages of a range that counts from either end; what lies outside is ignored (RFC 9394 §3.1). */
export function partOf<T>(
  list: T & { readonly length: number; subarray(from: number, to: number): T },
  { first, last }: PartialRange,
): T {
  const [from, to] = [Math.min(Math.abs(first), Math.abs(last)), Math.max(Math.abs(first), Math.abs(last))]
  if (first > 0) return list.subarray(Math.min(from - 1, list.length), Math.min(to, list.length))
  return list.subarray(Math.max(list.length - to, 0), Math.max(list.length - from + 1, 0))
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

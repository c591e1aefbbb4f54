import { type Parcel, placementOf } from './delivery.js'
import type { Mailbox } from './mailbox.js'
import type { StoredMessage } from './message-table.js'
import { place, placeInstead } from './placement.js'
import { removeMessages } from './removal.js'
import { keywordsOf } from './spelling.js'

/**
 * Puts a staged message into `target` and removes the message `uid` from `source`. The new one is on the medium before the
 * old one goes, so a crash may leave both and never neither. Runs in the serials of both mailboxes; they may be one, and
 * then nobody sees the step between.
 *
 * @returns `undefined` when there is no message to replace; then nothing was put.
 */
export async function replaceMessage(
  source: Mailbox,
  uid: number,
  target: Mailbox,
  parcel: Parcel,
): Promise<StoredMessage | undefined> {
  const old = source.table.byUid(uid)
  if (old === undefined) return undefined
  await target.letters.assign(keywordsOf(target, [parcel.flags]))
  const placement = placementOf(target, parcel)
  if (source === target) return placeInstead(target, placement, old)
  const [placed] = await place(target, [[placement]])
  if (placed === undefined || 'fault' in placed) throw placed?.fault
  const [message] = placed.messages
  try {
    const gone = await removeMessages(source, [old])
    if (gone.length > 0) return message
  } catch (reason) {
    await removeMessages(target, placed.messages)
    throw reason
  }
  await removeMessages(target, placed.messages)
  return undefined
}

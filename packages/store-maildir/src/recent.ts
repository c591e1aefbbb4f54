import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { unlessMissing } from './disk.js'
import type { Mailbox } from './mailbox.js'
import { infoOf } from './placement.js'
import { inParallel } from './serial.js'

/**
 * Hands out the `\Recent` messages. Runs in the mailbox's serial.
 *
 * @returns the UID from which on nobody claimed before.
 */
export async function claimRecent(mailbox: Mailbox): Promise<number> {
  const { table } = mailbox
  const from = table.recentFrom
  if (from >= table.uidNext) return from
  // Not durable: after a power cut some messages are `\Recent` once more.
  await mailbox.note([{ kind: 'recent', uid: table.uidNext }], false)
  table.recentFrom = table.uidNext
  return from
}

/**
 * Takes messages from `new` to `cur`, as the Maildir specification asks of a reader that has seen them: other programs
 * then stop calling them new. Runs in the mailbox's serial.
 */
export async function takeIn(mailbox: Mailbox): Promise<void> {
  const fresh = mailbox.table.messages.filter(({ uid, seen }) => seen?.part === 'new' && uid < mailbox.table.recentFrom)
  await inParallel(fresh, mailbox.context.limits.parallel, async (message) => {
    const info = infoOf(mailbox, message, message.seen?.info)
    const renamed = await rename(
      mailbox.pathOf(message),
      join(mailbox.location.folder, 'cur', message.base + info),
    ).then(() => true, unlessMissing)
    // Where it is missing another program was faster, and the next look finds it.
    if (renamed === true) message.seen = { part: 'cur', info }
  })
}

import { DELETED, type MailboxRef, SEEN } from '@mailwright/core'
import type { World } from '../world.js'

/** Proves that a mailbox's status says what its snapshot and its messages show; `recent` has laws of its own. */
export async function agreesWithSnapshot(w: World, at: MailboxRef): Promise<void> {
  const { messages, uidNext, uidValidity, highestModSeq } = await w.snapshot(at)
  const { uids, pages } = await w.fetch(at, messages.uids, ['octets'])
  w.check.equal(uids, messages.uids, 'the snapshot lists what can be fetched')
  const sizes = pages.flatMap((page) => Array.from(page.octets ?? []))
  const { recent: _, ...status } = await w.status(at)
  w.check.equal(
    status,
    {
      mailbox: at.mailbox,
      messages: messages.uids.length,
      uidNext,
      uidValidity,
      highestModSeq,
      unseen: messages.system.filter((flags) => (flags & SEEN) === 0).length,
      deleted: messages.system.filter((flags) => (flags & DELETED) !== 0).length,
      size: sizes.reduce((sum, octets) => sum + octets, 0),
    },
    'status',
  )
}

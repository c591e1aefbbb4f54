import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isCode } from './disk.js'
import { RENAME_TRIES } from './limits.js'
import type { Mailbox } from './mailbox.js'
import type { StoredMessage } from './message-table.js'
import { inParallel } from './serial.js'
import { rangesOf } from './uid-ranges.js'

/**
 * Removes messages. The files are gone from the medium before it resolves, so that none comes back after a crash. Runs
 * in the mailbox's serial.
 *
 * @returns UIDs that are gone, also those another program removed meanwhile.
 */
export async function removeMessages(mailbox: Mailbox, messages: readonly StoredMessage[]): Promise<number[]> {
  const removed = new Set<StoredMessage>()
  try {
    await eachFile(mailbox, messages, async (message) => {
      await unlink(mailbox.pathOf(message))
      removed.add(message)
    })
  } finally {
    // Also after a failure: what is unlinked must not be told as there.
    await vanish(mailbox, [...removed])
  }
  return messages.filter(({ uid }) => mailbox.table.byUid(uid) === undefined).map(({ uid }) => uid)
}

/** Records that messages' files are gone. Runs in the mailbox's serial. */
export async function vanish(mailbox: Mailbox, removed: readonly StoredMessage[]): Promise<void> {
  if (removed.length === 0) return
  const modSeq = mailbox.table.highestModSeq + 1
  const uids = rangesOf(removed.map((message) => message.uid).sort((a, b) => a - b))
  await mailbox.commit(
    [{ kind: 'vanished', modSeq, uids }],
    () => mailbox.table.remove(uids, modSeq),
    () => syncParts(mailbox, removed),
  )
}

/** Does something to each message's file, and once more where another program renamed it meanwhile. */
export async function eachFile(
  mailbox: Mailbox,
  messages: readonly StoredMessage[],
  work: (message: StoredMessage) => Promise<void>,
): Promise<void> {
  let waiting = messages
  for (let attempt = 0; waiting.length > 0 && attempt < RENAME_TRIES; attempt++) {
    const lost: StoredMessage[] = []
    await inParallel(waiting, mailbox.context.limits.parallel, async (message) => {
      await work(message).catch((reason: unknown) => {
        if (!isCode(reason, 'ENOENT')) throw reason
        lost.push(message)
      })
    })
    if (lost.length > 0) await mailbox.lookWithin()
    waiting = lost.filter((message) => mailbox.table.byUid(message.uid) === message)
  }
}

/** Makes what happened to these messages' files durable. */
export async function syncParts(mailbox: Mailbox, messages: readonly StoredMessage[]): Promise<void> {
  const parts = new Set(messages.map((message) => message.seen?.part ?? 'cur'))
  await Promise.all([...parts].map((part) => mailbox.context.disk.syncFolder(join(mailbox.location.folder, part))))
}

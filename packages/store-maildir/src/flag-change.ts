import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { FlagChange, Flags } from '@mailwright/core'
import { isCode } from './disk.js'
import { RENAME_TRIES } from './limits.js'
import type { Mailbox } from './mailbox.js'
import { flagRecords, type StoredMessage } from './message-table.js'
import { infoOf } from './placement.js'
import { inParallel } from './serial.js'

/** What STORE came to. */
export interface FlagsStored {
  /** Messages that exist and were not left alone. */
  readonly stored: readonly StoredMessage[]
  /** UIDs of messages that changed after `unchangedSince`. */
  readonly modified: readonly number[]
}

/**
 * Changes flags by renaming files: the name is where every Maildir program looks. Runs in the mailbox's serial.
 *
 * @returns `undefined` when the change needs more keywords than a mailbox may know; nothing is changed then.
 */
export async function changeFlags(
  mailbox: Mailbox,
  uids: Iterable<number>,
  change: FlagChange,
  unchangedSince: number | undefined,
): Promise<FlagsStored | undefined> {
  const { table } = mailbox
  const wanted = [...uids]
  const existing = table.select(wanted)
  const isOpen = (message: StoredMessage): boolean => unchangedSince === undefined || message.modSeq <= unchangedSince
  const targets = existing.filter(isOpen)
  const modified = existing.filter((message) => !isOpen(message)).map((message) => message.uid)
  const spelled = targets.length === 0 ? [] : spell(mailbox, change)
  if (spelled === undefined) return undefined
  const keywords = new Set(spelled)

  const next = new Map<StoredMessage, Flags>()
  for (const message of targets) {
    const flags = flagsAfter(message, change, keywords)
    if (flags !== undefined) next.set(message, flags)
  }
  if (next.size > 0) {
    if (change.mode !== 'remove') await mailbox.letters.assign(keywords)
    await renameAll(mailbox, next, (message) => combine(message, change, keywords))
    const modSeq = table.highestModSeq + 1
    const rows = [...next].map(([{ uid }, flags]) => ({ uid, ...flags }))
    try {
      await mailbox.commit(flagRecords(rows, modSeq), () => {
        for (const [message, flags] of next) table.setFlags(message, flags, modSeq)
      })
    } catch (reason) {
      // The names say what was not recorded: the next look finds out and takes it over.
      for (const message of next.keys()) message.seen = null
      throw reason
    }
  }
  return { stored: targets.filter((message) => table.byUid(message.uid) === message), modified }
}

/** Keywords in the mailbox's spelling; those it need not learn to take them away are left out. */
function spell(mailbox: Mailbox, change: FlagChange): string[] | undefined {
  const spelled: string[] = []
  for (const keyword of change.flags.keywords) {
    const known = mailbox.spell(keyword)
    if (known !== undefined) spelled.push(known)
    else if (change.mode !== 'remove') return undefined
  }
  return spelled
}

/** `undefined` where nothing changes. */
function flagsAfter(message: StoredMessage, change: FlagChange, keywords: ReadonlySet<string>): Flags | undefined {
  const flags = combine(message, change, keywords)
  const before = new Set(message.keywords)
  const isSame =
    flags.system === message.system &&
    flags.keywords.length === before.size &&
    flags.keywords.every((keyword) => before.has(keyword))
  return isSame ? undefined : flags
}

function combine(message: StoredMessage, change: FlagChange, keywords: ReadonlySet<string>): Flags {
  const { system } = change.flags
  switch (change.mode) {
    case 'add':
      return { system: message.system | system, keywords: [...new Set([...message.keywords, ...keywords])] }
    case 'remove':
      return {
        system: message.system & ~system,
        keywords: message.keywords.filter((keyword) => !keywords.has(keyword)),
      }
    case 'replace':
      return { system, keywords: [...keywords] }
    default:
      return change.mode satisfies never
  }
}

/**
 * Renames each file to its new flags. Where another program was faster, the flags follow from what it did; messages that
 * turn out to be gone are taken out of `next`.
 */
async function renameAll(
  mailbox: Mailbox,
  next: Map<StoredMessage, Flags>,
  again: (message: StoredMessage) => Flags,
): Promise<void> {
  let waiting = [...next.keys()]
  for (let attempt = 0; waiting.length > 0 && attempt < RENAME_TRIES; attempt++) {
    const lost: StoredMessage[] = []
    await inParallel(waiting, mailbox.context.limits.parallel, async (message) => {
      const info = infoOf(mailbox, next.get(message) ?? again(message), message.seen?.info)
      try {
        await rename(mailbox.pathOf(message), join(mailbox.location.folder, 'cur', message.base + info))
        message.seen = { part: 'cur', info }
      } catch (reason) {
        if (!isCode(reason, 'ENOENT')) throw reason
        lost.push(message)
      }
    })
    if (lost.length > 0) await mailbox.lookWithin()
    for (const message of lost) next.delete(message)
    waiting = lost.filter((message) => mailbox.table.byUid(message.uid) === message)
    for (const message of waiting) next.set(message, again(message))
  }
  for (const message of waiting) next.delete(message)
}

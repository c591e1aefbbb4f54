import { lstat, rename } from 'node:fs/promises'
import { isCode, unlessMissing } from './disk.js'
import { RENAME_TRIES } from './limits.js'
import type { Mailbox } from './mailbox.js'
import { addedRecord, type StoredMessage } from './message-table.js'
import { freshBase, infoOf, type Placed, type Placement, place } from './placement.js'
import { namedSizes } from './reading.js'
import { eachFile, removeMessages, syncParts, vanish } from './removal.js'
import { inParallel } from './serial.js'
import { keywordsOf, spelledIn } from './spelling.js'

/** A message that was copied or moved, and what came of it. */
export interface Transferred {
  readonly from: StoredMessage
  readonly to: StoredMessage
}

/** Copies messages by hard links, all or none. Runs in the serials of both mailboxes; they may be one. */
export async function copyMessages(
  source: Mailbox,
  uids: Iterable<number>,
  target: Mailbox,
): Promise<readonly Transferred[]> {
  const wanted = [...uids]
  for (let attempt = 1; ; attempt++) {
    const messages = source.table.select(wanted)
    if (messages.length === 0) return []
    await target.letters.assign(keywordsOf(target, messages))
    const placed = await placeCopies(source, messages, target)
    if ('messages' in placed) return pairsOf(messages, placed.messages)
    if (attempt >= RENAME_TRIES || !isCode(placed.fault, 'ENOENT')) throw placed.fault
    await source.lookWithin()
  }
}

async function placeCopies(source: Mailbox, messages: readonly StoredMessage[], target: Mailbox): Promise<Placed> {
  const placements: Placement[] = []
  try {
    await inParallel(messages.entries(), source.context.limits.parallel, async ([at, message]) => {
      placements[at] = await copyOf(source, message, target)
    })
  } catch (fault) {
    return { fault }
  }
  const [placed] = await place(target, [placements])
  return placed ?? { messages: [] }
}

async function copyOf(source: Mailbox, message: StoredMessage, target: Mailbox): Promise<Placement> {
  const path = source.pathOf(message)
  const facts = await lstat(path, { bigint: true })
  const { wire, isRaw } = namedSizes(message)
  const { internalDate, octets, system } = message
  const flags = { system, keywords: spelledIn(target, message.keywords) }
  return { source: { path, facts, use: 'link' }, octets, wire, isRaw, part: 'cur', flags, internalDate }
}

function pairsOf(messages: readonly StoredMessage[], copies: readonly StoredMessage[]): Transferred[] {
  return messages.flatMap((from, at) => {
    const to = copies[at]
    return to === undefined ? [] : [{ from, to }]
  })
}

/**
 * Moves messages by renaming their files: at any moment, also after a crash, each is in one of the two and never in
 * both (RFC 6851 §3.3). Runs in the serials of both; they may be one.
 *
 * Where the folders are on different file systems a message is copied and then removed, so a crash may leave both.
 */
export async function moveMessages(
  source: Mailbox,
  messages: readonly StoredMessage[],
  target: Mailbox,
): Promise<readonly Transferred[]> {
  const placed: Transferred[] = []
  await target.letters.assign(keywordsOf(target, messages))
  const first = target.takeUids(messages.length)
  const uids = new Map(messages.map((message, at) => [message, first + at]))
  try {
    await eachFile(source, messages, async (message) => {
      const to = await movedMessage(source, message, target, uids.get(message) ?? 0)
      target.arriving.add(to.base)
      await rename(source.pathOf(message), target.pathOf(to))
      placed.push({ from: message, to })
    })
    placed.sort((a, b) => a.to.uid - b.to.uid)
    await showMoved(source, placed, target)
    return placed
  } catch (reason) {
    for (const { from, to } of placed) await rename(target.pathOf(to), source.pathOf(from)).catch(unlessMissing)
    if (!isCode(reason, 'EXDEV')) throw reason
  } finally {
    target.arriving.clear()
  }
  const copied = await copyMessages(
    source,
    messages.map(({ uid }) => uid),
    target,
  )
  await removeMessages(
    source,
    copied.map(({ from }) => from),
  )
  return copied
}

async function showMoved(source: Mailbox, placed: readonly Transferred[], target: Mailbox): Promise<void> {
  const modSeq = target.table.highestModSeq + 1
  const arrived = placed.map(({ to }) => Object.assign(to, { modSeq }))
  const show = (): void => {
    for (const message of arrived) target.table.add(message)
  }
  const records = arrived.map((message) => addedRecord(message, 0))
  await target.commit(records, show, () => syncParts(target, arrived))
  await vanish(
    source,
    placed.map(({ from }) => from),
  )
}

async function movedMessage(
  source: Mailbox,
  message: StoredMessage,
  target: Mailbox,
  uid: number,
): Promise<StoredMessage> {
  const facts = await lstat(source.pathOf(message), { bigint: true })
  const keywords = spelledIn(target, message.keywords)
  const seen = { part: 'cur', info: infoOf(target, { system: message.system, keywords }) } as const
  return { ...message, base: freshBase(target, facts, namedSizes(message)), uid, keywords, seen }
}

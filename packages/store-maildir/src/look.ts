import type { Dirent } from 'node:fs'
import { lstat, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Flags } from '@mailwright/core'
import { isCode, unlessMissing } from './disk.js'
import { byDelivery, flagsOfInfo, isMessageName, sizesOfBase, splitFileName } from './file-name.js'
import type { JournalRecord } from './journal-line.js'
import type { Part } from './layout.js'
import type { Mailbox } from './mailbox.js'
import { addedRecord, flagRecords, type StoredMessage } from './message-table.js'
import { MailboxGone } from './problem.js'
import { inParallel } from './serial.js'
import { rangesOf } from './uid-ranges.js'

type Seen = NonNullable<StoredMessage['seen']>
/** Where each base name was found. */
type Found = Map<string, Seen>

/**
 * Reads `new` and `cur` and takes over what other programs did: new files get UIDs in the order they were delivered,
 * missing ones vanish, renamed ones carry other flags. Runs in the mailbox's serial.
 */
export async function look(mailbox: Mailbox): Promise<void> {
  const { table } = mailbox
  const haveLettersChanged = await mailbox.letters.refresh()
  const found = await readParts(mailbox)
  const missing = table.messages.filter((message) => !found.has(message.base))
  if (missing.length > 0) {
    // A file that is renamed while its folder is read may be passed over: gone is only what a second reading misses too.
    const again = await readParts(mailbox)
    for (const { base } of missing) {
      const seen = again.get(base)
      if (seen !== undefined) found.set(base, seen)
    }
  }
  await removeUncommitted(mailbox, found)

  const flagged: { message: StoredMessage; flags: Flags }[] = []
  const gone: StoredMessage[] = []
  for (const message of table.messages) {
    const seen = found.get(message.base)
    if (seen === undefined || table.byBase(message.base) !== message) {
      gone.push(message)
      continue
    }
    const isAsBefore = message.seen?.part === seen.part && message.seen.info === seen.info
    if (isAsBefore && !haveLettersChanged) continue
    const flags = flagsOfFile(mailbox, seen.info, message.keywords)
    if (flags.system !== message.system || !isSameList(flags.keywords, message.keywords))
      flagged.push({ message, flags })
    else message.seen = seen
  }
  const arrived = await factsOf(mailbox, found)
  if (flagged.length === 0 && gone.length === 0 && arrived.length === 0) return

  const modSeq = table.highestModSeq + 1
  const first = mailbox.takeUids(arrived.length)
  const added = arrived.map((arrival, at) => ({ ...arrival, uid: first + at, modSeq }))
  const vanished = rangesOf(gone.map((message) => message.uid))
  const records: JournalRecord[] = [
    ...flagRecords(
      flagged.map(({ message, flags }) => ({ uid: message.uid, ...flags })),
      modSeq,
    ),
    ...(gone.length > 0 ? [{ kind: 'vanished', modSeq, uids: vanished } as const] : []),
    ...added.map((message) => addedRecord(message, 0)),
  ]
  await mailbox.commit(records, () => {
    for (const { message, flags } of flagged) {
      table.setFlags(message, flags, modSeq)
      message.seen = found.get(message.base) ?? null
    }
    if (gone.length > 0) table.remove(vanished, modSeq)
    for (const message of added) table.add(message)
  })
}

/** What a file's name says, and keywords that have no letter: those only the journal knows. */
function flagsOfFile(mailbox: Mailbox, info: string, known: readonly string[]): Flags {
  const named = flagsOfInfo(info)
  const keywords = new Set<string>()
  for (const letter of named.letters) {
    const name = mailbox.letters.nameOf(letter)
    const keyword = name === undefined ? undefined : mailbox.spell(name)
    if (keyword !== undefined) keywords.add(keyword)
  }
  for (const keyword of known) if (mailbox.letters.letterOf(keyword) === undefined) keywords.add(keyword)
  return { system: named.system, keywords: mailbox.table.shareKeywords([...keywords]) }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((value, at) => value === b[at]))
}

async function readParts(mailbox: Mailbox): Promise<Found> {
  const found: Found = new Map()
  // In this order a file that is taken from `new` to `cur` meanwhile is seen at least once.
  for (const part of ['new', 'cur'] as const) {
    for (const entry of await readPart(mailbox, part)) {
      const { base, info } = splitFileName(entry.name)
      const other = found.get(base)
      if (other === undefined) found.set(base, { part, info })
      else await keepApart(mailbox, found, base, other, { part, info })
    }
  }
  return found
}

async function readPart(mailbox: Mailbox, part: Part): Promise<Dirent[]> {
  const folder = join(mailbox.location.folder, part)
  const entries = await readdir(folder, { withFileTypes: true }).catch((reason: unknown) => {
    if (isCode(reason, 'ENOENT')) throw new MailboxGone(mailbox.location)
    throw reason
  })
  return entries.filter((entry) => {
    // Some file systems do not tell the type here; then it is checked with the file's other facts.
    if (entry.isDirectory() || entry.isSymbolicLink() || entry.isFIFO() || entry.isSocket()) return false
    if (isMessageName(entry.name)) return true
    if (!entry.name.startsWith('.')) {
      mailbox.context.report({
        kind: 'unusableName',
        path: join(folder, entry.name),
        message: 'a file name holds characters no message name may hold',
      })
    }
    return false
  })
}

/**
 * Two files claim one base name. Links to one file are a rename under way, and the later place counts; two files are two
 * messages, and one of them gets a name of its own.
 */
async function keepApart(mailbox: Mailbox, found: Found, base: string, one: Seen, other: Seen): Promise<void> {
  const { folder } = mailbox.location
  const pathOf = (seen: Seen): string => join(folder, seen.part, base + seen.info)
  const [first, second] = await Promise.all(
    [one, other].map((seen) => lstat(pathOf(seen), { bigint: true }).catch(unlessMissing)),
  )
  if (second === undefined) return
  if (first === undefined || (first.dev === second.dev && first.ino === second.ino)) {
    found.set(base, other)
    return
  }
  const fresh = mailbox.context.names.next(second, { size: Number(second.size), wire: null, isRaw: false })
  await rename(pathOf(other), join(folder, other.part, fresh + other.info)).catch(unlessMissing)
  found.set(fresh, other)
}

/** What a crash left of an append or copy that never came to its end. */
async function removeUncommitted(mailbox: Mailbox, found: Found): Promise<void> {
  const { uncommitted } = mailbox.table
  for (const base of uncommitted) {
    const seen = found.get(base)
    if (seen === undefined) continue
    await unlink(join(mailbox.location.folder, seen.part, base + seen.info)).catch(unlessMissing)
    found.delete(base)
  }
  uncommitted.clear()
}

/** The files that are no messages of ours yet, in the order they were delivered; `uid` and `modSeq` are for the caller to set. */
async function factsOf(mailbox: Mailbox, found: Found): Promise<StoredMessage[]> {
  const { table, location, context } = mailbox
  const arrived: StoredMessage[] = []
  const unknown = [...found].filter(([base]) => table.byBase(base) === undefined && !mailbox.arriving.has(base))
  await inParallel(unknown, context.limits.parallel, async ([base, seen]) => {
    const facts = await lstat(join(location.folder, seen.part, base + seen.info)).catch(unlessMissing)
    if (facts === undefined || !facts.isFile()) return
    const flags = flagsOfFile(mailbox, seen.info, [])
    // Dovecot keeps the internal date in the file's time of change.
    const internalDate = Math.floor(facts.mtimeMs)
    arrived.push({
      uid: 0,
      modSeq: 0,
      base,
      seen,
      ...flags,
      internalDate,
      size: facts.size,
      octets: rawSize(base, facts.size),
    })
  })
  return arrived.sort((a, b) => byDelivery(a.base, b.base))
}

/** A file of ours in wire form needs no counting. */
function rawSize(base: string, size: number): number | null {
  const named = sizesOfBase(base)
  return named.isRaw && named.size === size ? size : null
}

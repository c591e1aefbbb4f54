import { randomBytes } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { copyFile, link, open, rename, unlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Flags, Octets, UnixMillis } from '@mailwright/core'
import { isCode, unlessMissing } from './disk.js'
import { flagsOfInfo, type NamedSizes, writeInfo } from './file-name.js'
import type { JournalRecord } from './journal-line.js'
import { type Part, SCRATCH_PREFIX } from './layout.js'
import type { Mailbox } from './mailbox.js'
import { addedRecord, type StoredMessage } from './message-table.js'
import { eachFile, syncParts as syncRemoved } from './removal.js'
import { inParallel } from './serial.js'
import { rangesOf } from './uid-ranges.js'

/** A whole file, already on the medium, for one mailbox. */
export interface SourceFile {
  readonly path: string
  readonly facts: Pick<BigIntStats, 'dev' | 'ino' | 'size'>
  /** `move`: it was made for this mailbox. `link`: it stays where it is as well. */
  readonly use: 'move' | 'link'
}

/** A file on its way into a mailbox, as one more message. */
export interface Placement {
  readonly source: SourceFile
  /** In wire form; `null` when nobody counted. */
  readonly octets: Octets | null
  /** `W=` of the name to be. */
  readonly wire: Octets | null
  readonly isRaw: boolean
  readonly part: Part
  /** Keywords in the target's spelling. */
  readonly flags: Flags
  readonly internalDate: UnixMillis
}

/** What became of one group. */
export type Placed = { readonly messages: readonly StoredMessage[] } | { readonly fault: unknown }

/** Base names in one journal line. */
const BASES_PER_LINE = 200

interface Group {
  readonly number: number
  readonly messages: readonly StoredMessage[]
  readonly placements: readonly Placement[]
  fault: { readonly reason: unknown } | null
}

/**
 * Puts files into a mailbox by hard links, many groups in one go: one sync of the folder and one of the journal serve
 * them all. Each group appears whole or not at all, also after a crash. Runs in the mailbox's serial.
 *
 * A group of one needs no announcement: after a crash its file is there and gets a UID, or it is not. A larger one is
 * announced in the journal first, and files of an announcement that is never committed are removed when the mailbox is
 * opened again.
 */
export async function place(mailbox: Mailbox, wanted: readonly (readonly Placement[])[]): Promise<Placed[]> {
  const { table, context } = mailbox
  const modSeq = table.highestModSeq + 1
  const groups = wanted.map((placements) => groupOf(mailbox, placements, modSeq))
  const large = groups.filter((group) => group.number > 0)
  if (large.length > 0) await mailbox.note(announcements(large), true)

  const files = groups.flatMap((group) =>
    group.messages.map((message, at) => ({ group, message, placement: group.placements[at] })),
  )
  await inParallel(files, context.limits.parallel, async ({ group, message, placement }) => {
    if (group.fault !== null || placement === undefined) return
    await putFile(mailbox, placement, mailbox.pathOf(message)).catch((reason: unknown) => {
      group.fault ??= { reason }
    })
  })
  for (const group of groups) if (group.fault !== null) await undo(mailbox, group)

  const whole = groups.filter((group) => group.fault === null)
  const sync = (): Promise<void> => syncParts(mailbox, whole)
  const show = (): void => {
    for (const { messages } of whole) for (const message of messages) table.add(message)
  }
  try {
    // Files of a group must be there before its commit is; of single messages either order will do.
    if (large.length > 0) await sync()
    await mailbox.commit(additions(whole), show, large.length > 0 ? undefined : sync)
  } catch (reason) {
    for (const group of whole) {
      group.fault = { reason }
      await undo(mailbox, group)
    }
  }
  return groups.map(({ messages, fault }) => (fault === null ? { messages } : { fault: fault.reason }))
}

/**
 * Puts a file into a mailbox and takes another message out of it, as one change. The old file goes once the new one is on the
 * medium: a crash in between leaves both. Runs in the mailbox's serial.
 *
 * @returns `undefined` when the old message is gone already; then nothing was put.
 */
export async function placeInstead(
  mailbox: Mailbox,
  placement: Placement,
  old: StoredMessage,
): Promise<StoredMessage | undefined> {
  const { table } = mailbox
  const modSeq = table.highestModSeq + 1
  const group = groupOf(mailbox, [placement], modSeq)
  const [message] = group.messages
  if (message === undefined) return undefined
  mailbox.arriving.add(message.base)
  try {
    await putFile(mailbox, placement, mailbox.pathOf(message))
    await syncParts(mailbox, [group])
    await eachFile(mailbox, [old], async (one) => unlink(mailbox.pathOf(one)))
    if (table.byUid(old.uid) !== old) {
      await undo(mailbox, group)
      return undefined
    }
  } catch (reason) {
    await undo(mailbox, group)
    throw reason
  } finally {
    mailbox.arriving.delete(message.base)
  }
  const uids = rangesOf([old.uid])
  const show = (): void => {
    table.add(message)
    table.remove(uids, modSeq)
  }
  const records: JournalRecord[] = [...additions([group]), { kind: 'vanished', modSeq, uids }]
  await mailbox.commit(records, show, () => syncRemoved(mailbox, [old]))
  return message
}

function groupOf(mailbox: Mailbox, placements: readonly Placement[], modSeq: number): Group {
  const first = mailbox.takeUids(placements.length)
  const messages = placements.map((placement, at): StoredMessage => {
    const { source, wire, isRaw, flags, internalDate, octets } = placement
    const size = Number(source.facts.size)
    const base = freshBase(mailbox, source.facts, { size, wire, isRaw })
    const keywords = mailbox.table.shareKeywords(flags.keywords)
    const seen = { part: placement.part, info: placement.part === 'new' ? '' : infoOf(mailbox, flags) }
    return { uid: first + at, base, seen, system: flags.system, keywords, modSeq, internalDate, size, octets }
  })
  return { number: placements.length > 1 ? mailbox.nextGroup() : 0, messages, placements, fault: null }
}

/** A base name that no message of the mailbox has; a clock that stands still may offer one again. */
export function freshBase(mailbox: Mailbox, facts: Pick<BigIntStats, 'dev' | 'ino'>, sizes: NamedSizes): string {
  for (;;) {
    const base = mailbox.context.names.next(facts, sizes)
    if (mailbox.table.byBase(base) === undefined) return base
  }
}

/** The info part for flags; keywords without a letter are in the journal only. */
export function infoOf(mailbox: Mailbox, flags: Flags, old = ''): string {
  let letters = ''
  for (const keyword of flags.keywords) letters += mailbox.letters.letterOf(keyword) ?? ''
  // A letter nobody can name is another program's; it stays.
  for (const letter of flagsOfInfo(old).letters) if (mailbox.letters.nameOf(letter) === undefined) letters += letter
  return writeInfo(old, { system: flags.system, letters })
}

function* announcements(groups: readonly Group[]): Iterable<JournalRecord> {
  for (const { number: group, messages } of groups) {
    for (let at = 0; at < messages.length; at += BASES_PER_LINE) {
      const bases = messages.slice(at, at + BASES_PER_LINE).map((message) => message.base)
      yield { kind: 'begin', group, bases }
    }
  }
}

function* additions(groups: readonly Group[]): Iterable<JournalRecord> {
  for (const { number: group, messages } of groups) {
    for (const message of messages) yield addedRecord(message, group)
    if (group > 0) yield { kind: 'commit', group }
  }
}

/** The file itself or a hard link; where there can be none (another file system, too many links), a copy that appears as a whole. */
async function putFile(mailbox: Mailbox, placement: Placement, target: string): Promise<void> {
  const { source } = placement
  try {
    // Its name has its own inode in it: no other file is called so.
    if (source.use === 'move') await mailbox.context.disk.move(source.path, target)
    else await link(source.path, target)
    return
  } catch (reason) {
    if (!isCode(reason, 'EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP')) throw reason
  }
  const scratch = join(mailbox.location.folder, 'tmp', `${SCRATCH_PREFIX}copy-${randomBytes(8).toString('hex')}`)
  try {
    await copyFile(source.path, scratch, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    const seconds = placement.internalDate / 1_000
    await utimes(scratch, seconds, seconds)
    const file = await open(scratch, 'r')
    try {
      await mailbox.context.disk.sync(file)
    } finally {
      await file.close()
    }
    await rename(scratch, target)
  } catch (reason) {
    await unlink(scratch).catch(unlessMissing)
    throw reason
  }
  if (source.use === 'move') await unlink(source.path).catch(unlessMissing)
}

async function undo(mailbox: Mailbox, { messages }: Group): Promise<void> {
  await inParallel(messages, mailbox.context.limits.parallel, async (message) => {
    await unlink(mailbox.pathOf(message)).catch(unlessMissing)
  })
}

async function syncParts(mailbox: Mailbox, groups: readonly Group[]): Promise<void> {
  const parts = new Set(groups.flatMap(({ messages }) => messages.map((message) => message.seen?.part ?? 'cur')))
  await Promise.all([...parts].map((part) => mailbox.context.disk.syncFolder(`${mailbox.location.folder}/${part}`)))
}

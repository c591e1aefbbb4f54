import type { FlagRow, Flags, Octets, UnixMillis } from '@mailwright/core'
import type { JournalRecord } from './journal-line.js'
import type { Part } from './layout.js'
import { joinRanges, rangesOf, type UidRanges, uidsOf } from './uid-ranges.js'

/** A message as the store knows it. The mailbox's serial owns all writes. */
export interface StoredMessage extends FlagRow {
  readonly uid: number
  readonly base: string
  /** Where its file was seen last, and under which info; `null` until the first look at the folders. */
  seen: { readonly part: Part; readonly info: string } | null
  system: number
  keywords: readonly string[]
  modSeq: number
  readonly internalDate: UnixMillis
  /** Of the file. */
  size: Octets
  /** In wire form; `null` until somebody asks. */
  octets: Octets | null
}

interface VanishedBatch {
  readonly modSeq: number
  readonly uids: UidRanges
}

/** The messages of a mailbox, ascending, with everything that is numbered. Knows nothing of files. */
export class MessageTable {
  uidNext = 1
  highestModSeq = 1
  /** Messages from here on are `\Recent` for whoever claims first. */
  recentFrom = 1
  /** Highest number of a group in the journal. */
  lastGroup = 0
  /** Base names that a crash left behind: their group was never committed. */
  readonly uncommitted = new Set<string>()
  readonly #maxBatches: number
  readonly #byBase = new Map<string, StoredMessage>()
  readonly #keywordLists = new Map<string, readonly string[]>()
  #messages: StoredMessage[] = []
  #vanished: VanishedBatch[] = []

  constructor(maxBatches: number) {
    this.#maxBatches = maxBatches
  }

  /** Ascending by UID; not to be changed by the caller. */
  get messages(): readonly StoredMessage[] {
    return this.#messages
  }

  byBase(base: string): StoredMessage | undefined {
    return this.#byBase.get(base)
  }

  byUid(uid: number): StoredMessage | undefined {
    const found = this.#messages[this.indexFrom(uid)]
    return found?.uid === uid ? found : undefined
  }

  /** Where the first message with at least this UID stands. */
  indexFrom(uid: number): number {
    let low = 0
    let high = this.#messages.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#messages[middle]?.uid ?? 0) < uid) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Those of `uids` that exist, in their order. */
  select(uids: Iterable<number>): StoredMessage[] {
    const found: StoredMessage[] = []
    for (const uid of uids) {
      const message = this.byUid(uid)
      if (message !== undefined) found.push(message)
    }
    return found
  }

  /** Equal lists become one array, which costs nothing per message and packs fast. */
  shareKeywords(keywords: readonly string[]): readonly string[] {
    const sorted = [...keywords].sort()
    const key = sorted.join(' ')
    const known = this.#keywordLists.get(key)
    if (known === undefined) this.#keywordLists.set(key, sorted)
    return known ?? sorted
  }

  add(message: StoredMessage): void {
    this.#messages.push(message)
    this.#byBase.set(message.base, message)
    this.uidNext = Math.max(this.uidNext, message.uid + 1)
    this.highestModSeq = Math.max(this.highestModSeq, message.modSeq)
  }

  setFlags(message: StoredMessage, flags: Flags, modSeq: number): void {
    message.system = flags.system
    message.keywords = this.shareKeywords(flags.keywords)
    message.modSeq = modSeq
    this.highestModSeq = Math.max(this.highestModSeq, modSeq)
  }

  /** @param uids ascending. */
  remove(uids: UidRanges, modSeq: number): void {
    const gone = new Set(uidsOf(uids))
    this.#messages = this.#messages.filter((message) => {
      const stays = !gone.has(message.uid)
      if (!stays) this.#byBase.delete(message.base)
      return stays
    })
    this.#remember({ modSeq, uids })
  }

  #remember(batch: VanishedBatch): void {
    this.#vanished.push(batch)
    this.highestModSeq = Math.max(this.highestModSeq, batch.modSeq)
    this.uidNext = Math.max(this.uidNext, (batch.uids[batch.uids.length - 1] ?? 0) + 1)
    if (this.#vanished.length <= this.#maxBatches) return
    const old = this.#vanished.splice(0, this.#maxBatches >>> 1)
    // Under the latest of their mod-sequences, so that nobody is told too little.
    const latest = Math.max(...old.map((one) => one.modSeq))
    this.#vanished.unshift({ modSeq: latest, uids: joinRanges(old.map((one) => one.uids)) })
  }

  vanishedSince(modSeq: number): UidRanges {
    return joinRanges(this.#vanished.filter((batch) => batch.modSeq > modSeq).map((batch) => batch.uids))
  }

  /** Builds the table from a journal. */
  replay(records: readonly JournalRecord[]): void {
    const open = new Map<number, { readonly bases: readonly string[]; readonly added: StoredMessage[] }>()
    const flagged = new Map<number, StoredMessage>()
    const gone: VanishedBatch[] = []
    for (const record of records) {
      switch (record.kind) {
        case 'mailbox':
          break
        case 'floor':
          this.uidNext = Math.max(this.uidNext, record.uidNext)
          this.highestModSeq = Math.max(this.highestModSeq, record.modSeq)
          this.recentFrom = Math.max(this.recentFrom, record.recentFrom)
          break
        case 'added': {
          const message = messageOf(record, this.shareKeywords(record.flags.keywords))
          const group = open.get(record.group)
          if (group === undefined) flagged.set(message.uid, message)
          else group.added.push(message)
          break
        }
        case 'flags':
          for (const uid of uidsOf(record.uids)) {
            const message = flagged.get(uid)
            if (message !== undefined) this.setFlags(message, record.flags, record.modSeq)
          }
          this.highestModSeq = Math.max(this.highestModSeq, record.modSeq)
          break
        case 'vanished':
          for (const uid of uidsOf(record.uids)) flagged.delete(uid)
          gone.push({ modSeq: record.modSeq, uids: record.uids })
          break
        case 'measured': {
          const message = flagged.get(record.uid)
          if (message !== undefined) {
            message.size = record.size
            message.octets = record.octets
          }
          break
        }
        case 'recent':
          this.recentFrom = Math.max(this.recentFrom, record.uid)
          break
        case 'begin':
          this.lastGroup = Math.max(this.lastGroup, record.group)
          open.set(record.group, { bases: [...(open.get(record.group)?.bases ?? []), ...record.bases], added: [] })
          break
        case 'commit':
          for (const message of open.get(record.group)?.added ?? []) flagged.set(message.uid, message)
          open.delete(record.group)
          break
        default:
          record satisfies never
      }
    }
    for (const message of [...flagged.values()].sort((a, b) => a.uid - b.uid)) this.add(message)
    for (const batch of gone) this.#remember(batch)
    for (const { bases } of open.values()) for (const base of bases) this.uncommitted.add(base)
  }

  /** The shortest records that lead to this table. */
  *records(): Iterable<JournalRecord> {
    const { uidNext, highestModSeq: modSeq, recentFrom } = this
    yield { kind: 'floor', uidNext, modSeq, recentFrom }
    for (const message of this.#messages) yield addedRecord(message, 0)
    for (const batch of this.#vanished) yield { kind: 'vanished', ...batch }
    if (this.uncommitted.size > 0) yield { kind: 'begin', group: LEFT_OVER, bases: [...this.uncommitted] }
  }
}

/** A group that nobody commits. */
const LEFT_OVER = -1

/** The record of a message as it is now. `group` 0: it counts at once. */
export function addedRecord(message: StoredMessage, group: number): JournalRecord {
  const { uid, modSeq, internalDate, size, octets, system, keywords, base } = message
  return { kind: 'added', uid, modSeq, internalDate, size, octets, group, flags: { system, keywords }, base }
}

/** Records of a flag change: one for each set of flags that came of it. */
export function* flagRecords(messages: Iterable<FlagRow>, modSeq: number): Iterable<JournalRecord> {
  const groups = new Map<string, { readonly flags: Flags; readonly uids: number[] }>()
  for (const { uid, system, keywords } of messages) {
    const key = `${system} ${keywords.join(' ')}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { flags: { system, keywords }, uids: [uid] })
    else group.uids.push(uid)
  }
  for (const { flags, uids } of groups.values()) yield { kind: 'flags', modSeq, flags, uids: rangesOf(uids) }
}

function messageOf(
  record: Extract<JournalRecord, { readonly kind: 'added' }>,
  keywords: readonly string[],
): StoredMessage {
  const { uid, base, modSeq, internalDate, size, octets } = record
  return { uid, base, seen: null, system: record.flags.system, keywords, modSeq, internalDate, size, octets }
}

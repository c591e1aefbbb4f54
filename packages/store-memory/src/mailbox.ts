import {
  type Changes,
  type FetchField,
  type FetchPage,
  type FlagChange,
  type Flags,
  flagColumns,
  HostError,
  type MailboxId,
  type MailboxStatus,
  type ModSeq,
  modSeq,
  type Snapshot,
  type SpecialUse,
  type StatusItem,
  StoreFault,
  type Uid,
  type UidList,
  type UnixMillis,
  uid,
  uidList,
} from '@mailwright/core'
import { AnnotationTable } from './annotation-table.js'
import { ChangeOrder, type Message } from './change-order.js'
import type { Content } from './content.js'
import { Counts } from './counts.js'
import { Expunged } from './expunged.js'
import { changedKeywords, Keywords, sameKeywords } from './keywords.js'
import type { MemoryStoreLimits } from './limits.js'

/** A message on its way in. */
export interface Incoming {
  readonly content: Content
  readonly flags: Flags
  readonly internalDate: UnixMillis
  readonly saveDate: UnixMillis
  readonly threadId: string
}

const LAST_UID = 0xffffffff

/** One mailbox: its messages by UID, in the order of their UIDs, and the order in which they changed. */
export class Mailbox {
  readonly id: MailboxId
  readonly uidValidity: number
  readonly specialUse: readonly SpecialUse[]
  readonly counts = new Counts()
  readonly annotations: AnnotationTable
  readonly #limits: MemoryStoreLimits
  /** UIDs only grow and a Map keeps the order of insertion: so it is the order of UIDs. */
  readonly #messages = new Map<number, Message>()
  readonly #order = new ChangeOrder()
  readonly #expunged: Expunged
  readonly #keywords: Keywords
  #uidNext: Uid = uid(1)
  #highest: ModSeq = modSeq(1)
  #recentFrom: Uid = uid(1)
  #snapshot: Snapshot | null = null

  constructor(id: MailboxId, uidValidity: number, specialUse: readonly SpecialUse[], limits: MemoryStoreLimits) {
    this.id = id
    this.uidValidity = uidValidity
    this.specialUse = specialUse
    this.#limits = limits
    this.annotations = new AnnotationTable(limits)
    this.#expunged = new Expunged(limits.expunged)
    this.#keywords = new Keywords(limits.keywords)
  }

  get highestModSeq(): ModSeq {
    return this.#highest
  }

  find(wanted: number): Message | undefined {
    return this.#messages.get(wanted)
  }

  /** Those of `uids` that exist, in order. */
  present(uids: UidList): Message[] {
    const found: Message[] = []
    let before = 0
    for (const wanted of uids) {
      if (wanted <= before) throw new HostError(`UIDs must ascend: ${wanted} after ${before}`)
      before = wanted
      const message = this.#messages.get(wanted)
      if (message !== undefined) found.push(message)
    }
    return found
  }

  /** The same object until something changes. */
  snapshot(): Snapshot {
    this.#snapshot ??= {
      kind: 'snapshot',
      uidValidity: this.uidValidity,
      uidNext: this.#uidNext,
      highestModSeq: this.#highest,
      messages: flagColumns(this.#messages.values()),
    }
    return this.#snapshot
  }

  changesSince(since: ModSeq): Changes {
    const changed = this.#order.since(since).sort((a, b) => a.uid - b.uid)
    const vanished = this.#expunged.since(since)
    return {
      kind: 'changes',
      uidNext: this.#uidNext,
      highestModSeq: this.#highest,
      messages: flagColumns(changed),
      modSeqs: modSeqsOf(changed),
      vanished: vanished === null ? this.#everyUidThatIsGone() : uidList(vanished),
    }
  }

  status(items: readonly StatusItem[]): MailboxStatus {
    const values: { readonly [Item in StatusItem]: number } = {
      messages: this.counts.messages,
      uidNext: this.#uidNext,
      uidValidity: this.uidValidity,
      unseen: this.counts.unseen,
      deleted: this.counts.deleted,
      size: this.counts.octets,
      recent: this.counts.recent,
      highestModSeq: this.#highest,
      deletedStorage: this.counts.deletedOctets,
    }
    return { mailbox: this.id, ...Object.fromEntries(items.map((item) => [item, values[item]])) }
  }

  /** The first UID that no claim covered; now all are. */
  claimRecent(): Uid {
    const from = this.#recentFrom
    this.#recentFrom = this.#uidNext
    this.counts.recent = 0
    return from
  }

  /** `cursor` is the place in `uids` where the page begins. */
  fetch(uids: UidList, fields: readonly FetchField[], cursor: number | null): FetchPage {
    const start = cursor ?? 0
    const end = Math.min(start + this.#limits.pageMessages, uids.length)
    const page = this.present(uids.subarray(start, end))
    const wants = new Set(fields)
    return {
      kind: 'page',
      uids: uidsOf(page),
      ...(wants.has('flags') ? { flags: flagColumns(page) } : {}),
      ...(wants.has('octets') ? { octets: Float64Array.from(page, (message) => message.content.octets) } : {}),
      ...(wants.has('internalDate')
        ? { internalDates: Float64Array.from(page, (message) => message.internalDate) }
        : {}),
      ...(wants.has('modSeq') ? { modSeqs: modSeqsOf(page) } : {}),
      ...(wants.has('digest') ? { digests: page.map((message) => message.content.digest) } : {}),
      ...(wants.has('saveDate') ? { saveDates: Float64Array.from(page, (message) => message.saveDate) } : {}),
      ...(wants.has('emailId') ? { emailIds: page.map((message) => message.content.emailId) } : {}),
      ...(wants.has('threadId') ? { threadIds: page.map((message) => message.threadId) } : {}),
      cursor: end < uids.length ? end : null,
    }
  }

  /** Adds messages to the end under one mod-sequence, and answers their UIDs. */
  add(messages: readonly Incoming[]): UidList {
    if (this.#uidNext + messages.length > LAST_UID) throw new StoreFault(`mailbox ${this.id} has no UIDs left`)
    if (messages.length > 0) this.#advance()
    const uids = new Uint32Array(messages.length)
    for (const [at, { content, flags, internalDate, saveDate, threadId }] of messages.entries()) {
      const message: Message = {
        uid: this.#uidNext,
        content,
        internalDate,
        saveDate,
        threadId,
        system: flags.system,
        keywords: this.#keywords.take(flags.keywords),
        modSeq: this.#highest,
        older: null,
        newer: null,
      }
      uids[at] = message.uid
      this.#uidNext = uid(this.#uidNext + 1)
      this.#messages.set(message.uid, message)
      this.#order.add(message)
      this.counts.add(message, true)
    }
    return uids
  }

  /** `false` when the change would pass the limit of keywords; then nothing changed. */
  canCarry(change: FlagChange): boolean {
    return change.mode === 'remove' || this.#keywords.hasRoomFor(change.flags.keywords)
  }

  /** Changes flags of messages that are here. Those that already are as wanted keep their mod-sequence. */
  storeFlags(messages: readonly Message[], { mode, flags }: FlagChange): void {
    let hasAdvanced = false
    for (const message of messages) {
      const system = changedSystem(message.system, mode, flags.system)
      const names = changedKeywords(message.keywords, mode, flags.keywords)
      if (system === message.system && sameKeywords(names, message.keywords)) continue
      if (!hasAdvanced) this.#advance()
      hasAdvanced = true
      this.counts.remove(message, this.#isRecent(message))
      // Taken before the old are released, so that a keyword only this message carries keeps its spelling.
      const keywords = this.#keywords.take(names)
      this.#keywords.release(message.keywords)
      message.system = system
      message.keywords = keywords
      message.modSeq = this.#highest
      this.counts.add(message, this.#isRecent(message))
      this.#order.remove(message)
      this.#order.add(message)
    }
  }

  /** Removes messages that are here. */
  remove(messages: readonly Message[]): void {
    if (messages.length === 0) return
    this.#advance()
    for (const message of messages) {
      this.#messages.delete(message.uid)
      this.#order.remove(message)
      this.#keywords.release(message.keywords)
      this.counts.remove(message, this.#isRecent(message))
    }
    this.#expunged.add(
      messages.map((message) => message.uid),
      this.#highest,
    )
  }

  #advance(): void {
    this.#highest = modSeq(this.#highest + 1)
    this.#snapshot = null
  }

  #isRecent(message: Message): boolean {
    return message.uid >= this.#recentFrom
  }

  #everyUidThatIsGone(): UidList {
    const gone = new Uint32Array(this.#uidNext - 1 - this.#messages.size)
    for (let at = 0, candidate = 1; at < gone.length; candidate++) {
      if (!this.#messages.has(candidate)) gone[at++] = candidate
    }
    return gone
  }
}

/** The message once more, on its way into another place of its account. */
export function twinOf({ content, system, keywords, internalDate, threadId }: Message, saveDate: UnixMillis): Incoming {
  return { content, flags: { system, keywords }, internalDate, saveDate, threadId }
}

export function uidsOf(messages: readonly Message[]): UidList {
  return Uint32Array.from(messages, (message) => message.uid)
}

export function modSeqsOf(messages: readonly Message[]): Float64Array {
  return Float64Array.from(messages, (message) => message.modSeq)
}

function changedSystem(before: number, mode: FlagChange['mode'], flags: number): number {
  switch (mode) {
    case 'add':
      return before | flags
    case 'remove':
      return before & ~flags
    case 'replace':
      return flags
    default:
      return mode satisfies never
  }
}

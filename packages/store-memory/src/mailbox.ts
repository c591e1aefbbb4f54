import {
  type AccountId,
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
  SEEN,
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
import type { Acl } from './acl.js'
import { AnnotationTable } from './annotation-table.js'
import { ChangeOrder, type Message } from './change-order.js'
import type { Content } from './content.js'
import { Counts } from './counts.js'
import { Expunged } from './expunged.js'
import type { FlagMask } from './flag-mask.js'
import { changedKeywords, Keywords, sameKeywords } from './keywords.js'
import type { MemoryStoreLimits } from './limits.js'
import { PRIVATE_FLAGS, type Shown, Viewer } from './viewer.js'

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
  readonly acl: Acl
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
  readonly #viewers = new Map<AccountId, Viewer>()

  constructor(
    id: MailboxId,
    uidValidity: number,
    specialUse: readonly SpecialUse[],
    acl: Acl,
    limits: MemoryStoreLimits,
  ) {
    this.id = id
    this.acl = acl
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

  /** The private flags of an account that is not the owner. */
  viewer(account: AccountId): Viewer {
    let viewer = this.#viewers.get(account)
    if (viewer === undefined) this.#viewers.set(account, (viewer = new Viewer()))
    return viewer
  }

  /** The same object until something changes; but for a viewer, who sees his own. */
  snapshot(viewer: Viewer | null): Snapshot {
    if (viewer !== null)
      return { ...this.snapshot(null), messages: flagColumns(shown(this.#messages.values(), viewer)) }
    this.#snapshot ??= {
      kind: 'snapshot',
      uidValidity: this.uidValidity,
      uidNext: this.#uidNext,
      highestModSeq: this.#highest,
      messages: flagColumns(this.#messages.values()),
    }
    return this.#snapshot
  }

  changesSince(since: ModSeq, viewer: Viewer | null): Changes {
    const news = new Set(this.#order.since(since))
    for (const number of viewer?.changedSince(since) ?? []) {
      const message = this.#messages.get(number)
      if (message !== undefined) news.add(message)
    }
    const changed = shown(news, viewer).sort((a, b) => a.uid - b.uid)
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

  status(items: readonly StatusItem[], viewer: Viewer | null): MailboxStatus {
    const values: { readonly [Item in StatusItem]: number } = {
      messages: this.counts.messages,
      uidNext: this.#uidNext,
      uidValidity: this.uidValidity,
      unseen: viewer === null ? this.counts.unseen : this.counts.messages - viewer.seen,
      deleted: this.counts.deleted,
      size: this.counts.octets,
      recent: viewer === null ? this.counts.recent : 0,
      highestModSeq: this.#highest,
      deletedStorage: this.counts.deletedOctets,
    }
    return { mailbox: this.id, ...Object.fromEntries(items.map((item) => [item, values[item]])) }
  }

  /** The first UID that no claim covered; now all are. `\Recent` is the owner's: others only look. */
  claimRecent(viewer: Viewer | null): Uid {
    if (viewer !== null) return this.#uidNext
    const from = this.#recentFrom
    this.#recentFrom = this.#uidNext
    this.counts.recent = 0
    return from
  }

  /** `cursor` is the place in `uids` where the page begins. */
  fetch(uids: UidList, fields: readonly FetchField[], cursor: number | null, viewer: Viewer | null): FetchPage {
    const start = cursor ?? 0
    const end = Math.min(start + this.#limits.pageMessages, uids.length)
    const page = shown(this.present(uids.subarray(start, end)), viewer)
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

  /**
   * Changes flags of messages that are here. Those that already are as wanted keep their mod-sequence.
   *
   * @param mask flags that may change.
   * @param viewer whose private flags are changed instead of everybody's; `null`: the owner changes his own.
   */
  storeFlags(messages: readonly Message[], { mode, flags }: FlagChange, mask: FlagMask, viewer: Viewer | null): void {
    let hasAdvanced = false
    const advance = (): void => {
      if (!hasAdvanced) this.#advance()
      hasAdvanced = true
    }
    const common = viewer === null ? mask.system : mask.system & ~PRIVATE_FLAGS
    for (const message of messages) {
      if (viewer !== null && (mask.system & SEEN) !== 0) {
        const isSeen = (changedSystem(viewer.show(message).system, mode, flags.system) & SEEN) !== 0
        if (viewer.isChange(message.uid, isSeen)) {
          advance()
          viewer.set(message.uid, isSeen, this.#highest)
        }
      }
      const system = (message.system & ~common) | (changedSystem(message.system, mode, flags.system) & common)
      const names = mask.keywords ? changedKeywords(message.keywords, mode, flags.keywords) : message.keywords
      if (system === message.system && sameKeywords(names, message.keywords)) continue
      advance()
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
      for (const viewer of this.#viewers.values()) viewer.forget(message.uid)
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

/** The messages as the viewer sees them. */
export function shown(messages: Iterable<Message>, viewer: Viewer | null): Shown[] {
  return viewer === null ? [...messages] : Array.from(messages, (message) => viewer.show(message))
}

/** The message once more, on its way into another place of its account. */
export function twinOf({ content, system, keywords, internalDate, threadId }: Shown, saveDate: UnixMillis): Incoming {
  return { content, flags: { system, keywords }, internalDate, saveDate, threadId }
}

export function uidsOf(messages: readonly Shown[]): UidList {
  return Uint32Array.from(messages, (message) => message.uid)
}

export function modSeqsOf(messages: readonly Shown[]): Float64Array {
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

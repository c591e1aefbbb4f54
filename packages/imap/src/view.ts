import {
  uid as asUid,
  type Changes,
  type FlagChange,
  type FlagColumns,
  type Flags,
  indexOfUid,
  type ModSeq,
  SEEN,
  type SeqNum,
  type Snapshot,
  type SystemFlags,
  type Uid,
  type UidList,
} from '@mailwright/core'
import type { Numbering, SequenceSet } from './command.js'
import { KeywordTable } from './keyword-table.js'
import { foundSpans, indexSpans, lowerBound, type Span, spansOf } from './spans.js'

/** `\Recent`, a session's own flag (RFC 3501 §2.3.2), as a bit beside core's system flags. */
export const RECENT = 32
/** The client has not been told of the flags that stand here. */
const UNTOLD = 64
const SYSTEM: SystemFlags = 31

/** Something the client has to be told; numbers are those in force when it is told. */
export type ViewUpdate =
  | { readonly kind: 'expunge'; readonly seq: SeqNum; readonly uid: Uid }
  /** `from`: how many the client counted before. */
  | { readonly kind: 'exists'; readonly count: number; readonly from: number; readonly recent: number }
  /** Keywords that were not in FLAGS before. */
  | { readonly kind: 'keywords' }
  | { readonly kind: 'flags'; readonly seq: SeqNum; readonly uid: Uid; readonly modSeq: number }

/**
 * What one session believes about its mailbox, and what it has not been told yet: the only place where sequence numbers
 * are made. Columns, not objects: a message costs 5 octets and its keyword bits, and until something changes the columns are the
 * store's own, shared by all sessions.
 *
 * Fed by `apply` (what the store says) and by `stored` (what this session did); emptied by `updates`, where the protocol
 * allows it (RFC 3501 §7.4.1). Messages that came are not counted, and those that went still are, until they are told.
 */
export class MailboxView {
  readonly uidValidity: number
  readonly keywords: KeywordTable
  #uidNext: Uid
  #modSeq: ModSeq
  /** Messages that went, still holding their sequence numbers. */
  readonly #gone = new Set<number>()
  #uids: Uint32Array
  #knownView: UidList
  #bits: Uint8Array
  #isShared = true
  /** Messages in the columns, and how many of them the client counts. */
  #count: number
  #told: number
  #recent = 0
  /** Mod-sequences of the messages with UNTOLD. */
  readonly #untoldModSeqs = new Map<number, number>()
  /** Where it stood before the first of the messages that went, and still are counted, was learned of. */
  #heldSince: ModSeq | null = null
  /** The search result variable (RFC 5182 §2.1). UIDs are never used again, so those of messages that went may stay. */
  #saved: UidList = new Uint32Array(0)
  /** Where the client stands for good, since it does not want to be told of all that happens. */
  #floor: ModSeq | null = null
  /** Where messages with UNTOLD may stand: `[from, to)`. */
  #untold: Span = { from: 0, to: 0 }

  constructor(snapshot: Snapshot) {
    const { messages } = snapshot
    this.uidValidity = snapshot.uidValidity
    this.#uidNext = snapshot.uidNext
    this.#modSeq = snapshot.highestModSeq
    this.#uids = messages.uids
    this.#knownView = messages.uids
    this.#bits = messages.system
    this.#count = messages.uids.length
    this.#told = this.#count
    this.keywords = new KeywordTable(messages)
  }

  get uidNext(): Uid {
    return this.#uidNext
  }

  /** Everything up to here is in the view. */
  get modSeq(): ModSeq {
    return this.#modSeq
  }

  /**
   * Up to here the client knows everything, as long as nothing but expunges waits to be told: what it may take for its own
   * copy of the mailbox's mod-sequence (RFC 7162 §3.2, §6).
   */
  get toldModSeq(): ModSeq {
    const told = this.#heldSince ?? this.#modSeq
    return this.#floor !== null && this.#floor < told ? this.#floor : told
  }

  /** `held`: from now on not everything is told, so the client must not think that it knows more than now. */
  keepFloor(news: 'told' | 'held'): void {
    this.#floor = news === 'told' ? null : (this.#floor ?? this.toldModSeq)
  }

  /** Messages that the client counts. */
  get exists(): number {
    return this.#told
  }

  /** Those of them that are `\Recent`. */
  get recent(): number {
    return this.#recent
  }

  /** The first message without `\Seen`; 0 when there is none. */
  get firstUnseen(): number {
    for (let at = 0; at < this.#told; at++) if (((this.#bits[at] ?? 0) & SEEN) === 0) return at + 1
    return 0
  }

  /** Takes in what happened to the mailbox. Returns whether messages came. */
  apply(changes: Changes): boolean {
    for (const uid of changes.vanished) if (this.indexOf(uid) >= 0) this.#gone.add(uid)
    if (this.#gone.size > 0) this.#heldSince ??= this.#modSeq
    const before = this.#count
    const { messages, modSeqs } = changes
    for (const [at, uid] of messages.uids.entries()) {
      if (uid > this.#lastUid) {
        this.#append(uid, messages, at)
        continue
      }
      const index = this.indexOf(uid)
      if (index >= 0) this.#set(index, messages, at, modSeqs[at] ?? 0)
    }
    this.#uidNext = changes.uidNext
    this.#modSeq = changes.highestModSeq
    return this.#count > before
  }

  /** This session was given the `\Recent` messages from `from` on (RFC 3501 §2.3.2). */
  claimRecent(from: Uid): void {
    const first = lowerBound(this.#known, from)
    if (first < this.#count) this.#own()
    for (let at = first; at < this.#count; at++) {
      const bits = this.#bits[at] ?? 0
      this.#bits[at] = bits | RECENT
      if ((bits & RECENT) === 0 && at < this.#told) this.#recent += 1
    }
  }

  /**
   * Takes in the answer to this session's own STORE. Told: the caller says so to the client. Silent: the client
   * reckons with `change` itself, and hears of a message only when that gives something else (RFC 3501 §6.4.6).
   *
   * @param modSeqs parallel to `columns`.
   */
  stored(columns: FlagColumns, modSeqs: Float64Array, telling: 'told' | { readonly silent: FlagChange }): void {
    const change = telling === 'told' ? null : this.keywords.change(telling.silent)
    for (const [at, uid] of columns.uids.entries()) {
      const index = this.indexOf(uid)
      if (index < 0) continue
      const before = this.#bits[index] ?? 0
      const isExpected = change?.gives(before & SYSTEM, index, columns, at) ?? true
      const modSeq = modSeqs[at] ?? 0
      this.#set(index, columns, at, modSeq)
      if (change === null || (isExpected && (before & UNTOLD) === 0)) this.markTold(uid)
      else this.#markUntold(index, modSeq)
    }
  }

  /** Takes in flags read from the store: what differs is to be told, if the reader does not tell it at once. */
  learned(columns: FlagColumns, modSeqs: Float64Array): void {
    for (const [at, uid] of columns.uids.entries()) {
      const index = this.indexOf(uid)
      if (index >= 0) this.#set(index, columns, at, modSeqs[at] ?? 0)
    }
  }

  /**
   * The UIDs a set stands for, of messages that the client counts. `*` is the last of them, for UIDs too, even below
   * the other end of its range (RFC 3501 §6.4.8).
   *
   * @returns `null` when a sequence number is greater than the number of messages (RFC 3501 §9, seq-number): BAD.
   */
  resolve(set: SequenceSet, numbering: Numbering): UidList | null {
    const spans = this.spans(set, numbering)
    if (spans === null) return null
    let length = 0
    for (const { from, to } of spans) length += to - from
    const uids = new Uint32Array(length)
    let at = 0
    for (const { from, to } of spans) {
      uids.set(this.#uids.subarray(from, to), at)
      at += to - from
    }
    return uids
  }

  /** {@link resolve}, as indices of the columns, ascending and apart. */
  spans(set: SequenceSet, numbering: Numbering): readonly Span[] | null {
    const counted = this.#counted
    return set.kind === 'saved' ? spansOf(this.#saved, counted) : indexSpans(set.ranges, numbering, counted)
  }

  /** {@link spans} for a search, to which numbers of no message are no error (RFC 7377 §2). */
  searchedSpans(set: SequenceSet, numbering: Numbering): readonly Span[] {
    const counted = this.#counted
    return set.kind === 'saved' ? spansOf(this.#saved, counted) : foundSpans(set.ranges, numbering, counted)
  }

  /** What `$` stands for from now on, until another result is saved or the mailbox is left (RFC 5182 §2.1). */
  save(uids: UidList): void {
    this.#saved = uids
  }

  /** UIDs of all messages that the client counts, in order of their numbers. */
  uids(): UidList {
    return this.#uids.slice(0, this.#told)
  }

  /** UIDs of those of them whose flags meet `bits` (core's system flags or {@link RECENT}). */
  uidsWith(bits: number): UidList {
    const found: number[] = []
    for (let at = 0; at < this.#told; at++) if (((this.#bits[at] ?? 0) & bits) !== 0) found.push(this.#uids[at] ?? 0)
    return Uint32Array.from(found)
  }

  /**
   * Where a message stands in the columns; negative when it is not known.
   *
   * @param guess a place to look at first: who walks through the messages in order guesses right.
   */
  indexOf(uid: number, guess = -1): number {
    return guess >= 0 && guess < this.#count && this.#uids[guess] === uid ? guess : indexOfUid(this.#known, uid)
  }

  /** Some messages that the client counts are no longer there. */
  get hasGone(): boolean {
    return this.#gone.size > 0
  }

  /** Whether the mailbox no longer holds a message that the client still counts. */
  isGone(uid: number): boolean {
    return this.#gone.has(uid)
  }

  /** The sequence number of a message that the client counts; 0 for any other. */
  seqOf(uid: number): SeqNum {
    return this.seqAt(this.indexOf(uid))
  }

  /** {@link seqOf}, of message `index` of the columns. */
  seqAt(index: number): SeqNum {
    return seqNum(index < 0 || index >= this.#told ? 0 : index + 1)
  }

  /** System flags and {@link RECENT} of message `index` of the columns. */
  bitsAt(index: number): number {
    return (this.#bits[index] ?? 0) & (SYSTEM | RECENT)
  }

  /** Flags of message `index` of the columns, without `\Recent`. */
  flagsAt(index: number): Flags {
    return { system: (this.#bits[index] ?? 0) & SYSTEM, keywords: this.keywords.namesAt(index) }
  }

  /** Whether the client does not know the flags of message `uid` as they stand here. */
  isUntold(uid: number): boolean {
    return this.#untoldModSeqs.has(uid)
  }

  /** The client has been told, or is being told, the flags of this message. */
  markTold(uid: number, index = this.indexOf(uid)): void {
    if (index < 0 || ((this.#bits[index] ?? 0) & UNTOLD) === 0) return
    this.#bits[index] = (this.#bits[index] ?? 0) & ~UNTOLD
    this.#untoldModSeqs.delete(uid)
  }

  /** Whether `updates` would say anything. */
  hasUpdates(expunges: 'allowed' | 'held', flags: 'told' | 'held' = 'told'): boolean {
    return (
      (expunges === 'allowed' && this.#gone.size > 0) ||
      this.#told < this.#count ||
      (flags === 'told' && this.#untold.to > this.#untold.from) ||
      this.keywords.hasUntold
    )
  }

  /**
   * Everything the client has not been told, each once, in the order it is to be said: messages that went, that came,
   * that changed. To be taken to its end. With expunges held, sequence numbers stay as they are; with flags held, they stay untold.
   */
  *updates(expunges: 'allowed' | 'held', flags: 'told' | 'held' = 'told'): Generator<ViewUpdate, void, void> {
    if (expunges === 'allowed' && this.#gone.size > 0) yield* this.#expunge()
    if (this.#told < this.#count) {
      for (let at = this.#told; at < this.#count; at++) if (((this.#bits[at] ?? 0) & RECENT) !== 0) this.#recent += 1
      const from = this.#told
      this.#told = this.#count
      yield { kind: 'exists', count: this.#told, from, recent: this.#recent }
    }
    if (this.keywords.hasUntold) {
      this.keywords.markTold()
      yield { kind: 'keywords' }
    }
    if (flags === 'held') return
    const { from, to } = this.#untold
    this.#untold = { from: 0, to: 0 }
    for (let at = from; at < Math.min(to, this.#count); at++) {
      const bits = this.#bits[at] ?? 0
      if ((bits & UNTOLD) === 0) continue
      this.#bits[at] = bits & ~UNTOLD
      const uid = this.#uids[at] ?? 0
      const modSeq = this.#untoldModSeqs.get(uid) ?? 0
      this.#untoldModSeqs.delete(uid)
      if (!this.#gone.has(uid)) yield { kind: 'flags', seq: seqNum(at + 1), uid: asUid(uid), modSeq }
    }
  }

  /** The part of `#uids` that counts. */
  get #known(): UidList {
    if (this.#knownView.length !== this.#count) this.#knownView = this.#uids.subarray(0, this.#count)
    return this.#knownView
  }

  /** The part of it that the client counts. */
  get #counted(): UidList {
    return this.#known.subarray(0, this.#told)
  }

  get #lastUid(): number {
    return this.#count === 0 ? 0 : (this.#uids[this.#count - 1] ?? 0)
  }

  /** Sets the flags of message `index` to those of row `at`; a difference is to be told. */
  #set(index: number, from: FlagColumns, at: number, modSeq: number): void {
    const before = this.#bits[index] ?? 0
    const system = from.system[at] ?? 0
    const isSame = (before & SYSTEM) === system && this.keywords.isSame(index, from, at)
    if (isSame) return
    this.#own()
    this.keywords.set(index, from, at)
    this.#bits[index] = (before & ~SYSTEM) | system
    // A message the client does not count yet is told as a whole.
    if (index < this.#told) this.#markUntold(index, modSeq)
  }

  #append(uid: number, from: FlagColumns, at: number): void {
    this.#own()
    if (this.#count === this.#uids.length) {
      const capacity = Math.max(16, Math.ceil(this.#count * 1.5))
      this.#uids = grown(this.#uids, new Uint32Array(capacity))
      this.#knownView = this.#uids.subarray(0, this.#count)
      this.#bits = grown(this.#bits, new Uint8Array(capacity))
    }
    const index = this.#count++
    this.#uids[index] = uid
    this.#bits[index] = from.system[at] ?? 0
    this.keywords.set(index, from, at)
  }

  #markUntold(index: number, modSeq: number): void {
    this.#own()
    this.#untoldModSeqs.set(this.#uids[index] ?? 0, modSeq)
    this.#bits[index] = (this.#bits[index] ?? 0) | UNTOLD
    const { from, to } = this.#untold
    this.#untold =
      to > from ? { from: Math.min(from, index), to: Math.max(to, index + 1) } : { from: index, to: index + 1 }
  }

  /** The columns become this session's own, so that they may be changed. */
  #own(): void {
    if (!this.#isShared) return
    this.#isShared = false
    this.#uids = this.#uids.slice()
    this.#knownView = this.#uids.subarray(0, this.#count)
    this.#bits = this.#bits.slice()
  }

  /** Takes the messages that went out of the columns: numbers from low to high, each in force once those before it are gone. */
  #expunge(): ViewUpdate[] {
    this.#own()
    const updates: ViewUpdate[] = []
    let to = 0
    let told = this.#told
    for (let at = 0; at < this.#count; at++) {
      const uid = this.#uids[at] ?? 0
      if (this.#gone.has(uid)) {
        this.#untoldModSeqs.delete(uid)
        if (at < this.#told) {
          updates.push({ kind: 'expunge', seq: seqNum(to + 1), uid: asUid(uid) })
          told -= 1
          if (((this.#bits[at] ?? 0) & RECENT) !== 0) this.#recent -= 1
        }
        continue
      }
      if (to < at) {
        this.#uids[to] = uid
        this.#bits[to] = this.#bits[at] ?? 0
        this.keywords.move(at, to)
      }
      to += 1
    }
    this.#count = to
    this.#told = told
    this.#gone.clear()
    this.#heldSince = null
    // Messages only move down, so those to be told still stand before the end of the span.
    if (this.#untold.to > this.#untold.from) this.#untold = { from: 0, to: this.#untold.to }
    return updates
  }
}

/** The one place where a number becomes a sequence number. */
function seqNum(number: number): SeqNum {
  return number as SeqNum
}

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

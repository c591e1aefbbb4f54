import { type AccountId, type MailboxId, mailboxId, modSeq, StoreFault } from '@mailwright/core'
import { Arrivals } from './arrivals.js'
import type { StoreContext } from './context.js'
import { FolderStamps } from './folder-stamps.js'
import { type Identity, Journal } from './journal.js'
import type { JournalRecord } from './journal-line.js'
import { KeywordLetters } from './keyword-letters.js'
import type { Location } from './layout.js'
import { JOURNAL_SLACK } from './limits.js'
import { look } from './look.js'
import { MessageTable, type StoredMessage } from './message-table.js'
import { MailboxGone } from './problem.js'
import { Serial } from './serial.js'

/**
 * One Maildir in memory: its table of messages, and the means to bring it up to date. What changes it runs in its
 * serial, one after the other; what only reads takes the table as it is.
 */
export class Mailbox {
  readonly context: StoreContext
  readonly account: AccountId
  readonly identity: Identity
  readonly id: MailboxId
  readonly table: MessageTable
  readonly letters: KeywordLetters
  readonly location: Location
  readonly serial = new Serial()
  /** Calls that use it; while there are any it stays in memory. */
  users = 0
  isGone = false
  readonly arrivals = new Arrivals()
  /** Base names that a change at hand is about to add: a look within it must not take them for another program's. */
  readonly arriving = new Set<string>()
  readonly #journal: Journal
  readonly #stamps: FolderStamps
  /** Keywords in their first spelling, by their folded form. */
  readonly #spellings = new Map<string, string>()
  #groups: number

  private constructor(
    context: StoreContext,
    account: AccountId,
    location: Location,
    identity: Identity,
    journal: Journal,
    table: MessageTable,
  ) {
    this.context = context
    this.account = account
    this.location = location
    this.identity = identity
    this.id = mailboxId(identity.id)
    this.table = table
    this.letters = new KeywordLetters(context, location)
    this.#journal = journal
    this.#stamps = new FolderStamps(location, context.limits.lookAgain)
    this.#groups = table.lastGroup
  }

  /** Reads a mailbox from its journal and folders. @throws {MailboxGone} */
  static async open(context: StoreContext, account: AccountId, folder: string): Promise<Mailbox> {
    const location: Location = { folder }
    const journal = new Journal(context.disk, location)
    const { identity, records, isDamaged } = await journal.read()
    const table = new MessageTable(context.limits.vanishedBatches)
    table.replay(records)
    const mailbox = new Mailbox(context, account, location, identity, journal, table)
    await mailbox.letters.refresh()
    for (const keyword of mailbox.letters.all) mailbox.spell(keyword)
    for (const message of table.messages) for (const keyword of message.keywords) mailbox.spell(keyword)
    if (isDamaged) {
      context.report({ kind: 'damagedJournal', path: folder, message: 'a journal had lines that could not be read' })
      await mailbox.#rewrite()
    }
    const isCrashed = table.uncommitted.size > 0
    await mailbox.#look()
    if (isCrashed) await mailbox.#rewrite()
    return mailbox
  }

  /** Brings the table up to date with what other programs did. Costs two `stat` calls where they did nothing. */
  async refresh(): Promise<void> {
    if (this.isGone) throw new MailboxGone(this.location)
    // While we change the folders ourselves their stamps say nothing; the change at hand has looked before it began.
    if (!this.serial.isIdle) return
    if (await this.#stamps.haveChanged()) await this.serial.run(() => this.#lookIfChanged())
  }

  /** Looks at the folders whatever their stamps say: a file was not where it should be. */
  lookNow(): Promise<void> {
    return this.serial.run(() => this.#look())
  }

  /** Runs a change of this mailbox: alone, on an up-to-date table, and not if `signal` aborts before it begins. */
  change<T>(signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    return this.serial.run(() => this.#prepared(signal, job))
  }

  /** Runs a change of two mailboxes. The serials are always entered in the same order, so that nobody waits in a ring. */
  static changeBoth<T>(one: Mailbox, other: Mailbox, signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    if (one === other) return one.change(signal, job)
    const [first, second] = one.identity.id < other.identity.id ? [one, other] : [other, one]
    return first.change(signal, () => second.change(signal, job))
  }

  async #prepared<T>(signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    await this.#lookIfChanged()
    signal.throwIfAborted()
    try {
      return await job()
    } finally {
      await this.#stamps.changedByUs().catch(() => this.#stamps.distrust())
    }
  }

  async #lookIfChanged(): Promise<void> {
    if (this.isGone) throw new MailboxGone(this.location)
    if (await this.#stamps.haveChanged()) await this.#look()
  }

  /** Within a change: looks again because a file was not where it should be. */
  async lookWithin(): Promise<void> {
    await this.#look()
  }

  async #look(): Promise<void> {
    if (this.isGone) throw new MailboxGone(this.location)
    await this.#stamps.look(() => look(this))
  }

  /**
   * Within a change: makes records durable, and what `alongside` does with them; then lets `apply` make them visible,
   * and tells the bus. If it rejects, nothing was applied, and the folders are looked at before the next change.
   */
  async commit(records: Iterable<JournalRecord>, apply: () => void, alongside?: () => Promise<void>): Promise<void> {
    const outcomes = await Promise.allSettled([this.#journal.append(records, true), alongside?.()])
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      this.#stamps.distrust()
      throw outcome.reason
    }
    apply()
    this.context.publish({ account: this.account, mailbox: this.id, modSeq: modSeq(this.table.highestModSeq) })
    if (this.#journal.lines > 2 * this.table.messages.length + JOURNAL_SLACK) await this.#tidy()
  }

  /** Within a change: records that are hints, or that announce files before they appear. */
  note(records: Iterable<JournalRecord>, isDurable: boolean): Promise<void> {
    return this.#journal.append(records, isDurable)
  }

  /** What was committed stands, so a failure here is no failure of the call; the next commit tries again. */
  async #tidy(): Promise<void> {
    await this.#rewrite().catch((cause: unknown) => {
      this.context.report({
        kind: 'background',
        path: this.location.folder,
        message: 'a journal was not rewritten',
        cause,
      })
    })
  }

  #rewrite(): Promise<void> {
    return this.#journal.rewrite(this.identity, [...this.table.records()])
  }

  nextGroup(): number {
    return ++this.#groups
  }

  /** Numbers for `count` new messages. Never given twice, also when the change fails. */
  takeUids(count: number): number {
    const first = this.table.uidNext
    if (first + count > 0xffff_ffff) throw new StoreFault(`the UIDs of ${this.location.folder} are used up`)
    this.table.uidNext += count
    return first
  }

  /** A keyword as it was first spelled here; `undefined` when the mailbox knows too many to learn another. */
  spell(keyword: string): string | undefined {
    const folded = keyword.toLowerCase()
    const known = this.#spellings.get(folded)
    if (known !== undefined) return known
    if (this.#spellings.size >= this.context.limits.keywords) return undefined
    this.#spellings.set(folded, keyword)
    return keyword
  }

  pathOf(message: StoredMessage): string {
    return `${this.location.folder}/${message.seen?.part ?? 'cur'}/${message.base}${message.seen?.info ?? ''}`
  }
}

import { type BigIntStats, statSync } from 'node:fs'
import { isSameStamp, stampOf } from './disk.js'
import type { Location, Part } from './layout.js'
import { MailboxGone } from './problem.js'

type Stamps = Readonly<Record<Part, BigIntStats>>

/**
 * Tells from two `stat` calls whether another program changed a Maildir.
 *
 * A folder's time changes with each entry, but another's change may hide: behind one of ours, or behind one in the same
 * tick of the file system's clock. Such doubt is settled by one more look, `lookAgain` after it arose, or later where
 * looking takes long.
 */
export class FolderStamps {
  readonly #location: Location
  readonly #lookAgain: number
  #known: Stamps | null = null
  #doubtSince: number | null = null
  #lookTook = 0
  #readAt = Number.NEGATIVE_INFINITY

  constructor(location: Location, lookAgain: number) {
    this.#location = location
    this.#lookAgain = lookAgain
  }

  /** Whether the folders must be read. @throws {MailboxGone} */
  async haveChanged(): Promise<boolean> {
    const now = await this.#read()
    const known = this.#known
    if (known === null || !isSameStamp(known.new, now.new) || !isSameStamp(known.cur, now.cur)) return true
    // Looking never takes more than a hundredth of the time.
    const patience = Math.max(this.#lookAgain, 100 * this.#lookTook)
    return this.#doubtSince !== null && performance.now() - this.#doubtSince >= patience
  }

  /** Looks with `read`, and takes what the folders say before it for what they were. */
  async look<T>(read: () => Promise<T>): Promise<T> {
    const before = await this.#read()
    const started = performance.now()
    const result = await read()
    this.#lookTook = performance.now() - started
    this.#known = before
    // Stamps are the system's, so real time it is, whatever clock the host gave.
    const newest = Number((before.new.mtimeNs > before.cur.mtimeNs ? before.new : before.cur).mtimeNs / 1_000_000n)
    this.#doubtSince = Date.now() - newest < this.#lookAgain ? started : null
    return result
  }

  /** We changed the folders ourselves just now. */
  async changedByUs(): Promise<void> {
    this.#known = await this.#read()
    this.#doubtSince ??= performance.now()
  }

  /** Whatever is known is wrong: the next call looks. */
  distrust(): void {
    this.#known = null
  }

  async #read(): Promise<Stamps> {
    const { folder } = this.#location
    const paths = [`${folder}/new`, `${folder}/cur`]
    const now = performance.now()
    // What was looked at a moment ago is in the system's memory: asking at once costs less than a thread's turn.
    const isHot = now - this.#readAt < this.#lookAgain
    this.#readAt = now
    const [incoming, current] = isHot ? paths.map(stampNow) : await Promise.all(paths.map(stampOf))
    if (incoming === undefined || current === undefined) throw new MailboxGone(this.#location)
    return { new: incoming, cur: current }
  }
}

function stampNow(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })
}

import { open, rename, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { type Millis, StoreFault } from '@mailwright/core'
import { type Disk, READ, READ_WRITE, readText, unlessMissing } from './disk.js'
import { type JournalRecord, parseLine, writeLine } from './journal-line.js'
import { JOURNAL_FILE, type Location } from './layout.js'
import { RawFile } from './raw-file.js'

/** Who a mailbox is: the first line of its journal. */
export type Identity = Extract<JournalRecord, { readonly kind: 'mailbox' }>

/** How long the system surely remembers where a file is that was used. Default 1 s. */
const HOT: Millis = 1_000

/** A journal as it was found. */
export interface JournalContent {
  readonly identity: Identity
  readonly records: readonly JournalRecord[]
  /** Some line was torn or spoiled; the journal should be rewritten before it is written to. */
  readonly isDamaged: boolean
}

/**
 * A mailbox's memory on disk, `mailwright-uids` in its folder: lines are only ever added, until a rewrite replaces the
 * file. What `append` resolved for is there after a crash; of what it did not resolve for, any beginning may be.
 */
export class Journal {
  readonly #disk: Disk
  readonly #location: Location
  /** Octets of good lines; what a failed write left after them is cut off before the next. */
  #length: number | null = null
  #lines = 0
  #writtenAt = Number.NEGATIVE_INFINITY

  constructor(disk: Disk, location: Location) {
    this.#disk = disk
    this.#location = location
  }

  /** Lines in the file, to decide when a rewrite pays. */
  get lines(): number {
    return this.#lines
  }

  /** Adds records with one write. With `isDurable` they are on the medium when it resolves. */
  async append(records: Iterable<JournalRecord>, isDurable: boolean): Promise<void> {
    const path = this.#path
    const lines = Array.from(records, writeLine)
    if (lines.length === 0) return
    const text = lines.join('')
    // Opened for each write: an idle mailbox holds no descriptor. Never created here: a mailbox that is gone stays gone.
    const flags = READ_WRITE | (isDurable ? this.#disk.syncing : 0)
    const file = this.#isHot() ? RawFile.openNow(path, flags) : await RawFile.open(path, flags)
    try {
      this.#length ??= file.size()
      await file.write([Buffer.from(text)], this.#length)
      if (isDurable) await this.#disk.sync(file)
      this.#length += Buffer.byteLength(text)
      this.#lines += lines.length
      this.#writtenAt = performance.now()
    } catch (reason) {
      // A line that was not promised must not be there after a restart either, as far as the disk lets us.
      if (this.#length !== null) await truncate(path, this.#length).catch(() => undefined)
      throw reason
    } finally {
      await file.close()
    }
  }

  /** Replaces the journal by these records, atomically and durably. */
  async rewrite(identity: Identity, records: readonly JournalRecord[]): Promise<void> {
    const text = [identity, ...records].map(writeLine).join('')
    await this.#disk.replace(this.#path, text)
    await this.#disk.syncFolder(this.#location.folder)
    this.#length = Buffer.byteLength(text)
    this.#lines = records.length
  }

  /** Reads everything. @throws {StoreFault} when there is no journal: it is made with its mailbox. */
  async read(): Promise<JournalContent> {
    const text = await readText(this.#path)
    const [first = '', ...lines] = (text ?? '').split('\n')
    const identity = parseLine(first)
    if (text === undefined || identity?.kind !== 'mailbox')
      throw new StoreFault(`no journal in ${this.#location.folder}`)
    const records: JournalRecord[] = []
    // What follows the last line feed is empty, or a torn line.
    let isDamaged = lines.pop() !== ''
    for (const line of lines) {
      const record = parseLine(line)
      if (record === undefined) isDamaged = true
      else records.push(record)
    }
    this.#length = Buffer.byteLength(text)
    this.#lines = lines.length
    return { identity, records, isDamaged }
  }

  /** Written a moment ago: opening it waits for no medium. */
  #isHot(): boolean {
    return performance.now() - this.#writtenAt < HOT
  }

  get #path(): string {
    return join(this.#location.folder, JOURNAL_FILE)
  }
}

/** The identity of the mailbox in `folder`; `undefined` where it has none, or none that can be read. */
export async function readIdentity(folder: string): Promise<Identity | undefined> {
  const file = await open(join(folder, JOURNAL_FILE), READ).catch(unlessMissing)
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0)
    const record = parseLine(buffer.toString('utf8', 0, bytesRead).split('\n')[0] ?? '')
    return record?.kind === 'mailbox' ? record : undefined
  } finally {
    await file.close()
  }
}

/** Begins a journal in `folder`. One that is there and cannot be read is kept under another name. */
export async function writeIdentity(disk: Disk, folder: string, identity: Identity): Promise<void> {
  const path = join(folder, JOURNAL_FILE)
  if ((await stat(path).catch(unlessMissing)) !== undefined) await rename(path, `${path}.damaged`)
  await disk.replace(path, writeLine(identity))
  await disk.syncFolder(folder)
}

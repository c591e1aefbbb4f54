import { constants } from 'node:fs'
import { readdir, readFile, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Octets, type QueueId, StoreFault } from '@mailwright/core'
import { type Disk, FILE_MODE, READ, unlessMissing } from '../disk.js'
import { RawFile } from '../raw-file.js'
import { KEPT_OCTETS, SEGMENT_OCTETS, SEGMENTS } from './limits.js'
import { readRecords, writeDone, writePut } from './log-record.js'
import type { QueueProblem } from './options.js'

/** One file of the log. */
interface Segment {
  readonly path: string
  /** Octets of whole records. */
  length: Octets
  /** Messages in it that are not done with. */
  readonly live: Set<QueueId>
}

/** Where a message's file is: in memory, or somewhere in one of the disk. */
export type Source =
  | { readonly kind: 'memory'; readonly content: Buffer }
  | { readonly kind: 'disk'; readonly path: string; readonly start: Octets }

interface Entry {
  readonly segment: Segment
  readonly start: Octets
  readonly octets: Octets
  readonly content: Buffer | null
}

/** A record that waits to be written. */
interface Waiting {
  readonly record: Buffer
  readonly written: (segment: Segment, at: Octets) => void
  readonly failed: (reason: unknown) => void
}

/** A message that was found in the log, as its own file would hold it. */
export interface LoggedFile {
  readonly id: QueueId
  readonly content: Buffer
}

const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * Small messages of a queue until they are delivered: what comes, and what is done with, are records behind one another, and all that come while
 * others are made durable share the next write and the next sync. A message that is delivered at once never has a file of its own.
 *
 * The log is several files, of which the last is written to. The first goes when no message in it is left, and never before it: it may have messages that
 * a later one calls done.
 */
export class MessageLog {
  readonly #disk: Disk
  readonly #folder: string
  readonly #segments: Segment[] = []
  readonly #entries = new Map<QueueId, Entry>()
  readonly #retire: (ids: readonly QueueId[]) => Promise<unknown>
  readonly #onProblem: ((problem: QueueProblem) => void) | undefined
  /** The last segment, open; `null` when there must be a new one. */
  #file: RawFile | null = null
  #count = 0
  #kept: Octets = 0
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null
  #tidying: Promise<void> | null = null
  #isClosed = false

  private constructor({ disk, folder, retire, onProblem }: MessageLogOptions) {
    this.#disk = disk
    this.#folder = folder
    this.#retire = retire
    this.#onProblem = onProblem
  }

  /** Reads what is there. */
  static async open(
    options: MessageLogOptions,
  ): Promise<{ readonly log: MessageLog; readonly found: readonly LoggedFile[] }> {
    const log = new MessageLog(options)
    const names = (await readdir(log.#folder)).filter((name) => /^\d+$/.test(name))
    names.sort((one, other) => Number(one) - Number(other))
    const found = new Map<QueueId, LoggedFile>()
    for (const name of names) await log.#read(join(log.#folder, name), found)
    log.#count = Number(names.at(-1) ?? 0)
    return { log, found: [...found.values()] }
  }

  has(id: QueueId): boolean {
    return this.#entries.has(id)
  }

  /** The file that a message is in. */
  pathOf(id: QueueId): string {
    return this.#entries.get(id)?.segment.path ?? this.#folder
  }

  /** Messages in it. */
  get ids(): readonly QueueId[] {
    return [...this.#entries.keys()]
  }

  /** Takes a message, as its own file would hold it; durable when it resolves. When it rejects nothing remains. */
  put(id: QueueId, file: readonly Uint8Array[]): Promise<void> {
    const { record, start } = writePut(id, file)
    const content = record.subarray(start, record.length - 1)
    return this.#append(record, (segment, at) => {
      const isKept = this.#kept + content.length <= KEPT_OCTETS
      if (isKept) this.#kept += content.length
      this.#entries.set(id, {
        segment,
        start: at + start,
        octets: content.length,
        content: isKept ? content : null,
      })
      segment.live.add(id)
    })
  }

  /** Forgets messages; durable when it resolves. When it rejects they may come again with the next owner. */
  async done(ids: readonly QueueId[]): Promise<void> {
    await this.#append(writeDone(ids), () => {
      for (const id of ids) this.#forget(id)
    })
    this.#tidy()
  }

  /** Where a message's file is now; `undefined` for one that is not in the log any more. */
  source(id: QueueId): Source | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    const { segment, start, content } = entry
    return content === null ? { kind: 'disk', path: segment.path, start } : { kind: 'memory', content }
  }

  /** A message's file, whole. */
  async fileOf(id: QueueId): Promise<Buffer> {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new StoreFault(`the message ${id} is not in the log`)
    const { segment, start, octets, content } = entry
    if (content !== null) return content
    const file = await RawFile.open(segment.path, READ)
    try {
      const whole = Buffer.allocUnsafeSlow(octets)
      for (let at = 0; at < octets; ) {
        const count = await file.read(whole.subarray(at), start + at)
        if (count === 0) throw new StoreFault('the log of the queue is shorter than it was')
        at += count
      }
      return whole
    } finally {
      await file.close()
    }
  }

  /** Messages that have waited for as long as it takes to fill the log are not delivered at once: they get files of their own. */
  relieve(): void {
    const old = this.#segments.slice(0, -SEGMENTS).flatMap(({ live }) => [...live])
    if (old.length === 0) return
    this.#retire(old).catch((reason: unknown) => this.#tell(this.#folder, String(reason)))
  }

  /** What was begun ends; what comes is refused. Files that nobody needs go. */
  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#writing !== null) await this.#writing
    await this.#file?.close()
    this.#file = null
    while (this.#tidying !== null) await this.#tidying
    this.#tidy()
    await this.#tidying
  }

  async #read(path: string, found: Map<QueueId, LoggedFile>): Promise<void> {
    const content = await readFile(path, { flag: READ })
    const segment: Segment = { path, length: 0, live: new Set() }
    this.#segments.push(segment)
    const records = readRecords(content)
    let next = records.next()
    for (; next.done !== true; next = records.next()) {
      const record = next.value
      if (record.kind === 'done') {
        for (const id of record.ids) {
          this.#forget(id)
          found.delete(id)
        }
        continue
      }
      const { id, start, octets } = record
      this.#entries.set(id, { segment, start, octets, content: null })
      segment.live.add(id)
      // A copy of what lives: not to hold the whole segment.
      found.set(id, { id, content: Buffer.from(content.subarray(start, start + octets)) })
    }
    segment.length = next.value
    const rest = content.length - segment.length
    if (rest === 0) return
    this.#tell(path, `its last ${rest} octets are no record: a crash tears what nobody was promised`)
  }

  #append(record: Buffer, apply: (segment: Segment, at: Octets) => void): Promise<void> {
    // The next owner may have read it already.
    if (this.#isClosed) return Promise.reject(new StoreFault('the log of the queue is closed'))
    return new Promise((resolve, reject) => {
      const written = (segment: Segment, at: Octets): void => {
        apply(segment, at)
        resolve()
      }
      this.#waiting.push({ record, written, failed: reject })
      this.#writing ??= this.#write()
    })
  }

  async #write(): Promise<void> {
    // Who comes within the same turn shares the first round, too.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const round = this.#waiting
      this.#waiting = []
      try {
        const { segment, file } = await this.#current()
        const records = round.map(({ record }) => record)
        await this.#writeTo(segment, file, records)
        for (const { record, written } of round) {
          written(segment, segment.length)
          segment.length += record.length
        }
      } catch (reason) {
        for (const { failed } of round) failed(reason)
      }
    }
    // In the same breath as the look that found nobody waiting.
    this.#writing = null
  }

  async #writeTo(segment: Segment, file: RawFile, records: readonly Buffer[]): Promise<void> {
    try {
      await file.write(records, segment.length)
      await this.#disk.sync(file)
    } catch (reason) {
      await this.#takeBack(segment, file)
      throw reason
    }
  }

  /** What was not promised must not be there after a restart either, as far as the disk lets us. */
  async #takeBack(segment: Segment, file: RawFile): Promise<void> {
    try {
      await truncate(segment.path, segment.length)
      await this.#disk.sync(file)
    } catch {
      // Nothing may come behind what is torn.
      this.#file = null
      await file.close().catch(() => undefined)
      if (segment.length > 0) return
      this.#segments.pop()
      await unlink(segment.path).catch(() => undefined)
    }
  }

  /** What is written to: the last segment, or a new one, whose name is durable. */
  async #current(): Promise<{ readonly segment: Segment; readonly file: RawFile }> {
    const last = this.#segments.at(-1)
    if (this.#file !== null && last !== undefined && last.length < SEGMENT_OCTETS) {
      return { segment: last, file: this.#file }
    }
    await this.#file?.close()
    this.#file = null
    const path = join(this.#folder, String(++this.#count).padStart(8, '0'))
    const file = await RawFile.open(path, CREATE, FILE_MODE)
    try {
      await this.#disk.syncFolder(this.#folder)
    } catch (reason) {
      await file.close()
      await unlink(path).catch(unlessMissing)
      throw reason
    }
    const segment: Segment = { path, length: 0, live: new Set() }
    this.#segments.push(segment)
    this.#file = file
    this.#tidy()
    this.relieve()
    return { segment, file }
  }

  #forget(id: QueueId): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    entry.segment.live.delete(id)
    if (entry.content !== null) this.#kept -= entry.content.length
  }

  /** Removes segments that nobody needs, the oldest first. */
  #tidy(): void {
    if (this.#tidying !== null || !this.#isRemovable(this.#segments[0])) return
    this.#tidying = this.#removeOld()
      .catch((reason: unknown) => this.#tell(this.#folder, String(reason)))
      .finally(() => {
        this.#tidying = null
      })
  }

  async #removeOld(): Promise<void> {
    for (let [first] = this.#segments; first !== undefined && this.#isRemovable(first); [first] = this.#segments) {
      await unlink(first.path).catch(unlessMissing)
      // Before the next may go, this one must be gone for good.
      await this.#disk.syncFolder(this.#folder)
      this.#segments.shift()
    }
  }

  #isRemovable(segment: Segment | undefined): boolean {
    if (segment === undefined || segment.live.size > 0) return false
    return this.#file === null || segment !== this.#segments.at(-1)
  }

  #tell(path: string, message: string): void {
    this.#onProblem?.({ kind: 'background', path, message })
  }
}

export interface MessageLogOptions {
  readonly disk: Disk
  readonly folder: string
  /** Gives messages files of their own, after which they are done with here. */
  readonly retire: (ids: readonly QueueId[]) => Promise<unknown>
  readonly onProblem?: (problem: QueueProblem) => void
}

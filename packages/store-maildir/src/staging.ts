import { randomBytes } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { unlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { type Body, type MessageDigest, type Octets, type StagedId, stagedId, type UnixMillis } from '@mailwright/core'
import { Digester } from '@mailwright/message'
import { untilAborted } from './abortable.js'
import type { StoreContext } from './context.js'
import { digestChunk } from './digest-chunk.js'
import { FILE_MODE, unlessMissing } from './disk.js'
import { SCRATCH_PREFIX } from './layout.js'
import { DiskToWire, WireLength, WireToDisk } from './line-ends.js'
import { RawFile } from './raw-file.js'

/** A message received whole, in `tmp` of an account's INBOX, its octets on the medium. */
export interface StagedMessage {
  readonly path: string
  readonly facts: BigIntStats
  readonly octets: Octets
  /** What `W=` says: the length every other program computes, which for a raw file may not be ours. */
  readonly wire: Octets
  readonly isRaw: boolean
  readonly digest: MessageDigest
}

/** Chunks gathered for one write of a large message: four, a quarter of a megabyte. */
const GATHERED = 4

/** Messages received and in no mailbox yet. They live in files, so any size and number will do. */
export class Staging {
  readonly #context: StoreContext
  readonly #staged = new Map<
    StagedId,
    { readonly message: StagedMessage; readonly forgetAt: number; isDated: boolean }
  >()

  /** Of this process and life: nobody else makes such names. */
  readonly #prefix = randomBytes(8).toString('hex')
  #count = 0

  constructor(context: StoreContext) {
    this.#context = context
  }

  get(id: StagedId): StagedMessage | undefined {
    return this.#staged.get(id)?.message
  }

  /**
   * Writes a body into `folder`, at the body's pace. The chunks may be reused as soon as the next is asked for. If the
   * body throws or `signal` aborts, nothing remains.
   */
  async stage(folder: string, body: Body, signal: AbortSignal): Promise<{ id: StagedId; message: StagedMessage }> {
    await this.#forgetOld()
    const key = `${this.#prefix}-${++this.#count}`
    const writer = new StageWriter(this.#context, join(folder, `${SCRATCH_PREFIX}stage-${key}`))
    try {
      for await (const chunk of untilAborted(body, signal)) {
        signal.throwIfAborted()
        await writer.write(chunk)
      }
      const message = await writer.end()
      signal.throwIfAborted()
      const id = stagedId(key)
      const forgetAt = this.#context.clock.now() + this.#context.limits.stagedFor
      this.#staged.set(id, { message, forgetAt, isDated: false })
      return { id, message }
    } catch (reason) {
      await writer.abandon()
      throw reason
    }
  }

  /** Dovecot takes a file's time for the internal date: it is set once, before the first mailbox gets a link. */
  async date(id: StagedId, internalDate: UnixMillis): Promise<void> {
    const staged = this.#staged.get(id)
    if (staged === undefined || staged.isDated) return
    staged.isDated = true
    // An internal date has seconds (RFC 9051 §2.3.3): a file that was written within that second has it already.
    if (Math.floor(internalDate / 1_000) === Math.floor(Number(staged.message.facts.mtimeMs) / 1_000)) return
    await utimes(staged.message.path, internalDate / 1_000, internalDate / 1_000)
  }

  async discard(ids: Iterable<StagedId>): Promise<void> {
    for (const id of ids) {
      const staged = this.#staged.get(id)
      if (staged === undefined) continue
      this.#staged.delete(id)
      await unlink(staged.message.path).catch(unlessMissing)
    }
  }

  close(): Promise<void> {
    return this.discard([...this.#staged.keys()])
  }

  async #forgetOld(): Promise<void> {
    const now = this.#context.clock.now()
    const old: StagedId[] = []
    // In the order they were staged, so the first that is young ends it.
    for (const [id, { forgetAt }] of this.#staged) {
      if (forgetAt > now) break
      old.push(id)
    }
    await this.discard(old)
  }
}

/** Writes one message, in the disk's form where that keeps every octet, else as it comes. */
class StageWriter {
  readonly #context: StoreContext
  readonly #digester = new Digester()
  readonly #wire = new WireLength()
  #path: string
  #file: RawFile | null = null
  /** `null` once the message turned out to need its wire form. */
  #converter: WireToDisk | null
  #octets = 0
  /** Octets of our own that wait for a write. */
  #held: Uint8Array[] = []
  #heldOctets = 0
  /** Where a large message is gathered, again and again; `null` while it may be a small one. */
  #gathering: Buffer | null = null
  #gathered = 0

  constructor(context: StoreContext, path: string) {
    this.#context = context
    this.#path = path
    this.#converter = new WireToDisk()
  }

  async write(chunk: Uint8Array): Promise<void> {
    await digestChunk(this.#digester, chunk)
    this.#wire.push(chunk)
    this.#octets += chunk.length
    if (this.#context.lineEnds === 'crlf') {
      // The converter only tells whether the message could be mistaken for another one.
      if (this.#converter?.push(chunk) === undefined) this.#converter = null
      return this.#put(Buffer.from(chunk))
    }
    const converted = this.#converter?.push(chunk, await this.#room(chunk.length + 1))
    if (converted !== undefined) {
      if (converted.buffer === this.#gathering?.buffer) this.#gathered += converted.length
      return this.#put(converted)
    }
    if (this.#converter !== null) await this.#startOver(this.#converter)
    // The chunk is its maker's again when the next one is asked for.
    await this.#put(Buffer.from(chunk))
  }

  async end(): Promise<StagedMessage> {
    const { lineEnds, disk } = this.#context
    if (lineEnds === 'lf' && this.#converter !== null) await this.#put(this.#converter.end())
    await this.#flush()
    const file = await this.#opened()
    await disk.sync(file)
    const facts = file.stat()
    this.#file = null
    await file.close()
    const isRaw = this.#converter === null
    const digest = this.#digester.end()
    return { path: this.#path, facts, octets: this.#octets, wire: this.#wire.octets, isRaw, digest }
  }

  async abandon(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.close()
    await unlink(this.#path).catch(unlessMissing)
  }

  /** Writes what came so far once more, in wire form: what comes now cannot be told apart in the other. */
  async #startOver(converter: WireToDisk): Promise<void> {
    await this.#put(converter.end())
    await this.#flush()
    const old = await this.#opened()
    const oldPath = this.#path
    this.#path = `${oldPath}-raw`
    this.#file = null
    this.#converter = null
    try {
      const back = new DiskToWire()
      for (let at = 0; ; ) {
        const buffer = Buffer.allocUnsafe(this.#context.limits.chunk)
        const octets = await old.read(buffer, at)
        if (octets === 0) break
        at += octets
        await this.#put(back.push(buffer.subarray(0, octets)))
      }
    } finally {
      await old.close()
      await unlink(oldPath).catch(unlessMissing)
    }
  }

  /** Gathers octets of our own, so that a body in small pieces costs few writes. */
  async #put(octets: Uint8Array): Promise<void> {
    this.#held.push(octets)
    this.#heldOctets += octets.length
    if (this.#heldOctets >= GATHERED * this.#context.limits.chunk) await this.#flush()
  }

  /** Room for octets of our own, which they keep until the next flush. */
  async #room(octets: number): Promise<Uint8Array> {
    const { chunk } = this.#context.limits
    const size = GATHERED * chunk
    if (this.#octets <= chunk || octets > size) return Buffer.allocUnsafe(octets)
    this.#gathering ??= Buffer.from(new ArrayBuffer(size))
    if (this.#gathered + octets > size) await this.#flush()
    return this.#gathering.subarray(this.#gathered, this.#gathered + octets)
  }

  async #flush(): Promise<void> {
    const file = await this.#opened()
    const held = this.#held
    if (this.#heldOctets === 0) return
    this.#held = []
    this.#heldOctets = 0
    await file.write(held)
    this.#gathered = 0
  }

  async #opened(): Promise<RawFile> {
    this.#file ??= await RawFile.open(this.#path, 'wx+', FILE_MODE)
    return this.#file
  }
}

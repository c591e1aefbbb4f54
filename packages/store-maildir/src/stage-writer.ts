import { unlink } from 'node:fs/promises'
import type { Octets } from '@mailwright/core'
import type { StoreContext } from './context.js'
import { FILE_MODE, unlessMissing } from './disk.js'
import { DiskToWire, WireLength, WireToDisk } from './line-ends.js'
import { RawFile } from './raw-file.js'
import type { StagedContent, StagedMessage } from './staging.js'

/** Chunks gathered for one write of a large message: four, a quarter of a megabyte. */
const GATHERED = 4

/** Receives one message, in the disk's form where that keeps every octet, else as it comes: in memory while it is small, then in a file. */
export class StageWriter {
  readonly #context: StoreContext
  /** Counts what is not in the disk's form; of what is, each octet counts. */
  #wire: WireLength | null = null
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

  /** @param path of the file, where there has to be one. */
  constructor(context: StoreContext, path: string) {
    this.#context = context
    this.#path = path
    this.#converter = new WireToDisk()
  }

  /** @returns a promise where the next chunk must wait. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#octets + chunk.length > this.#context.limits.chunk || this.#context.lineEnds === 'crlf') {
      return this.#write(chunk)
    }
    const converted = this.#converter?.push(chunk)
    if (converted === undefined) return this.#write(chunk)
    this.#octets += chunk.length
    this.#heldOctets += converted.length
    this.#held.push(converted)
    return undefined
  }

  async #write(chunk: Uint8Array): Promise<void> {
    const room = this.#context.lineEnds === 'lf' ? await this.#room(chunk.length + 1) : undefined
    const converted = this.#converter?.push(chunk, room)
    if (converted === undefined && this.#converter !== null) {
      this.#wire = new WireLength(this.#octets, this.#converter.last)
      if (this.#context.lineEnds === 'lf') await this.#startOver(this.#converter)
      // In wire form already: what is left is only that its name says so.
      this.#converter = null
    }
    this.#wire?.push(chunk)
    this.#octets += chunk.length
    if (converted !== undefined && room !== undefined) {
      if (converted.buffer === this.#gathering?.buffer) this.#gathered += converted.length
      return this.#put(converted)
    }
    // The chunk is its maker's again when the next one is asked for.
    await this.#put(Buffer.from(chunk))
  }

  /** @param mayHold says whether a message of so many octets may stay in memory. */
  async end(mayHold: (octets: Octets) => boolean): Promise<StagedMessage> {
    if (this.#context.lineEnds === 'lf' && this.#converter !== null) await this.#put(this.#converter.end())
    const isSmall = this.#file === null && this.#heldOctets <= this.#context.limits.chunk
    const content = isSmall && mayHold(this.#heldOctets) ? this.#inMemory() : await this.#inFile()
    const isRaw = this.#converter === null
    return { content, octets: this.#octets, wire: this.#wire?.octets ?? this.#octets, isRaw, digest: null }
  }

  async abandon(): Promise<void> {
    const file = this.#file
    if (file === null) return
    this.#file = null
    await file.close()
    await unlink(this.#path).catch(unlessMissing)
  }

  #inMemory(): StagedContent {
    return { kind: 'held', octets: Buffer.concat(this.#held, this.#heldOctets) }
  }

  async #inFile(): Promise<StagedContent> {
    await this.#flush()
    const file = await this.#opened()
    await this.#context.disk.sync(file)
    const facts = file.stat()
    this.#file = null
    await file.close()
    return { kind: 'file', path: this.#path, facts }
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

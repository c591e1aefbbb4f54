import {
  type BigIntStats,
  close,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  open,
  openSync,
  read,
  type Stats,
  write,
  writev,
} from 'node:fs'

/**
 * An open file by its descriptor; whoever opened it closes it.
 *
 * What may wait for the medium goes to Node's threads. What only looks at memory of the system is done at once: facts of an open file,
 * opening what was used a moment ago, closing what is synced. Each turn of a thread costs several times what such a call does, and a delivery
 * is made of many.
 */
export class RawFile {
  readonly #descriptor: number
  /** Nothing is left that closing would have to write. */
  #isClean = true

  /** Writes are synced by themselves (O_DSYNC). */
  readonly #isSyncing: boolean

  private constructor(descriptor: number, flags: number | string) {
    this.#descriptor = descriptor
    this.#isSyncing = typeof flags === 'number' && (flags & (constants.O_DSYNC ?? 0)) !== 0
  }

  static open(path: string, flags: number | string, mode?: number): Promise<RawFile> {
    return new Promise((resolve, reject) => {
      open(path, flags, mode, (error, descriptor) =>
        error === null ? resolve(new RawFile(descriptor, flags)) : reject(error),
      )
    })
  }

  /** Opens without a thread: a file or folder that was used a moment ago, or a new file in such a folder. */
  static openNow(path: string, flags: number | string, mode?: number): RawFile {
    return new RawFile(openSync(path, flags, mode), flags)
  }

  /** Writes all octets, at `position` or, without one, where the last write ended. */
  async write(chunks: readonly Uint8Array[], position: number | null = null): Promise<void> {
    this.#isClean = this.#isSyncing
    let whole = chunks.length === 1 ? chunks[0] : undefined
    let done = 0
    if (whole === undefined) {
      const octets = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      done = await this.#gather(chunks, position)
      if (done === octets) return
      whole = Buffer.concat(chunks)
    }
    while (done < whole.length) {
      done += await this.#write(whole, done, position === null ? null : position + done)
    }
  }

  /** @returns octets read; none at the end of the file. */
  read(buffer: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#descriptor, buffer, 0, buffer.length, position, (error, octets) =>
        error === null ? resolve(octets) : reject(error),
      )
    })
  }

  /** Octets and length are on the medium when it resolves. */
  async datasync(): Promise<void> {
    if (!this.#isSyncing) await this.#synced(fdatasync)
  }

  sync(): Promise<void> {
    return this.#synced(fsync)
  }

  stat(): BigIntStats {
    return fstatSync(this.#descriptor, { bigint: true })
  }

  size(): Stats['size'] {
    return fstatSync(this.#descriptor).size
  }

  /** Closing what is not synced may write over a network, so that is for a thread. */
  async close(): Promise<void> {
    if (this.#isClean) return closeSync(this.#descriptor)
    await new Promise<void>((resolve, reject) => {
      close(this.#descriptor, (error) => (error ? reject(error) : resolve()))
    })
  }

  async #synced(call: typeof fsync): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      call(this.#descriptor, (error) => (error ? reject(error) : resolve()))
    })
    this.#isClean = true
  }

  #gather(chunks: readonly Uint8Array[], position: number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, octets: number): void => (error === null ? resolve(octets) : reject(error))
      if (position === null) writev(this.#descriptor, chunks, done)
      else writev(this.#descriptor, chunks, position, done)
    })
  }

  #write(octets: Uint8Array, from: number, position: number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#descriptor, octets, from, octets.length - from, position, (error, written) =>
        error === null ? resolve(written) : reject(error),
      )
    })
  }
}

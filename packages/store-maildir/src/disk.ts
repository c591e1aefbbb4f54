import { type BigIntStats, constants, renameSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { Promptness } from './promptness.js'
import { RawFile } from './raw-file.js'

/**
 * `full`: what is promised survives a loss of power. `none`: it survives the end of the process only; for tests and
 * for mail that can be had again.
 */
export type Durability = 'full' | 'none'

/** Mode of files and folders: mail is its owner's alone. */
export const FILE_MODE = 0o600
export const FOLDER_MODE = 0o700

// Whoever can write into a Maildir must not make us read or write elsewhere, or wait for the writer of a FIFO.
const CAREFUL = constants.O_NOFOLLOW | constants.O_NONBLOCK
const WRITE_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | CAREFUL
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
/**
 * Each write of a file opened so is as good as one with fdatasync behind it (open(2)), in one call. Elsewhere than on Linux it is not known to reach the
 * medium.
 */
const SYNCED = process.platform === 'linux' ? constants.O_DSYNC : 0
export const READ = constants.O_RDONLY | CAREFUL
export const READ_WRITE = constants.O_RDWR | CAREFUL

/** Makes things durable, or does not, as the host decided. */
export class Disk {
  readonly durability: Durability
  readonly #promptness = new Promptness()

  constructor(durability: Durability) {
    this.durability = durability
  }

  /** To open a file with whose every write will be synced: `sync` behind it then has nothing to do. */
  get syncing(): number {
    return this.durability === 'full' ? SYNCED : 0
  }

  /** The file's octets and length are on the medium when it resolves. */
  async sync(file: Pick<FileHandle, 'datasync'>): Promise<void> {
    if (this.durability === 'full') await file.datasync()
  }

  /** Writes a small file that is not there yet; its octets are on the medium when it resolves. What was written of it is removed if it rejects. */
  async create(path: string, octets: Uint8Array): Promise<BigIntStats> {
    const flags = CREATE | this.syncing
    const file = this.#promptness.isPrompt
      ? this.#promptness.watch(() => RawFile.openNow(path, flags, FILE_MODE))
      : await RawFile.open(path, flags, FILE_MODE)
    try {
      await file.write([octets])
      await this.sync(file)
      return file.stat()
    } catch (reason) {
      await unlink(path).catch(unlessMissing)
      throw reason
    } finally {
      await file.close()
    }
  }

  /** Gives a file its place, in one step. The caller syncs the folder. */
  async move(from: string, to: string): Promise<void> {
    if (this.#promptness.isPrompt) this.#promptness.watch(() => renameSync(from, to))
    else await rename(from, to)
  }

  /** The folder's entries are on the medium when it resolves. They were changed a moment ago. */
  async syncFolder(path: string): Promise<void> {
    if (this.durability === 'none') return
    const folder = RawFile.openNow(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }

  /** Writes a whole new file under `path`, atomically: readers see the old or the new one. The caller syncs the folder. */
  async replace(path: string, content: string, scratch: string = `${path}.new`): Promise<void> {
    const file = await open(scratch, WRITE_NEW, FILE_MODE)
    try {
      await file.writeFile(content)
      await this.sync(file)
    } finally {
      await file.close()
    }
    await rename(scratch, path)
  }
}

/** Whether a rejection is this error of the operating system. */
export function isCode(reason: unknown, ...codes: readonly string[]): boolean {
  return reason instanceof Error && 'code' in reason && codes.some((code) => code === reason.code)
}

/** For `catch`: answers `undefined` where the file is not there, and rejects for all else. */
export function unlessMissing(reason: unknown): undefined {
  if (isCode(reason, 'ENOENT', 'ENOTDIR')) return undefined
  throw reason
}

/** A text file's content; `undefined` where there is none. */
export function readText(path: string): Promise<string | undefined> {
  return readFile(path, { encoding: 'utf8', flag: READ }).catch(unlessMissing)
}

/** Says whether a file is the same as when it was looked at last; `undefined` where there is none. */
export function stampOf(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(unlessMissing)
}

export function isSameStamp(a: BigIntStats | undefined, b: BigIntStats | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.mtimeNs === b.mtimeNs && a.ino === b.ino && a.size === b.size
}

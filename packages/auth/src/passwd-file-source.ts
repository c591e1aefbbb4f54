import { type BigIntStats, constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Clock, Millis } from '@mailwright/core'
import { PasswdFileError } from './errors.js'
import { codeOf } from './file-lock.js'
import { PASSWD_FILE_LIMITS } from './limits.js'
import { type ReadTableOptions, readUserTable, type UserTable } from './user-table.js'

/** Called with a file that cannot be used, once for each version of it, while the users of the last good one stay. */
export type ProblemListener = (error: PasswdFileError) => void

/** The users of a file, read again when it changes. No watcher: it is looked at when somebody asks. */
export class PasswdFileSource {
  readonly #options: ReadTableOptions
  readonly #clock: Pick<Clock, 'now'>
  readonly #onProblem: ProblemListener
  #table: UserTable
  /** Which version was tried last, good or bad. */
  #version: string
  #checkedAt: Millis
  #checking: Promise<void> | null = null

  private constructor(
    options: ReadTableOptions,
    clock: Pick<Clock, 'now'>,
    onProblem: ProblemListener,
    first: { readonly table: UserTable; readonly version: string },
  ) {
    this.#options = options
    this.#clock = clock
    this.#onProblem = onProblem
    this.#table = first.table
    this.#version = first.version
    this.#checkedAt = clock.now()
  }

  /** @throws {PasswdFileError} when the file cannot be read or used: there are no users yet that could stay. */
  static async open(
    options: ReadTableOptions,
    clock: Pick<Clock, 'now'>,
    onProblem: ProblemListener,
  ): Promise<PasswdFileSource> {
    const file = await readVersion(options.path, null)
    if (file.kind === 'fault') throw file.error
    if (file.kind === 'same') throw new PasswdFileError(options.path, [{ line: 0, reason: 'cannot be read' }])
    const table = await readUserTable(file.text, options)
    return new PasswdFileSource(options, clock, onProblem, { table, version: file.version })
  }

  /** The users as of the last look. */
  get latest(): UserTable {
    return this.#table
  }

  /** The users as of now, at most a second old. Never rejects. */
  async current(): Promise<UserTable> {
    if (this.#checking !== null) await this.#checking
    else if (this.#clock.now() - this.#checkedAt >= PASSWD_FILE_LIMITS.checkInterval) await this.check()
    return this.#table
  }

  /** Looks at the file now; who asks meanwhile waits for the same look. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#look().finally(() => {
      this.#checking = null
    })
    return this.#checking
  }

  async #look(): Promise<void> {
    this.#checkedAt = this.#clock.now()
    const file = await readVersion(this.#options.path, this.#version)
    if (file.kind === 'same') return
    this.#version = file.version
    if (file.kind === 'fault') {
      this.#report(file.error)
      return
    }
    try {
      this.#table = await readUserTable(file.text, this.#options)
    } catch (error) {
      this.#report(
        error instanceof PasswdFileError
          ? error
          : new PasswdFileError(this.#options.path, [{ line: 0, reason: 'cannot be read' }], 1, { cause: error }),
      )
    }
  }

  #report(error: PasswdFileError): void {
    try {
      this.#onProblem(error)
    } catch {
      // A listener's fault must not stop logins; it has its own means to be heard.
    }
  }
}

type VersionRead =
  | { readonly kind: 'same' }
  | { readonly kind: 'text'; readonly version: string; readonly text: string }
  | { readonly kind: 'fault'; readonly version: string; readonly error: PasswdFileError }

/** Reads the file unless it is the version `known` already. Version and text are of the same open file. */
async function readVersion(path: string, known: string | null): Promise<VersionRead> {
  try {
    // Without O_NONBLOCK a FIFO in the file's place would hang every login.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const stat = await file.stat({ bigint: true })
      const version = versionOf(stat)
      if (version === known) return { kind: 'same' }
      if (!stat.isFile()) return fault(path, version, 'not a regular file')
      if (stat.size > BigInt(PASSWD_FILE_LIMITS.fileOctets)) {
        return fault(path, version, `larger than ${PASSWD_FILE_LIMITS.fileOctets} octets`)
      }
      const text = (await file.readFile('utf8')).replace(/^\ufeff/, '')
      // Somebody may write in place while we read; what we have then is a mixture, and no version at all.
      if (versionOf(await file.stat({ bigint: true })) !== version) {
        return fault(path, version, 'changed while it was read')
      }
      return { kind: 'text', version, text }
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = codeOf(error) ?? 'unknown'
    const version = `fault ${code}`
    return version === known ? { kind: 'same' } : fault(path, version, `cannot be read (${code})`, { cause: error })
  }
}

function fault(path: string, version: string, reason: string, options?: ErrorOptions): VersionRead {
  return { kind: 'fault', version, error: new PasswdFileError(path, [{ line: 0, reason }], 1, options) }
}

function versionOf(stat: BigIntStats): string {
  return `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`
}

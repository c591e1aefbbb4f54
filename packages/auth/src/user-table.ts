import { setImmediate as nextTurn } from 'node:timers/promises'
import { PasswdFileError, type PasswdFileProblem } from './errors.js'
import { PASSWD_FILE_LIMITS } from './limits.js'
import { costOf, decoyOf, decoyOfScheme, type PasswordScheme, type StoredHash } from './stored-hash.js'
import type { LineReader, UserRecord } from './user-record.js'

/** All users of one version of a file. */
export interface UserTable {
  /** By key: see `UserNames.keyOf`. */
  readonly users: ReadonlyMap<string, UserRecord>
  /** What is checked for users who do not exist: the same work as for most who do. */
  readonly decoy: StoredHash
  /** Some user's password is there as it is. */
  readonly hasPlainSecret: boolean
}

export interface ReadTableOptions {
  readonly path: string
  readonly readLine: LineReader
  readonly defaultScheme: PasswordScheme
  readonly keyOf: (name: string) => string
}

/**
 * Reads a whole file, all or nothing, giving other work its turn now and then.
 *
 * @throws {PasswdFileError} naming every line that cannot be used: a hash nobody can check is the administrator's
 * error, and must not look like a user's wrong password.
 */
export async function readUserTable(text: string, options: ReadTableOptions): Promise<UserTable> {
  const users = new Map<string, UserRecord>()
  const lineOf = new Map<string, number>()
  const costs = new Map<string, { count: number; readonly sample: StoredHash }>()
  const problems: PasswdFileProblem[] = []
  let problemCount = 0
  const refuse = (line: number, reason: string): void => {
    problemCount++
    if (problems.length < PASSWD_FILE_LIMITS.problems) problems.push({ line, reason })
  }

  let line = 0
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start)
    const end = lineEnd < 0 ? text.length : lineEnd
    const content = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end)
    start = end + 1
    line++
    if (line % PASSWD_FILE_LIMITS.linesPerTurn === 0) await nextTurn()

    // Octets that are not UTF-8 were read as U+FFFD; a name or password made of it would never match.
    const isText = !content.includes('\ufffd') || content.startsWith('#')
    if (!isText) {
      refuse(line, 'not UTF-8')
      continue
    }
    const result = options.readLine(content, options.defaultScheme)
    if (result.kind === 'problem') refuse(line, result.reason)
    if (result.kind !== 'user') continue
    const { record } = result
    const key = options.keyOf(record.name)
    const earlier = lineOf.get(key)
    if (earlier !== undefined) {
      refuse(line, `user ${record.name} stands in line ${earlier} already`)
      continue
    }
    lineOf.set(key, line)
    users.set(key, record)
    if (record.hash === null) continue
    const cost = costOf(record.hash)
    const known = costs.get(cost)
    if (known === undefined) costs.set(cost, { count: 1, sample: record.hash })
    else known.count++
  }
  if (problemCount > 0) throw new PasswdFileError(options.path, problems, problemCount)

  let prevailing: { readonly count: number; readonly sample: StoredHash } | undefined
  for (const cost of costs.values()) if (prevailing === undefined || cost.count > prevailing.count) prevailing = cost
  const decoy = prevailing === undefined ? decoyOfScheme(options.defaultScheme) : decoyOf(prevailing.sample)
  return { users, decoy, hasPlainSecret: [...costs.values()].some(({ sample }) => sample.kind === 'plain') }
}

import { randomBytes } from 'node:crypto'
import { type Authenticator, type AuthResult, accountId, type Clock, type LoginContext } from '@mailwright/core'
import { digestMatches } from './digest-response.js'
import { HashQueueFull } from './errors.js'
import { type HashPool, sharedHashPool } from './hash-pool.js'
import { PasswdFileSource, type ProblemListener } from './passwd-file-source.js'
import { matches } from './password-hash.js'
import type { PasswordScheme } from './stored-hash.js'
import { type UserNameRules, userNames } from './user-name.js'
import { readPasswdFileLine, readShadowLine, type UserRecord } from './user-record.js'
import type { UserTable } from './user-table.js'

export interface PasswdFileOptions extends UserNameRules {
  readonly path: string
  /** Default `passwd-file`, Dovecot's; `shadow` is /etc/shadow's. */
  readonly format?: 'passwd-file' | 'shadow'
  /** The scheme of passwords without `{SCHEME}`. Default `CRYPT`, as Dovecot's. */
  readonly defaultScheme?: PasswordScheme
  /** `now` paces the looks at the file, `date` tells what has expired. */
  readonly clock: Pick<Clock, 'now' | 'date'>
  /** Hears of a changed file that cannot be used; the users of the last good one stay. Called once for each version. */
  readonly onProblem: ProblemListener
  /** Where hashes are computed. Default: one pool shared by the whole process. */
  readonly pool?: HashPool
}

/** An {@link Authenticator} over a file of users. Holds nothing open between calls, so there is nothing to close. */
export interface PasswdFileAuthenticator extends Authenticator {
  /** Looks at the file at once instead of within a second. Never rejects: problems go to `onProblem`. */
  reload(): Promise<void>
}

/**
 * Reads a file of users and answers for them; a changed file is seen within a second.
 *
 * Every check of a password costs one hash computation, whether the user exists, is locked, or has no password. Its cost
 * is that of the user's hash, or of the file's most frequent kind: in a file of one scheme and cost nothing shows.
 *
 * @throws {PasswdFileError} when the file cannot be used; each bad line is named with its number.
 * @throws {HostError} for a username format that has no meaning.
 */
export async function createPasswdFileAuthenticator(options: PasswdFileOptions): Promise<PasswdFileAuthenticator> {
  const names = userNames(options)
  const source = await PasswdFileSource.open(
    {
      path: options.path,
      readLine: options.format === 'shadow' ? readShadowLine : readPasswdFileLine,
      defaultScheme: options.defaultScheme ?? 'CRYPT',
      keyOf: names.keyOf,
    },
    options.clock,
    options.onProblem,
  )
  const pool = options.pool ?? sharedHashPool()
  const noSecret = randomBytes(16).toString('hex')

  const find = (table: UserTable, name: string | null): UserRecord | null =>
    name === null ? null : (table.users.get(names.keyOf(name)) ?? null)

  /** The last word on somebody who has proved who they are. */
  const admit = (record: UserRecord, name: string, context: LoginContext): AuthResult => {
    if (record.networks?.(context.peerAddress) === false) return { kind: 'rejected' }
    const now = options.clock.date()
    if (now >= record.disabledFrom) return { kind: 'disabled' }
    const url = record.elsewhere === null ? null : referralUrl(name, record.elsewhere)
    if (record.isDisabled) return url === null ? { kind: 'disabled' } : { kind: 'referral', url }
    if (now >= record.expires) return { kind: 'expired' }
    const accepted = { kind: 'accepted', user: name, account: accountId(name) } as const
    return url === null ? accepted : { ...accepted, referral: url }
  }

  return {
    get knowsSecrets() {
      return source.latest.hasPlainSecret
    },

    async verifyPassword({ user, password, authorize, context }, signal) {
      const table = await source.current()
      signal.throwIfAborted()
      const name = names.normalise(user)
      const record = find(table, name)
      let isRight: boolean
      try {
        isRight = await matches(record?.hash ?? table.decoy, password, pool, signal)
      } catch (error) {
        if (error instanceof HashQueueFull) return { kind: 'unavailable' }
        throw error
      }
      if (!isRight || name === null || record === null || record.hash === null) return { kind: 'rejected' }
      // Nobody may act for somebody else here (RFC 4616 §2): the identity asked for is the proved one, or none.
      if (authorize !== undefined && authorize !== '' && names.normalise(authorize) !== name) {
        return { kind: 'rejected' }
      }
      return admit(record, name, context)
    },

    async verifyDigest({ user, mechanism, challenge, response, context }, signal) {
      const table = await source.current()
      signal.throwIfAborted()
      const name = names.normalise(user)
      const record = find(table, name)
      const secret = record?.hash?.kind === 'plain' ? record.hash.secret : null
      const isRight = digestMatches(mechanism, challenge, secret ?? noSecret, response)
      if (!isRight || name === null || record === null || secret === null) return { kind: 'rejected' }
      return admit(record, name, context)
    },

    async lookupUser({ user }, signal) {
      const table = await source.current()
      signal.throwIfAborted()
      const name = names.normalise(user)
      if (name === null || find(table, name) === null) return { kind: 'noSuchUser' }
      return { kind: 'found', user: name, account: accountId(name) }
    },

    reload: () => source.check(),
  }
}

/** RFC 2221 §3: with `AUTH=*`, so that no client falls back to anonymous. */
function referralUrl(user: string, host: string): string {
  return `imap://${encodeURIComponent(user)};AUTH=*@${host}/`
}

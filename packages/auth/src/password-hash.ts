import { randomBytes, randomInt } from 'node:crypto'
import { encodeBcrypt, encodeSha512Crypt, unpadded } from './crypt-base64.js'
import { UnusablePassword } from './errors.js'
import { type HashPool, sharedHashPool } from './hash-pool.js'
import type { DeriveJob } from './hash-worker/derive-job.js'
import { HASH_COSTS, type HashCosts } from './limits.js'
import { passwordFlaw, sameOctets, sameSecret } from './secret.js'
import { type PasswordScheme, parseStoredHash, SHA512_DEFAULT_ROUNDS, type StoredHash } from './stored-hash.js'

/** What {@link hashPassword} and {@link verifyHash} may be told. */
export interface HashOptions {
  /** Where hashes are computed. Default: one pool shared by the whole process. */
  readonly pool?: HashPool
  readonly signal?: AbortSignal
  /** What a new hash costs; see {@link HASH_COSTS}. */
  readonly costs?: Partial<HashCosts>
}

/** bcrypt sees no more of a password; crypt(3) drops the rest without a word. */
const BCRYPT_OCTETS = 72

/** Its arrays own their memory. Small Buffers share theirs, and a thread would be sent all of it. */
const utf8 = new TextEncoder()

const SALT_CHARACTERS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * Hashes a password for storing, with a new random salt. The text starts with `{SCHEME}` and holds no colon or line end.
 *
 * `CRYPT` gives an argon2id hash: the strongest of those it may name.
 *
 * @param password well-formed Unicode, hashed as UTF-8: 1 to 512 octets, for bcrypt 72; no NUL.
 * @throws {UnusablePassword} for any other password. @throws {UnsupportedHash} for costs out of bounds.
 * @throws {HashQueueFull} when the pool is overloaded.
 */
export async function hashPassword(
  password: string,
  scheme: PasswordScheme = 'ARGON2ID',
  options: HashOptions = {},
): Promise<string> {
  const flaw = passwordFlaw(password)
  if (flaw !== null) throw new UnusablePassword(flaw)
  const octets = utf8.encode(password)
  const costs = { ...HASH_COSTS, ...options.costs }
  switch (scheme) {
    case 'PLAIN': {
      // A colon would end the field of a passwd-file, and a blank at an end would not survive editing.
      const isSafe = /^[^\s:]+( +[^\s:]+)*$/u.test(password)
      return isSafe ? `{PLAIN}${password}` : `{PLAIN.B64}${Buffer.from(octets).toString('base64')}`
    }
    case 'SHA512-CRYPT': {
      const rounds = costs.sha512Rounds
      const salt = Array.from({ length: 16 }, () => SALT_CHARACTERS.charAt(randomInt(64))).join('')
      const prefix = rounds === SHA512_DEFAULT_ROUNDS ? '$6$' : `$6$rounds=${rounds}$`
      return await hashed(
        { kind: 'sha512Crypt', password: octets, salt: utf8.encode(salt), rounds },
        64,
        (digest) => `{SHA512-CRYPT}${prefix}${salt}$${encodeSha512Crypt(digest)}`,
        options,
      )
    }
    case 'BLF-CRYPT': {
      if (octets.length > BCRYPT_OCTETS) {
        throw new UnusablePassword(`bcrypt ignores what follows octet ${BCRYPT_OCTETS} of a password`)
      }
      const salt = randomBytes(16)
      const cost = costs.bcryptCost
      const prefix = `{BLF-CRYPT}$2y$${String(cost).padStart(2, '0')}$${encodeBcrypt(salt)}`
      return await hashed(
        { kind: 'bcrypt', password: octets, salt, cost },
        23,
        (digest) => prefix + encodeBcrypt(digest),
        options,
      )
    }
    case 'CRYPT':
    case 'ARGON2ID': {
      const salt = randomBytes(16)
      const { argon2Memory: memory, argon2Passes: passes, argon2Lanes: lanes } = costs
      const prefix = `{${scheme}}$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${unpadded(salt)}$`
      return await hashed(
        { kind: 'argon2id', password: octets, salt, memory, passes, lanes, octets: 32 },
        32,
        (digest) => prefix + unpadded(digest),
        options,
      )
    }
    default:
      return scheme satisfies never
  }
}

/** Costs out of bounds would make a text that nobody can check, perhaps after hours; so it is read before it is made. */
async function hashed(
  job: DeriveJob,
  octets: number,
  write: (digest: Uint8Array) => string,
  { pool = sharedHashPool(), signal }: HashOptions,
): Promise<string> {
  parseStoredHash(write(new Uint8Array(octets)))
  return write(await pool.derive(job, signal))
}

/**
 * Checks a password against a stored hash: `{SCHEME}text`, or a `$id$` hash. Compares in constant time.
 *
 * @returns whether it is right. Empty passwords, and those that could not be set, never are.
 * @throws {UnsupportedHash} when nobody here can check `hash`. @throws {HashQueueFull} when the pool is overloaded.
 */
export async function verifyHash(
  hash: string,
  password: string,
  options: Omit<HashOptions, 'costs'> = {},
): Promise<boolean> {
  return await matches(parseStoredHash(hash), password, options.pool ?? sharedHashPool(), options.signal)
}

/**
 * Checks a password against a parsed hash. A password that cannot be right costs the same one derivation as any other,
 * so that nothing about an account shows in the time of the answer.
 */
export async function matches(
  hash: StoredHash,
  password: string,
  pool: HashPool,
  signal?: AbortSignal,
): Promise<boolean> {
  const isPossible = passwordFlaw(password) === null
  const candidate = isPossible ? password : 'impossible'
  if (hash.kind === 'plain') return sameSecret(hash.secret, candidate) && isPossible
  const digest = await pool.derive(jobFor(hash, utf8.encode(candidate)), signal)
  return sameOctets(digest, hash.digest) && isPossible
}

function jobFor(hash: Exclude<StoredHash, { kind: 'plain' }>, password: Uint8Array): DeriveJob {
  switch (hash.kind) {
    case 'sha512Crypt':
      return { kind: 'sha512Crypt', password, salt: hash.salt, rounds: hash.rounds }
    case 'bcrypt':
      return { kind: 'bcrypt', password: password.slice(0, BCRYPT_OCTETS), salt: hash.salt, cost: hash.cost }
    case 'argon2id': {
      const { memory, passes, lanes, salt, digest } = hash
      return { kind: 'argon2id', password, salt, memory, passes, lanes, octets: digest.length }
    }
    default:
      return hash satisfies never
  }
}

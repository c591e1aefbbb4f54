import { randomBytes } from 'node:crypto'
import { decodeBcrypt, decodeSha512Crypt, decodeUnpadded } from './crypt-base64.js'
import { UnsupportedHash } from './errors.js'
import { HASH_COSTS, HASH_LIMITS } from './limits.js'

/** Names of password schemes, as Dovecot writes them in braces. `CRYPT` stands for any scheme with a `$id$`. */
export type PasswordScheme = 'PLAIN' | 'CRYPT' | 'SHA512-CRYPT' | 'BLF-CRYPT' | 'ARGON2ID'

/** Every {@link PasswordScheme}. */
export const PASSWORD_SCHEMES: readonly PasswordScheme[] = ['PLAIN', 'CRYPT', 'SHA512-CRYPT', 'BLF-CRYPT', 'ARGON2ID']

/** A stored password, taken apart: all that is needed to check one. */
export type StoredHash =
  | { readonly kind: 'plain'; readonly secret: string }
  | { readonly kind: 'sha512Crypt'; readonly rounds: number; readonly salt: Uint8Array; readonly digest: Uint8Array }
  | { readonly kind: 'bcrypt'; readonly cost: number; readonly salt: Uint8Array; readonly digest: Uint8Array }
  | {
      readonly kind: 'argon2id'
      readonly memory: number
      readonly passes: number
      readonly lanes: number
      readonly salt: Uint8Array
      readonly digest: Uint8Array
    }

/** Bounds of `rounds=`: "Unix crypt using SHA-256 and SHA-512", step 21's note. */
const SHA512_LEAST_ROUNDS = 1_000
/** What `$6$` without `rounds=` means. */
export const SHA512_DEFAULT_ROUNDS = 5_000

/** Ids of hashes we know by name only, so that a refusal can say more than "unknown". */
const KNOWN_IDS: ReadonlyMap<string, string> = new Map([
  ['1', 'MD5-crypt'],
  ['2x', 'bcrypt of a faulty old release'],
  ['5', 'SHA-256-crypt'],
  ['7', 'scrypt'],
  ['apr1', "Apache's MD5"],
  ['argon2d', 'argon2d'],
  ['argon2i', 'argon2i'],
  ['gy', 'gost-yescrypt'],
  ['md5', "Sun's MD5"],
  ['sha1', 'SHA-1-crypt'],
  ['y', 'yescrypt'],
])

/**
 * Reads a stored password: `{SCHEME}text`, or the text alone, which is then of `defaultScheme`. Scheme names compare
 * without case; `{PLAIN.B64}` and `{PLAIN.HEX}` carry a secret that could not stand in a file as it is.
 *
 * @throws {UnsupportedHash} when nobody here can check it; the message names the scheme, never the text.
 */
export function parseStoredHash(text: string, defaultScheme: PasswordScheme = 'CRYPT'): StoredHash {
  const [, prefix = defaultScheme, rest = text] = /^\{([A-Za-z0-9._-]+)\}(.*)$/s.exec(text) ?? []
  const scheme = prefix.toUpperCase()
  switch (scheme) {
    case 'PLAIN':
    case 'CLEAR':
    case 'CLEARTEXT':
      return plain(scheme, rest)
    case 'PLAIN.B64':
    case 'PLAIN.BASE64':
      return plain(scheme, strictly(rest, 'base64', scheme))
    case 'PLAIN.HEX':
      return plain(scheme, strictly(rest.toLowerCase(), 'hex', scheme))
    case 'SHA512-CRYPT':
      return sha512Crypt(rest, scheme)
    case 'BLF-CRYPT':
      return bcrypt(rest, scheme)
    case 'ARGON2ID':
      return argon2id(rest, scheme)
    case 'CRYPT':
      return crypt(rest)
    default:
      throw new UnsupportedHash(`the password scheme {${scheme}} is not supported`)
  }
}

function crypt(text: string): StoredHash {
  const id = /^\$([A-Za-z0-9-]{1,12})\$/.exec(text)?.[1]
  switch (id) {
    case '6':
      return sha512Crypt(text, 'CRYPT')
    case '2a':
    case '2b':
    case '2y':
      return bcrypt(text, 'CRYPT')
    case 'argon2id':
      return argon2id(text, 'CRYPT')
    case undefined:
      throw new UnsupportedHash(
        'the password has neither a {SCHEME} nor a $id$; a password in clear text is written {PLAIN}…, DES-crypt is not supported',
      )
    default: {
      const name = KNOWN_IDS.get(id)
      throw new UnsupportedHash(`the hash $${id}$${name === undefined ? '' : ` (${name})`} is not supported`)
    }
  }
}

function plain(scheme: string, secret: string): StoredHash {
  if (secret === '') throw new UnsupportedHash(`{${scheme}} without a password`)
  return { kind: 'plain', secret }
}

function strictly(text: string, encoding: 'base64' | 'hex', scheme: string): string {
  const octets = Buffer.from(text, encoding)
  const back = octets.toString(encoding)
  const secret = octets.toString('utf8')
  if (back.replace(/=+$/, '') !== text.replace(/=+$/, '') || !Buffer.from(secret, 'utf8').equals(octets)) {
    throw new UnsupportedHash(`malformed text after {${scheme}}`)
  }
  return secret
}

/** `$6$salt$digest` or `$6$rounds=N$salt$digest`. */
function sha512Crypt(text: string, scheme: string): StoredHash {
  const found = /^\$6\$(?:rounds=([1-9][0-9]{0,9})\$)?([^$]{0,16})\$([./0-9A-Za-z]{86})$/.exec(text)
  const [, roundsText, salt = '', encoded = ''] = found ?? []
  const digest = decodeSha512Crypt(encoded)
  if (found === null || digest === null) throw malformed('SHA-512-crypt hash', scheme)
  const rounds = roundsText === undefined ? SHA512_DEFAULT_ROUNDS : Number(roundsText)
  if (rounds < SHA512_LEAST_ROUNDS)
    throw malformed(`SHA-512-crypt hash (fewer than ${SHA512_LEAST_ROUNDS} rounds)`, scheme)
  if (rounds > HASH_LIMITS.sha512Rounds) throw tooCostly(`${rounds} rounds of SHA-512-crypt`, HASH_LIMITS.sha512Rounds)
  return { kind: 'sha512Crypt', rounds, salt: new TextEncoder().encode(salt), digest }
}

/** `$2b$cost$`, 22 characters of salt, 31 of digest. `$2a$` and `$2y$` mean the same today. */
function bcrypt(text: string, scheme: string): StoredHash {
  const found = /^\$2[aby]\$([0-3][0-9])\$(.{22})(.{31})$/.exec(text)
  const [, costText = '', saltText = '', digestText = ''] = found ?? []
  const cost = Number(costText)
  const salt = decodeBcrypt(saltText)
  const digest = decodeBcrypt(digestText)
  if (found === null || salt?.length !== 16 || digest?.length !== 23 || cost < 4 || cost > 31) {
    throw malformed('bcrypt hash', scheme)
  }
  if (cost > HASH_LIMITS.bcryptCost) throw tooCostly(`bcrypt of cost ${cost}`, HASH_LIMITS.bcryptCost)
  return { kind: 'bcrypt', cost, salt, digest }
}

/** `$argon2id$v=19$m=65536,t=3,p=4$salt$digest`. RFC 9106 §3.1 bounds its parameters. */
function argon2id(text: string, scheme: string): StoredHash {
  const found = /^\$argon2id\$v=(\d+)\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text)
  const [, version = '', m = '', t = '', p = '', saltText = '', digestText = ''] = found ?? []
  const salt = decodeUnpadded(saltText)
  const digest = decodeUnpadded(digestText)
  if (found === null || salt === null || digest === null || salt.length < 8 || digest.length < 4) {
    throw malformed('argon2id hash', scheme)
  }
  if (version !== '19') throw new UnsupportedHash(`argon2id of version ${version} is not supported; version 19 is`)
  const [memory, passes, lanes] = [Number(m), Number(t), Number(p)]
  if (lanes < 1 || passes < 1 || memory < 8 * lanes) throw malformed('argon2id hash', scheme)
  const limits = HASH_LIMITS
  if (memory > limits.argon2Memory) throw tooCostly(`argon2id with ${memory} KiB`, limits.argon2Memory)
  if (passes > limits.argon2Passes) throw tooCostly(`argon2id with ${passes} passes`, limits.argon2Passes)
  if (lanes > limits.argon2Lanes) throw tooCostly(`argon2id with ${lanes} lanes`, limits.argon2Lanes)
  const longest = Math.max(salt.length, digest.length)
  if (longest > limits.argon2Octets) throw tooCostly(`argon2id with ${longest} octets`, limits.argon2Octets)
  return { kind: 'argon2id', memory, passes, lanes, salt, digest }
}

function malformed(what: string, scheme: string): UnsupportedHash {
  return new UnsupportedHash(`a malformed ${what} where {${scheme}} promises one`)
}

function tooCostly(what: string, limit: number): UnsupportedHash {
  return new UnsupportedHash(`${what} is over the limit of ${limit}`)
}

/** What a check costs, as text: equal for hashes whose checks are the same work. */
export function costOf(hash: StoredHash): string {
  switch (hash.kind) {
    case 'plain':
      return 'plain'
    case 'sha512Crypt':
      return `sha512Crypt ${hash.rounds}`
    case 'bcrypt':
      return `bcrypt ${hash.cost}`
    case 'argon2id':
      return `argon2id ${hash.memory} ${hash.passes} ${hash.lanes} ${hash.digest.length}`
    default:
      return hash satisfies never
  }
}

/**
 * A hash that no password matches and whose check is the same work as `like`'s: for users who do not exist. Its salt and
 * digest are random, so nothing is computed to make it.
 */
export function decoyOf(like: StoredHash): StoredHash {
  if (like.kind === 'plain') return { kind: 'plain', secret: randomBytes(16).toString('hex') }
  return { ...like, salt: randomBytes(like.salt.length), digest: randomBytes(like.digest.length) }
}

/** A decoy for a file without users: what a new password of `scheme` would cost. */
export function decoyOfScheme(scheme: PasswordScheme): StoredHash {
  switch (scheme) {
    case 'PLAIN':
      return decoyOf({ kind: 'plain', secret: '' })
    case 'SHA512-CRYPT':
      return { kind: 'sha512Crypt', rounds: HASH_COSTS.sha512Rounds, salt: randomBytes(16), digest: randomBytes(64) }
    case 'BLF-CRYPT':
      return { kind: 'bcrypt', cost: HASH_COSTS.bcryptCost, salt: randomBytes(16), digest: randomBytes(23) }
    case 'CRYPT':
    case 'ARGON2ID':
      return {
        kind: 'argon2id',
        memory: HASH_COSTS.argon2Memory,
        passes: HASH_COSTS.argon2Passes,
        lanes: HASH_COSTS.argon2Lanes,
        salt: randomBytes(16),
        digest: randomBytes(32),
      }
    default:
      return scheme satisfies never
  }
}

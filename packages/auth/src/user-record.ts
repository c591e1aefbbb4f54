import type { UnixMillis } from '@mailwright/core'
import { type NetworkTest, parseAllowedNetworks } from './allowed-networks.js'
import { UnsupportedHash } from './errors.js'
import { type PasswordScheme, parseStoredHash, type StoredHash } from './stored-hash.js'
import { badUserName } from './user-name.js'

/** What a line of a password file says of one user, as far as logging in goes. */
export interface UserRecord {
  /** As it stands in the file. */
  readonly name: string
  /** `null`: no password is right. */
  readonly hash: StoredHash | null
  /** The right password is answered `disabled`. */
  readonly isDisabled: boolean
  /** From when on the right password is answered `expired`, and from when on `disabled`. */
  readonly expires: UnixMillis
  readonly disabledFrom: UnixMillis
  /** From where this user may log in. `null`: from anywhere. */
  readonly networks: NetworkTest | null
  /** The host on which the user's mail is. `null`: here. */
  readonly elsewhere: string | null
}

/** A line that names no user, or a user who cannot be loaded. `reason` holds no secret. */
export type LineResult =
  | { readonly kind: 'user'; readonly record: UserRecord }
  | { readonly kind: 'none' }
  | { readonly kind: 'problem'; readonly reason: string }

/** Reads one line, without its line end, of a file of one format. */
export type LineReader = (line: string, defaultScheme: PasswordScheme) => LineResult

const DAY = 86_400_000
const NEVER = Number.POSITIVE_INFINITY

/**
 * Reads a line of a Dovecot passwd-file: `user:password:uid:gid:(gecos):home:(shell):extra_fields`, of which only the
 * user must be there. Blank lines and lines that start with `#` or `:` are skipped, as Dovecot does.
 *
 * Of the extra fields, those that narrow who may log in are honoured: `nologin` (answered `disabled`) and
 * `allow_nets=…`. Those that widen it (`nopassword`) are not: without a password nobody gets in. `host=…` without `proxy`
 * refers the user there: after the login, or with `nologin` instead of it.
 */
export function readPasswdFileLine(line: string, defaultScheme: PasswordScheme): LineResult {
  if (/^\s*$/.test(line) || line.startsWith('#') || line.startsWith(':')) return { kind: 'none' }
  const [name = '', password = '', ...rest] = line.split(':')
  // The extra fields are the eighth and whatever follows: an IPv6 address in `allow_nets` holds colons.
  const extra = rest.slice(5).join(':').split(/ +/)
  let networks: NetworkTest | null = null
  const nets = extra.find((field) => field.startsWith('allow_nets='))
  if (nets !== undefined) {
    networks = parseAllowedNetworks(nets.slice('allow_nets='.length))
    if (networks === null) return { kind: 'problem', reason: 'allow_nets holds something that is not a network' }
  }
  const isDisabled = extra.some((field) => /^nologin(=(y|yes|))?$/i.test(field))
  const isProxied = extra.some((field) => /^proxy(=|$)/i.test(field))
  const host = extra.find((field) => field.startsWith('host='))?.slice('host='.length)
  const elsewhere = host === undefined || host === '' || isProxied ? null : host
  if (elsewhere !== null && !/^[A-Za-z0-9.:[\]_-]+$/.test(elsewhere)) {
    return { kind: 'problem', reason: 'host holds something that is not a host' }
  }
  return user(name, password, defaultScheme, { isDisabled, expires: NEVER, disabledFrom: NEVER, networks, elsewhere })
}

/**
 * Reads a line of /etc/shadow: `name:password:lastchange:min:max:warn:inactive:expire:`, days counted from 1970-01-01.
 *
 * The password must be changed (answered `expired`) after `max` days, or at once when `lastchange` is 0; it no longer
 * serves at all (`disabled`) `inactive` days later; the account ends (`disabled`) with `expire`. shadow(5).
 */
export function readShadowLine(line: string, defaultScheme: PasswordScheme): LineResult {
  if (/^\s*$/.test(line) || line.startsWith('#')) return { kind: 'none' }
  const [name = '', password = '', ...numbers] = line.split(':')
  const days: (number | null)[] = []
  for (const text of numbers.slice(0, 6)) {
    if (!/^(-?\d{1,9})?$/.test(text)) return { kind: 'problem', reason: 'a day that is not a number' }
    // Empty and negative both mean that the feature is off.
    days.push(text === '' || text.startsWith('-') ? null : Number(text))
  }
  const [changed = null, , maximum = null, , inactive = null, expire = null] = days
  // The last day of a password still counts, as pam_unix has it; hence the 1.
  const lastDay = changed === null || maximum === null ? null : changed + maximum + 1
  const expires = changed === 0 ? 0 : lastDay === null ? NEVER : lastDay * DAY
  const inactiveFrom = lastDay === null || inactive === null ? NEVER : (lastDay + inactive) * DAY
  const disabledFrom = Math.min(inactiveFrom, expire === null ? NEVER : expire * DAY)
  return user(name, password, defaultScheme, {
    isDisabled: false,
    expires,
    disabledFrom,
    networks: null,
    elsewhere: null,
  })
}

function user(
  name: string,
  password: string,
  defaultScheme: PasswordScheme,
  rest: Omit<UserRecord, 'name' | 'hash'>,
): LineResult {
  const flaw = badUserName(name)
  if (flaw !== null) return { kind: 'problem', reason: `the user name cannot be used (${flaw})` }
  try {
    const { hash, isLocked } = readPassword(password, defaultScheme)
    // Nobody is sent on from a locked account.
    const lock = isLocked ? { isDisabled: true, elsewhere: null } : {}
    return { kind: 'user', record: { ...rest, ...lock, name, hash } }
  } catch (error) {
    if (error instanceof UnsupportedHash) return { kind: 'problem', reason: `user ${name}: ${error.message}` }
    throw error
  }
}

/**
 * A password field. Empty, `*…`, `x` and a lone `!` have no password; `!` before a hash locks it (shadow(5), usermod -L).
 * None of this holds where a bare text is a password in clear.
 */
function readPassword(
  text: string,
  defaultScheme: PasswordScheme,
): { readonly hash: StoredHash | null; readonly isLocked: boolean } {
  if (text === '') return { hash: null, isLocked: false }
  if (text.startsWith('{') || defaultScheme === 'PLAIN') {
    return { hash: parseStoredHash(text, defaultScheme), isLocked: false }
  }
  const isLocked = text.startsWith('!')
  const bare = text.replace(/^!+/, '')
  if (bare === '' || bare === 'x' || bare.startsWith('*')) return { hash: null, isLocked }
  return { hash: parseStoredHash(bare, defaultScheme), isLocked }
}

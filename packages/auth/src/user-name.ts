import { HostError } from '@mailwright/core'
import { USER_NAME_OCTETS } from './limits.js'

/** How a login name becomes the name that is looked up and that stands for the account. */
export interface UserNameRules {
  /**
   * Variables of Dovecot's `auth_username_format`: `%u` the whole name, `%n` what precedes the last `@`, `%d` what
   * follows it; `%Lu`, `%Ln`, `%Ld` the same in lower case (ASCII only); `%%` a percent sign. All else stands for itself.
   * Default `%Lu`. With an `L` anywhere, names in the file are compared without case too.
   */
  readonly usernameFormat?: string
  /** Added to a name without `@`, before the format. */
  readonly qualifyWith?: string
  /** Domains that are dropped from a name, before the format: `user` and `user@here` are then one account. Without case. */
  readonly domains?: readonly string[]
}

/** Login names in their normal form. */
export interface UserNames {
  /** `null` for a name that may not be one: it is then treated like an unknown user's. */
  normalise(login: string): string | null
  /** The key under which a name of the file is found. */
  keyOf(name: string): string
}

/** Why a name cannot be a user's. */
export type BadUserName = 'empty' | 'tooLong' | 'malformed' | 'control' | 'slash' | 'dots'

/** What nearly all names are: nothing of them needs a second look. */
const PLAIN = /^[A-Za-z0-9_+@=-][\w.+@=-]{0,127}$/

/**
 * Checks that a name may become part of a path or a log line: not empty, at most 255 octets in UTF-8, well-formed, no
 * control character, no `/`, and neither `.` nor `..`.
 *
 * @returns what is wrong with it, or `null`.
 */
export function badUserName(name: string): BadUserName | null {
  if (PLAIN.test(name)) return null
  if (name === '') return 'empty'
  // The cheap bound first: a code unit is at least one octet.
  if (name.length > USER_NAME_OCTETS || Buffer.byteLength(name, 'utf8') > USER_NAME_OCTETS) return 'tooLong'
  if (/\p{Cs}/u.test(name)) return 'malformed'
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)) return 'control'
  if (name.includes('/')) return 'slash'
  if (name === '.' || name === '..') return 'dots'
  return null
}

/** Lower case of ASCII letters only, so that no other character becomes one of them. */
export function asciiLower(text: string): string {
  return !/[A-Z]/.test(text) ? text : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/**
 * Prepares the rules of one authenticator.
 *
 * @throws {HostError} for a format with another variable, and for a domain that would be added and dropped again.
 */
export function userNames(rules: UserNameRules): UserNames {
  const format = compile(rules.usernameFormat ?? '%Lu')
  const domains = new Set((rules.domains ?? []).map(asciiLower))
  const { qualifyWith } = rules
  if (qualifyWith !== undefined && domains.has(asciiLower(qualifyWith))) {
    throw new HostError(`qualifyWith adds the domain ${qualifyWith}, and domains drops it again`)
  }
  const ignoresCase = format.some((part) => typeof part !== 'string' && part.lower)
  return {
    normalise(login) {
      if (badUserName(login) !== null) return null
      const name = write(format, split(login, qualifyWith, domains))
      return badUserName(name) === null ? name : null
    },
    keyOf: (name) => (ignoresCase ? asciiLower(name) : name),
  }
}

interface NameParts {
  readonly u: string
  readonly n: string
  readonly d: string
}

function split(login: string, qualifyWith: string | undefined, domains: ReadonlySet<string>): NameParts {
  const at = login.lastIndexOf('@')
  if (at < 0) {
    return qualifyWith === undefined
      ? { u: login, n: login, d: '' }
      : { u: `${login}@${qualifyWith}`, n: login, d: qualifyWith }
  }
  const [n, d] = [login.slice(0, at), login.slice(at + 1)]
  return domains.has(asciiLower(d)) ? { u: n, n, d: '' } : { u: login, n, d }
}

type FormatPart = string | { readonly variable: keyof NameParts; readonly lower: boolean }

function compile(format: string): readonly FormatPart[] {
  const parts: FormatPart[] = []
  for (const [token] of format.matchAll(/%(?:L?[und]|%)|[^%]+|%.{0,2}/gs)) {
    const variable = /^%L?([und])$/.exec(token)?.[1]
    if (variable === 'u' || variable === 'n' || variable === 'd') parts.push({ variable, lower: token.length === 3 })
    else if (token === '%%') parts.push('%')
    else if (token.startsWith('%')) {
      throw new HostError(
        `unknown variable ${token} in the username format ${JSON.stringify(format)}; known are %u %n %d %Lu %Ln %Ld %%`,
      )
    } else parts.push(token)
  }
  if (!parts.some((part) => typeof part !== 'string')) {
    throw new HostError(`the username format ${JSON.stringify(format)} names no part of the user`)
  }
  return parts
}

function write(format: readonly FormatPart[], parts: NameParts): string {
  let name = ''
  for (const part of format) {
    if (typeof part === 'string') name += part
    else name += part.lower ? asciiLower(parts[part.variable]) : parts[part.variable]
  }
  return name
}

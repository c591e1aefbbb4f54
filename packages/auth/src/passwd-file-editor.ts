import { readFile } from 'node:fs/promises'
import { UnusablePassword } from './errors.js'
import { type HashOptions, hashPassword } from './password-hash.js'
import { type Rewrite, rewriteFile } from './rewrite-file.js'
import type { PasswordScheme } from './stored-hash.js'
import { asciiLower, type BadUserName, badUserName } from './user-name.js'

/** Why {@link addUser} and {@link setPassword} refuse what they are given. */
export type BadInput =
  /** `reserved`: a colon, a `#` in front or a blank at an end, which a passwd-file cannot hold. */
  | { readonly kind: 'badName'; readonly reason: BadUserName | 'reserved' }
  | { readonly kind: 'badPassword'; readonly reason: string }

export interface SetPasswordArgs extends HashOptions {
  /** A passwd-file of Dovecot's format; not /etc/shadow, whose lock and days belong to the system's own tools. */
  readonly path: string
  readonly user: string
  readonly password: string
  /** Default `ARGON2ID`. */
  readonly scheme?: PasswordScheme
}

/** One user of a passwd-file, without the password. Fields that are missing or empty are `''`. */
export interface ListedUser {
  readonly user: string
  /** As written: the name in braces, or `CRYPT`; `null` without a password. */
  readonly scheme: string | null
  readonly uid: string
  readonly gid: string
  readonly gecos: string
  readonly home: string
  readonly shell: string
  readonly extraFields: string
}

/**
 * Adds a user to the end of a passwd-file, which is made (0600) when there is none.
 *
 * Atomic and durable; everything else in the file stays octet by octet. Names that differ in case only are the same user.
 *
 * @throws {FileLocked} when another writer holds the file too long; {@link UnsupportedHash} for costs out of bounds.
 */
export async function addUser(args: SetPasswordArgs): Promise<{ readonly kind: 'added' | 'exists' } | BadInput> {
  return await withHash(args, (hash) => (text): Rewrite<{ readonly kind: 'added' | 'exists' }> => {
    if (find(text, args.user) !== null) return { text: null, answer: { kind: 'exists' } }
    const lineEnd = /\r\n$/.test(text) ? '\r\n' : '\n'
    const start = text === '' || text.endsWith('\n') ? text : text + lineEnd
    return { text: `${start}${octets(args.user)}:${hash}${lineEnd}`, answer: { kind: 'added' } }
  })
}

/**
 * Gives a user of a passwd-file a new password; the other fields stay.
 *
 * @throws {FileLocked} when another writer holds the file too long; {@link UnsupportedHash} for costs out of bounds.
 */
export async function setPassword(args: SetPasswordArgs): Promise<{ readonly kind: 'set' | 'noSuchUser' } | BadInput> {
  return await withHash(args, (hash) => (text): Rewrite<{ readonly kind: 'set' | 'noSuchUser' }> => {
    const line = find(text, args.user)
    if (line === null) return { text: null, answer: { kind: 'noSuchUser' } }
    const [name = '', , ...rest] = line.content.split(':')
    const changed = [name, hash, ...rest].join(':')
    return { text: text.slice(0, line.start) + changed + text.slice(line.end), answer: { kind: 'set' } }
  })
}

/** Removes a user's line from a passwd-file. @throws {FileLocked} when another writer holds the file too long. */
export async function removeUser(args: {
  readonly path: string
  readonly user: string
}): Promise<{ readonly kind: 'removed' | 'noSuchUser' }> {
  return await rewriteFile(args.path, (text): Rewrite<{ readonly kind: 'removed' | 'noSuchUser' }> => {
    const line = find(text, args.user)
    if (line === null) return { text: null, answer: { kind: 'noSuchUser' } }
    return { text: text.slice(0, line.start) + text.slice(line.next), answer: { kind: 'removed' } }
  })
}

/** Lists a passwd-file's users in its order. Lines that could not be loaded are listed too. System errors are thrown. */
export async function listUsers(args: { readonly path: string }): Promise<readonly ListedUser[]> {
  const users: ListedUser[] = []
  for (const { content } of userLines(await readFile(args.path, 'latin1'))) {
    const fields = Buffer.from(content, 'latin1').toString('utf8').split(':')
    const [user = '', password = '', uid = '', gid = '', gecos = '', home = '', shell = ''] = fields
    const scheme = password === '' ? null : (/^\{([^}]*)\}/.exec(password)?.[1] ?? 'CRYPT')
    users.push({ user, scheme, uid, gid, gecos, home, shell, extraFields: fields.slice(7).join(':') })
  }
  return users
}

/** Hashing comes before the lock: it may take long, and others want to write. */
async function withHash<T>(
  args: SetPasswordArgs,
  edit: (hash: string) => (text: string) => Rewrite<T>,
): Promise<T | BadInput> {
  const { path, user, password, scheme, ...options } = args
  const flaw = badUserName(user) ?? (/^[#\s]|:|\s$/.test(user) ? 'reserved' : null)
  if (flaw !== null) return { kind: 'badName', reason: flaw }
  let hash: string
  try {
    hash = await hashPassword(password, scheme, options)
  } catch (error) {
    if (error instanceof UnusablePassword) return { kind: 'badPassword', reason: error.message }
    throw error
  }
  return await rewriteFile(path, edit(octets(hash)))
}

/** A line within the text: `[start, end)` without its line end, `next` after it. */
interface Line {
  readonly content: string
  readonly start: number
  readonly end: number
  readonly next: number
}

function find(text: string, user: string): Line | null {
  const key = asciiLower(octets(user))
  for (const line of userLines(text)) {
    if (asciiLower(line.content.split(':', 1)[0] ?? '') === key) return line
  }
  return null
}

/** The lines that name a user; comments and blank lines are passed over. */
function* userLines(text: string): Generator<Line> {
  // A byte order mark, as some editors leave, is not part of the first name.
  for (let start = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start)
    const next = lineEnd < 0 ? text.length : lineEnd + 1
    let end = lineEnd < 0 ? text.length : lineEnd
    if (end > start && text[end - 1] === '\r') end--
    const content = text.slice(start, end)
    if (!/^(\s*$|#|:)/.test(content)) yield { content, start, end, next }
    start = next
  }
}

/** UTF-8, one character an octet: how the whole file is handled here. */
function octets(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

import { createHash } from 'node:crypto'
import { type Authenticator, type AuthResult, accountId } from '@mailwright/core'

const PASSWORDS: { readonly [user: string]: string } = {
  robin: 'robin',
  mrose: 'tanstaaf',
  test: 'test',
  cry0l1t3: '1234',
  'nested user': 'two words',
  jörg: 'grüße',
}

/** Users whose password is `right` and nevertheless may not enter. */
const BARRED: { readonly [user: string]: AuthResult } = {
  expired: { kind: 'expired' },
  disabled: { kind: 'disabled' },
  throttled: { kind: 'rejected', delay: 9_000 },
}

/** Accounts that exist. */
export const ACCOUNTS = Object.keys(PASSWORDS).map(accountId)

/** Knows a few users. `away` stands for a backend that does not answer, `broken` for one that fails. */
export const testUsers: Authenticator = {
  verifyPassword({ user, password, authorize }) {
    if (user === 'away') return Promise.resolve({ kind: 'unavailable' })
    if (user === 'broken') return Promise.reject(new Error('no such table: users'))
    const barred = Object.hasOwn(BARRED, user) && password === 'right' ? BARRED[user] : undefined
    return Promise.resolve(barred ?? verdict(user, authorize === undefined && passwordOf(user) === password))
  },
  verifyDigest({ user, challenge, response }) {
    const digest = createHash('md5')
      .update(`${challenge}${passwordOf(user)}`)
      .digest('hex')
    return Promise.resolve(verdict(user, digest === response))
  },
  lookupUser({ user }) {
    if (passwordOf(user) === undefined) return Promise.resolve({ kind: 'noSuchUser' })
    return Promise.resolve({ kind: 'found', user, account: accountId(user) })
  },
}

function passwordOf(user: string): string | undefined {
  return Object.hasOwn(PASSWORDS, user) ? PASSWORDS[user] : undefined
}

function verdict(user: string, isRight: boolean): AuthResult {
  if (!isRight || passwordOf(user) === undefined) return { kind: 'rejected' }
  return { kind: 'accepted', user, account: accountId(user) }
}

import { randomBytes } from 'node:crypto'
import { type Authenticator, accountId, type Identity } from '@mailwright/core'
import { digestMatches } from './digest-response.js'
import { sameSecret } from './secret.js'
import { userNames } from './user-name.js'

/**
 * Answers for a fixed set of users, for tests and examples: `{ 'user@example.com': 'password' }`.
 *
 * Names compare without case; an empty password lets nobody in. Passwords stand in memory as they are given.
 */
export function staticAuthenticator(users: Readonly<Record<string, string>>): Authenticator {
  const names = userNames({})
  const secrets = new Map(Object.entries(users).map(([name, secret]) => [names.keyOf(name), secret]))
  const decoy = randomBytes(16).toString('hex')

  const find = (user: string): (Identity & { readonly secret: string }) | null => {
    const name = names.normalise(user)
    const secret = name === null ? undefined : secrets.get(name)
    return name === null || secret === undefined ? null : { user: name, account: accountId(name), secret }
  }

  return {
    knowsSecrets: true,
    async verifyPassword({ user, password, authorize }) {
      const found = find(user)
      const isRight = sameSecret(found?.secret ?? decoy, password) && password !== ''
      const isSelf = authorize === undefined || authorize === '' || names.normalise(authorize) === found?.user
      if (found === null || !isRight || !isSelf) return { kind: 'rejected' }
      return { kind: 'accepted', user: found.user, account: found.account }
    },
    async verifyDigest({ user, mechanism, challenge, response }) {
      const found = find(user)
      const isRight = digestMatches(mechanism, challenge, found?.secret ?? decoy, response)
      if (found === null || found.secret === '' || !isRight) return { kind: 'rejected' }
      return { kind: 'accepted', user: found.user, account: found.account }
    },
    async lookupUser({ user }) {
      const found = find(user)
      return found === null ? { kind: 'noSuchUser' } : { kind: 'found', user: found.user, account: found.account }
    },
  }
}

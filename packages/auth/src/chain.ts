import type { Authenticator, AuthResult } from '@mailwright/core'

/**
 * Asks several authenticators in order; the first that does not reject has the last word.
 *
 * A backend that is away is passed over, but once nobody else knows the user the answer is `unavailable`, not a wrong
 * password. A name that stands in several may be entered with the password of any. Unknown users and wrong passwords
 * are asked for everywhere, so they cost the same.
 */
export function chain(authenticators: readonly Authenticator[]): Authenticator {
  const ask = async (verify: (authenticator: Authenticator) => Promise<AuthResult>): Promise<AuthResult> => {
    let isAway = false
    let delay = 0
    for (const authenticator of authenticators) {
      const result = await verify(authenticator)
      if (result.kind === 'unavailable') isAway = true
      else if (result.kind === 'rejected') delay = Math.max(delay, result.delay ?? 0)
      else return result
    }
    if (isAway) return { kind: 'unavailable' }
    return delay === 0 ? { kind: 'rejected' } : { kind: 'rejected', delay }
  }

  return {
    get knowsSecrets() {
      return authenticators.some(({ knowsSecrets }) => knowsSecrets === true)
    },
    verifyPassword: (args, signal) => ask((authenticator) => authenticator.verifyPassword(args, signal)),
    verifyDigest: (args, signal) => ask((authenticator) => authenticator.verifyDigest(args, signal)),
    async lookupUser(args, signal) {
      let isAway = false
      for (const authenticator of authenticators) {
        const result = await authenticator.lookupUser(args, signal)
        if (result.kind === 'found') return result
        if (result.kind === 'unavailable') isAway = true
      }
      return isAway ? { kind: 'unavailable' } : { kind: 'noSuchUser' }
    },
  }
}

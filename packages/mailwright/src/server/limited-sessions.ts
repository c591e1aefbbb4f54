import type { Authenticator, AuthResult } from '@mailwright/core'

/**
 * Lets a user in only where one more session may come: whoever proved who they are is told to try later otherwise.
 *
 * @param admits asked once for each accepted login; says yes where the session is to be counted.
 */
export function limitedSessions(inner: Authenticator, admits: (user: string) => boolean): Authenticator {
  const judge = (result: AuthResult): AuthResult =>
    result.kind === 'accepted' && !admits(result.user) ? { kind: 'unavailable' } : result
  return {
    verifyPassword: async (args, signal) => judge(await inner.verifyPassword(args, signal)),
    verifyDigest: async (args, signal) => judge(await inner.verifyDigest(args, signal)),
    lookupUser: (args, signal) => inner.lookupUser(args, signal),
  }
}

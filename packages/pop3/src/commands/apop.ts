import { type Authenticator, caller, type Flow } from '@mailwright/core'
import { apopArguments } from '../grammar/user-name.js'
import { conclude } from '../login.js'
import { type Reply, refused } from '../response/reply.js'
import { NOBODY, type Session } from '../session.js'

const { call } = caller<Authenticator>()

/**
 * RFC 1939 §7 (APOP): MD5 of the greeting's timestamp and the shared secret. Works in clear text, for the secret does
 * not travel.
 */
export function* apop(session: Session, argument: string): Flow<Reply> {
  session.state = NOBODY
  const { challenge } = session.settings
  if (challenge === null) return refused('APOP not enabled.')
  const claim = apopArguments(argument)
  if (claim === undefined) return refused('Malformed arguments.')
  const { user, digest } = claim
  const result = yield* call('verifyDigest', {
    user,
    mechanism: 'APOP',
    challenge,
    response: digest,
    context: session.loginContext,
  })
  return yield* conclude(session, 'APOP', user, result)
}

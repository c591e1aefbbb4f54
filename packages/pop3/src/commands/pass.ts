import { type Authenticator, caller, type Flow, latin1ToUtf8 } from '@mailwright/core'
import { conclude } from '../login.js'
import { PLAINTEXT_DISALLOWED, type Reply, refused } from '../response/reply.js'
import { NOBODY, type Session } from '../session.js'

const { call } = caller<Authenticator>()

/**
 * RFC 1939 §7 (PASS). The rest of the line is the password, spaces included. Comes after USER; CAPA or LANG between
 * the two do no harm. A clear-text password is refused before anything else: some clients show only PASS's answer.
 */
export function* pass(session: Session, argument: string): Flow<Reply> {
  if (!session.isPlaintextAllowed) return PLAINTEXT_DISALLOWED
  const user = session.state.name === 'authorization' ? session.state.user : null
  session.state = NOBODY
  if (user === null) return refused('No username given.')
  const password = latin1ToUtf8(argument)
  if (password === undefined) return refused('Malformed password.')
  const result = yield* call('verifyPassword', { user, password, context: session.loginContext })
  return yield* conclude(session, 'USER', user, result)
}

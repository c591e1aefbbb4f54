import { type AuthResult, type Flow, type Identity, sleep } from '@mailwright/core'
import { openMaildrop } from './open-maildrop.js'
import { failed, ok, type Reply, refused } from './response/reply.js'
import { summary } from './response/summary.js'
import { NOBODY, type Session } from './session.js'

/** How somebody tried to log in, for the log: a command, or `AUTH` with its mechanism. */
export type LoginMethod = 'USER' | 'APOP' | `AUTH ${string}`

/**
 * Acts upon the authenticator's verdict: opens the maildrop, or refuses. A refusal says the same, after the same wait,
 * whether the name or the password was wrong; what else is the matter is told only to who knows the password (RFC 3206
 * §4, §5).
 *
 * @param user the name as it was claimed.
 */
export function* conclude(session: Session, method: LoginMethod, user: string, result: AuthResult): Flow<Reply> {
  session.state = NOBODY
  if (result.kind === 'accepted') return yield* enter(session, method, result)
  session.wire.event({ name: 'loginFailed', user, method, reason: result.kind, isSecure: session.isSecure })
  switch (result.kind) {
    case 'rejected':
      yield* sleep(Math.max(session.settings.limits.failureDelay, result.delay ?? 0))
      return refused('[AUTH] Authentication failed.')
    case 'expired':
      return failed('[AUTH] Password expired.')
    case 'disabled':
      return failed('[AUTH] Account disabled.')
    case 'referral':
      return failed('[AUTH] Account is on another server.')
    case 'unavailable':
      return failed('[SYS/TEMP] Temporary authentication failure.')
    default:
      return result satisfies never
  }
}

/** RFC 1939 §4: the maildrop is locked and opened before the login is answered. */
function* enter(session: Session, method: LoginMethod, identity: Identity): Flow<Reply> {
  const { user, account } = identity
  const opened = yield* openMaildrop(session, account)
  if (opened.kind !== 'opened') {
    session.wire.event({ name: 'loginFailed', user, method, reason: opened.kind, isSecure: session.isSecure })
    return opened.kind === 'inUse'
      ? failed('[IN-USE] Mailbox is locked by another POP3 session.')
      : failed('[SYS/TEMP] Mailbox cannot be opened.')
  }
  const { maildrop } = opened
  session.state = { name: 'transaction', user, maildrop }
  session.wire.event({ name: 'login', user, method, isSecure: session.isSecure, messages: maildrop.count })
  return ok(`maildrop has ${summary(maildrop)}`)
}

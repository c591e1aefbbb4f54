import { type Flow, HostError, type LoginContext, type SaslOutcome, sleep } from '@mailwright/core'
import { authenticator } from '../calls.js'
import { writeCapabilities } from '../capabilities.js'
import type { CommandOf } from '../command.js'
import { bad, no, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/**
 * RFC 3501 §6.2.3. Disabled until the connection is encrypted, unless the host allows it (§11.1); whether the secret has
 * crossed the wire already, the client is told (the words are Dovecot's).
 */
export function* login(session: Session, command: CommandOf<'LOGIN'>): Flow<Reply> {
  const { user, password } = command
  const context = loginContext(session)
  const outcome = yield* authenticator.call('verifyPassword', { user, password, context })
  return yield* finishLogin(session, outcome, { user, method: 'LOGIN' })
}

/** Refuses a password on a connection that is not encrypted; `null` where passwords may come. RFC 5530 §3. */
export function passwordRefusal(session: Session): Reply | null {
  if (session.takesPasswords) return null
  session.untagged('BAD [ALERT] Plaintext authentication not allowed without SSL/TLS')
  return no('Plaintext authentication disallowed', 'PRIVACYREQUIRED')
}

/** What the authenticator is told of the connection. */
export function loginContext({
  settings,
  isSecure,
  certificate,
}: Session): LoginContext & { readonly service: 'imap' } {
  const context = { service: 'imap', peerAddress: settings.peer.address, isSecure } as const
  return certificate === null ? context : { ...context, certificate }
}

/** Who somebody claims to be, and how, for the log; `null` where no name was given. */
export interface LoginClaim {
  readonly user: string | null
  readonly method: string
}

/**
 * Answers a login. Whoever failed waits, and hears the same words whether the user exists or not; only who knew the password
 * hears why it is not enough (RFC 5530 §3).
 *
 * Capabilities come with the OK (RFC 3501 §6.2.2, §6.2.3), or untagged before it for a client that asked for them
 * before its login: it does not read them from replies (as Dovecot has it).
 */
export function* finishLogin(session: Session, outcome: SaslOutcome, { user, method }: LoginClaim): Flow<Reply> {
  const { wire, settings } = session
  if (outcome.kind === 'accepted') {
    session.loggedIn({ user: outcome.user, account: outcome.account })
    wire.event({ name: 'login', user: outcome.user, method, isSecure: session.isSecure })
    const referral = session.offers('LOGIN-REFERRALS') ? outcome.referral : undefined
    if (referral === undefined && !session.asksForCapabilities) return ok('Logged in', writeCapabilities(session))
    session.untagged(writeCapabilities(session))
    if (referral === undefined) return ok('Logged in')
    return ok('Logged in, but you should use this server instead.', referralCode(referral))
  }
  wire.event({ name: 'loginFailed', user, method, reason: outcome.kind, isSecure: session.isSecure })
  switch (outcome.kind) {
    case 'rejected':
      yield* sleep(Math.max(settings.failureDelay, outcome.delay ?? 0))
      return no('Authentication failed.', 'AUTHENTICATIONFAILED')
    case 'expired':
      return no('Password expired.', 'EXPIRED')
    case 'disabled':
      return no('Account is disabled.', 'CONTACTADMIN')
    case 'referral':
      return session.offers('LOGIN-REFERRALS')
        ? no('Try this server instead.', referralCode(outcome.url))
        : no('Account is on another server.', 'CONTACTADMIN')
    case 'unavailable':
      return no('Temporary authentication failure.', 'UNAVAILABLE')
    case 'cancelled':
      return bad('Authentication aborted by client.')
    case 'malformed':
      return bad('Invalid authentication response.')
    case 'overlong':
      return bad('Authentication response too long.')
    default:
      return outcome satisfies never
  }
}

/**
 *     resp_text_code =/ "REFERRAL" SPACE <imapurl>
 *
 * RFC 2221 §5. An authenticator's URL is not believed to be one.
 *
 * @throws {HostError} for what cannot stand in a code.
 */
function referralCode(url: string): string {
  if (!/^imaps?:\/\/[\x21-\x5a\x5e-\x7e]+$/i.test(url))
    throw new HostError('the authenticator refers to what is no IMAP URL')
  return `REFERRAL ${url}`
}

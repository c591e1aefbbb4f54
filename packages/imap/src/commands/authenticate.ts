import { type Flow, saslExchange } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { no, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import { finishLogin, loginContext, passwordRefusal } from './login.js'

/**
 * RFC 3501 §6.2.2, with the initial response of RFC 4959 §3. A mechanism that shows the password is refused, as LOGIN is,
 * until the connection is encrypted.
 */
export function* authenticate(session: Session, command: CommandOf<'AUTHENTICATE'>): Flow<Reply> {
  const name = command.mechanism.toUpperCase()
  const mechanism = session.settings.mechanisms.find((known) => known.name === name)
  const isBarred = mechanism?.needs === 'certificate' && !session.usableMechanisms.includes(mechanism)
  if (mechanism === undefined || isBarred) return no('Unsupported authentication mechanism.', 'CANNOT')
  if (mechanism.isPlaintext && !session.takesPasswords) {
    if (command.initialResponse !== null) return passwordRefusal(session) ?? no('Refused.')
    return no('Plaintext authentication disallowed', 'PRIVACYREQUIRED')
  }
  let user: string | null = null
  const outcome = yield* saslExchange({
    mechanism,
    initialResponse: command.initialResponse,
    context: loginContext(session),
    sendChallenge: (base64) => session.wire.write(`+ ${base64}\r\n`),
    claimed: (claim) => {
      user = claim
    },
  })
  return yield* finishLogin(session, outcome, { user, method: name })
}

import { type Flow, type SaslMechanism, saslExchange } from '@mailwright/core'
import { conclude } from '../login.js'
import { failed, ok, PLAINTEXT_DISALLOWED, type Reply, refused } from '../response/reply.js'
import { NOBODY, type Session } from '../session.js'

/**
 *     auth-command = "AUTH" SP sasl-mech [SP initial-response]
 *
 * RFC 5034 §4, §5. The initial response is base64, `=` when it is empty; a line `*` cancels. Responses may be longer
 * than commands, up to the limit of RFC 4954 §4, which all protocols here share. Without a mechanism it lists them, as
 * Outlook asks and Dovecot answers.
 */
export function* auth(session: Session, argument: string): Flow<Reply> {
  session.state = NOBODY
  if (argument === '') return listMechanisms(session)
  const space = argument.indexOf(' ')
  const name = (space === -1 ? argument : argument.slice(0, space)).toUpperCase()
  const mechanism = session.settings.mechanisms.find((one) => one.name === name)
  const isBarred = mechanism?.needs === 'certificate' && !session.usableMechanisms.includes(mechanism)
  if (mechanism === undefined || isBarred) return refused('Unsupported authentication mechanism.')
  if (mechanism.isPlaintext && !session.isPlaintextAllowed) return PLAINTEXT_DISALLOWED
  return yield* exchange(session, mechanism, space === -1 ? null : argument.slice(space + 1))
}

function* exchange(session: Session, mechanism: SaslMechanism, initialResponse: string | null): Flow<Reply> {
  let user = ''
  const outcome = yield* saslExchange({
    mechanism,
    initialResponse,
    context: session.loginContext,
    sendChallenge: (base64) => session.wire.write(`+ ${base64}\r\n`),
    claimed: (name) => {
      user = name
    },
  })
  switch (outcome.kind) {
    case 'cancelled':
      return failed('Authentication aborted by client.')
    case 'malformed':
      return refused('Malformed authentication response.')
    case 'overlong':
      return refused('Authentication response too long.')
    default:
      return yield* conclude(session, `AUTH ${mechanism.name}`, user, outcome)
  }
}

function listMechanisms(session: Session): Reply {
  return ok('', function* () {
    for (const mechanism of session.usableMechanisms) session.wire.write(`${mechanism.name}\r\n`)
    session.wire.write('.\r\n')
  })
}

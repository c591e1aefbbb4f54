import { type Flow, MailwrightError, type SaslMechanism, type SaslOutcome, saslExchange, sleep } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { usableMechanisms } from '../extensions/auth.js'
import { firstWord } from '../grammar/command-line.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { type Reply, reply } from '../response/reply.js'

const UNAVAILABLE = reply(454, '4.7.0', 'Temporary authentication failure')

/**
 *     auth-command = "AUTH" SP sasl-mech [SP initial-response] *(CRLF [base64]) [CRLF cancel-response] CRLF
 *
 * RFC 4954 §4, §8.
 */
export function* auth(dialogue: Dialogue, argument: string): Flow<Answer> {
  const { settings, session } = dialogue
  if (settings.auth === null || settings.withheld.has('AUTH')) {
    return mistake(reply(503, '5.5.1', 'Error: authentication not enabled'))
  }
  if (session.identity !== null) return mistake(reply(503, '5.5.1', 'Error: already authenticated'))
  const [name, initialResponse] = firstWord(argument)
  if (name === '' || /[ \t]/.test(initialResponse)) return mistake(reply(501, '5.5.4', 'Syntax: AUTH mechanism'))
  const mechanism = settings.auth.mechanisms.find((known) => known.name === name.toUpperCase())
  if (mechanism === undefined) return mistake(reply(504, '5.5.4', 'Unrecognized authentication type'))
  if (mechanism.needs === 'certificate' && !usableMechanisms(session, settings).includes(mechanism)) {
    return mistake(reply(504, '5.5.4', 'Unrecognized authentication type'))
  }
  if (!usableMechanisms(session, settings).includes(mechanism)) {
    return mistake(reply(538, '5.7.11', 'Encryption required for requested authentication mechanism'))
  }
  const attempt: Attempt = { mechanism, initialResponse: initialResponse === '' ? null : initialResponse, user: null }
  const outcome = yield* exchange(dialogue, attempt)
  return yield* conclude(dialogue, attempt, outcome)
}

/** One exchange, and whose name was claimed in it. */
interface Attempt {
  readonly mechanism: SaslMechanism
  readonly initialResponse: string | null
  user: string | null
}

function* exchange(dialogue: Dialogue, attempt: Attempt): Flow<SaslOutcome> {
  const { settings, session, wire } = dialogue
  try {
    return yield* saslExchange({
      mechanism: attempt.mechanism,
      initialResponse: attempt.initialResponse,
      context: {
        service: settings.traits.service,
        peerAddress: dialogue.session.peer.address,
        isSecure: session.tls !== null,
        ...(session.tls?.client == null ? {} : { certificate: session.tls.client }),
      },
      sendChallenge: (base64) => wire.write(`334 ${base64}\r\n`),
      claimed: (user) => {
        attempt.user = user
      },
    })
  } catch (fault) {
    if (!(fault instanceof MailwrightError)) throw fault
    dialogue.reportFault('AUTH', fault)
    return { kind: 'unavailable' }
  }
}

function* conclude(dialogue: Dialogue, attempt: Attempt, outcome: SaslOutcome): Flow<Answer> {
  const { wire, tally, settings } = dialogue
  const method = attempt.mechanism.name
  switch (outcome.kind) {
    case 'accepted': {
      const { user, account } = outcome
      dialogue.learn({ identity: { user, account }, mechanism: method })
      wire.event({ name: 'login', method, user })
      return said(reply(235, '2.7.0', 'Authentication successful'))
    }
    case 'rejected':
    case 'expired':
    case 'disabled':
    case 'referral': {
      tally.failedLogin()
      wire.event({ name: 'loginFailed', user: attempt.user, method, reason: outcome.kind })
      const asked = outcome.kind === 'rejected' ? (outcome.delay ?? 0) : 0
      yield* sleep(Math.max(settings.limits.failureDelay, asked))
      return mistake(DENIALS[outcome.kind])
    }
    case 'unavailable':
      return said(UNAVAILABLE)
    case 'cancelled':
      return mistake(reply(501, '5.7.0', 'Authentication aborted'))
    case 'malformed':
      return mistake(reply(501, '5.5.2', 'Error: cannot decode response'))
    case 'overlong':
      return mistake(reply(500, '5.5.6', 'SASL response limit exceeded'))
    default:
      return outcome satisfies never
  }
}

/** Only who knows the password learns that it is not the password that failed. RFC 4954 §6. */
const DENIALS: { readonly [kind in 'rejected' | 'expired' | 'disabled' | 'referral']: Reply } = {
  rejected: reply(535, '5.7.8', 'Error: authentication failed: (reason unavailable)'),
  expired: reply(535, '5.7.8', 'Error: authentication failed: password expired'),
  disabled: reply(525, '5.7.13', 'Error: user account disabled'),
  referral: reply(525, '5.7.13', 'Error: user account is on another server'),
}

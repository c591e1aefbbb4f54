import { caller, type Flow, MailwrightError } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import type { SmtpHandler } from '../handler.js'
import { banner } from '../response/banner.js'
import { hostRefusal, type Reply, reply } from '../response/reply.js'
import { notesOf, refusalOf } from '../response/verdict.js'

const { call } = caller<SmtpHandler>()

/**
 * Asks the host whether it wants this peer, and says what the peer is told: the greeting, or a refusal. With 421 the connection is to be closed; with
 * any other the peer may only leave (RFC 5321 §3.1).
 */
export function* greet(dialogue: Dialogue): Flow<Reply> {
  const { asks, hostname, mailName, banner: template } = dialogue.settings
  const refusal = asks.has('connection') ? yield* askConnection(dialogue) : null
  dialogue.tellConnect()
  if (refusal === null) return reply(220, null, banner(template, { hostname, mailName }))
  if (refusal.code !== 421) dialogue.deny()
  return refusal
}

/** The refusal of the connection, `null` for none. */
function* askConnection(dialogue: Dialogue): Flow<Reply | null> {
  try {
    const verdict = yield* call('connection', { session: dialogue.session })
    const refusal = refusalOf(verdict)
    if (refusal === null) {
      dialogue.admitted('client' in verdict ? verdict.client : null, notesOf(verdict))
      return null
    }
    dialogue.tellConnect()
    dialogue.reportRefusal(hostRefusal(refusal), { verb: 'CONNECT' })
    return refusal
  } catch (fault) {
    if (!(fault instanceof MailwrightError)) throw fault
    dialogue.reportFault('CONNECT', fault)
    return reply(421, '4.3.0', `${dialogue.settings.hostname} Server local error`)
  }
}

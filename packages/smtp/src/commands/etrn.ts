import { caller, type Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { isAddressLiteral } from '../grammar/address-literal.js'
import type { EtrnScope, SmtpHandler } from '../handler.js'
import { QUOTED_OCTETS } from '../limits.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { reply } from '../response/reply.js'
import { notAVerdict } from '../response/verdict.js'
import { outOfSequence } from '../states.js'

const { call } = caller<SmtpHandler>()

const SCOPES: { readonly [option: string]: EtrnScope } = { '@': 'subdomains', '#': 'queue' }

/**
 *     etrn = "ETRN" SP [ "@" / "#" ] node-name CRLF
 *
 * RFC 1985 §5. Mail goes where it would go anyway, never over this connection, so whoever asks gets nobody's mail by it. In Postfix's words; unlike
 * there the replies have their enhanced codes (RFC 2034 §4).
 */
export function* etrn(dialogue: Dialogue, argument: string): Flow<Answer> {
  if (!dialogue.offers('ETRN')) return mistake(reply(502, '5.5.1', 'Error: command not implemented'))
  const { session, state, settings } = dialogue
  // Whether there is such a command at all comes first.
  if (state.name === 'connected') {
    return mistake(outOfSequence(state.name, 'ETRN', { traits: settings.traits, peerAddress: session.peer.address }))
  }
  if (argument === '' || /[ \t]/.test(argument)) return mistake(reply(500, '5.5.4', 'Syntax: ETRN domain'))
  const scope = SCOPES[argument.charAt(0)] ?? 'node'
  const node = scope === 'node' ? argument : argument.slice(1)
  if (!(scope === 'queue' ? isQueueName(node) : isNode(node))) {
    return mistake(reply(501, '5.5.4', 'Error: invalid parameter syntax'))
  }
  const verdict = yield* call('etrn', { session, scope, node })
  switch (verdict?.kind) {
    case 'started':
      return said(reply(250, '2.0.0', 'Queuing started'))
    case 'notAllowed':
      return said(reply(459, '4.7.1', `<${node.slice(0, QUOTED_OCTETS)}>: service unavailable`))
    case 'unable':
      return said(reply(458, '4.3.0', 'Error: unable to queue messages'))
    case 'refused':
      return dialogue.refusal(verdict.reply, { verb: 'ETRN' })
    default:
      throw notAVerdict(verdict satisfies never)
  }
}

/** A domain, or an address literal. */
function isNode(text: string): boolean {
  const isDomain =
    text.length <= 255 && /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*\.?$/i.test(text)
  return isDomain || isAddressLiteral(text)
}

/** What a queue is called is the host's business; it is printable. */
function isQueueName(text: string): boolean {
  return /^[!-;=?-~]{1,255}$/.test(text)
}

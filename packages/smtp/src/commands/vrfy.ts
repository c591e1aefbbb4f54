import { caller, type Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { writeMailbox } from '../grammar/mailbox.js'
import type { SmtpHandler } from '../handler.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { badPath } from '../response/refusals.js'
import { reply } from '../response/reply.js'
import { notAVerdict } from '../response/verdict.js'

const { call } = caller<SmtpHandler>()

/**
 *     vrfy = "VRFY" SP String CRLF
 *
 * RFC 5321 §4.1.1.6, §3.5. Without a host that says more the answer is 252: neither yes nor no (RFC 5321 §3.5.3), and
 * no help to who collects addresses (RFC 5321 §7.3).
 */
export function* vrfy(dialogue: Dialogue, argument: string): Flow<Answer> {
  const { settings, session } = dialogue
  if (!dialogue.offers('VRFY')) return mistake(reply(502, '5.5.1', 'VRFY command is disabled'))
  if (argument === '') return mistake(reply(501, '5.5.4', 'Syntax: VRFY address'))
  if (/[^\t -~]/.test(argument)) return mistake(badPath('nonAscii', 'recipient'))
  const unsure = said(reply(252, '2.0.0', argument))
  if (!settings.asks.has('verify')) return unsure
  const verdict = yield* call('verify', { session, address: argument })
  switch (verdict?.kind) {
    case 'noncommittal':
      return unsure
    case 'refused':
      return dialogue.refusal(verdict.reply, { verb: 'VRFY', to: argument })
    case 'found': {
      const name = verdict.fullName === undefined ? '' : `${verdict.fullName} `
      return said(reply(250, '2.1.5', `${name}<${writeMailbox(verdict.mailbox)}>`))
    }
    default:
      throw notAVerdict(verdict satisfies never)
  }
}

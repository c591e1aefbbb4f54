import { caller, type Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import type { SmtpHandler } from '../handler.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { reply } from '../response/reply.js'
import { notAVerdict } from '../response/verdict.js'
import { nameAsked, nameTold } from './vrfy.js'

const { call } = caller<SmtpHandler>()

/**
 *     expn = "EXPN" SP String [ SP "SMTPUTF8" ] CRLF
 *
 * RFC 5321 §4.1.1.7, §3.5; RFC 6531 §3.7.4.2 for SMTPUTF8. A line a member. Only where the host expands lists: most do not (RFC 5321 §7.3).
 */
export function* expn(dialogue: Dialogue, argument: string): Flow<Answer> {
  if (!dialogue.offers('EXPN')) return mistake(reply(502, '5.5.1', 'Error: command not implemented'))
  const asked = nameAsked('EXPN', argument, dialogue.offers('SMTPUTF8'))
  if (asked.kind === 'bad') return mistake(asked.reply)
  const { address, charset } = asked
  const unsure = said({ ...reply(252, '2.0.0', address), ...charset })
  const verdict = yield* call('expand', { session: dialogue.session, address })
  switch (verdict?.kind) {
    case 'noncommittal':
      return unsure
    case 'refused':
      return dialogue.refusal(verdict.reply, { verb: 'EXPN', to: address })
    case 'expanded': {
      const told = verdict.members.map((member) => nameTold(member, charset))
      // One that cannot be shown hides the list: half of it would be taken for the whole.
      const hidden = told.find(({ code }) => code !== 250)
      if (hidden !== undefined) return said(hidden)
      const lines = told.flatMap(({ text }) => text)
      return lines.length === 0 ? unsure : said({ ...reply(250, '2.1.5', lines), ...charset })
    }
    default:
      throw notAVerdict(verdict satisfies never)
  }
}

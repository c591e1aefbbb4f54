import { caller, type Flow, latin1ToUtf8 } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { isNonAscii, writeMailbox } from '../grammar/mailbox.js'
import type { NamedMailbox, SmtpHandler } from '../handler.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { badPath } from '../response/refusals.js'
import { type Reply, reply } from '../response/reply.js'
import { notAVerdict } from '../response/verdict.js'

const { call } = caller<SmtpHandler>()

/**
 *     vrfy = "VRFY" SP String [ SP "SMTPUTF8" ] CRLF
 *
 * RFC 5321 §4.1.1.6, §3.5; RFC 6531 §3.7.4.2 for SMTPUTF8. Without a host that says more the answer is 252: neither yes nor no
 * (RFC 5321 §3.5.3), and no help to who collects addresses (RFC 5321 §7.3).
 */
export function* vrfy(dialogue: Dialogue, argument: string): Flow<Answer> {
  const { settings, session } = dialogue
  if (!dialogue.offers('VRFY')) return mistake(reply(502, '5.5.1', 'VRFY command is disabled'))
  const asked = nameAsked('VRFY', argument, dialogue.offers('SMTPUTF8'))
  if (asked.kind === 'bad') return mistake(asked.reply)
  const { address, charset } = asked
  const unsure = said({ ...reply(252, '2.0.0', address), ...charset })
  if (!settings.asks.has('verify')) return unsure
  const verdict = yield* call('verify', { session, address })
  switch (verdict?.kind) {
    case 'noncommittal':
      return unsure
    case 'refused':
      return dialogue.refusal(verdict.reply, { verb: 'VRFY', to: address })
    case 'found':
      return said(nameTold(verdict, charset))
    default:
      throw notAVerdict(verdict satisfies never)
  }
}

type NameAsked =
  /** `charset` stands in the reply: the peer takes UTF-8 there. */
  | { readonly kind: 'name'; readonly address: string; readonly charset: Pick<Reply, 'charset'> }
  | { readonly kind: 'bad'; readonly reply: Reply }

/** The argument of VRFY or EXPN taken apart. Only with SMTPUTF8 offered may it hold UTF-8, or end with that word. */
export function nameAsked(verb: 'VRFY' | 'EXPN', argument: string, isUtf8Offered: boolean): NameAsked {
  const [, before, word] = (isUtf8Offered && /^(.*?)[ \t]+(SMTPUTF8)$/i.exec(argument)) || [
    argument,
    argument,
    undefined,
  ]
  const address = isUtf8Offered ? latin1ToUtf8(before ?? '') : before
  if (address === '') return { kind: 'bad', reply: reply(501, '5.5.4', `Syntax: ${verb} address`) }
  const foreign = isUtf8Offered ? /[\x00-\x08\x0a-\x1f\x7f-\x9f]/ : /[^\t -~]/
  if (address === undefined || foreign.test(address)) {
    return { kind: 'bad', reply: badPath(isUtf8Offered ? 'syntax' : 'nonAscii', 'recipient') }
  }
  return { kind: 'name', address, charset: word === undefined ? {} : { charset: 'utf8' } }
}

/** The reply that names a mailbox; without leave to say it in UTF-8, that it cannot be said (X.6.8, RFC 6531 §3.7.4.2). */
export function nameTold(found: NamedMailbox, charset: Pick<Reply, 'charset'>): Reply {
  const name = found.fullName === undefined ? '' : `${found.fullName} `
  const text = `${name}<${writeMailbox(found.mailbox)}>`
  if (charset.charset === undefined && isNonAscii(found.mailbox)) {
    return reply(252, '2.6.8', 'The mailbox has a name in UTF-8, which takes SMTPUTF8 to be shown')
  }
  return { ...reply(250, '2.1.5', text), ...charset }
}

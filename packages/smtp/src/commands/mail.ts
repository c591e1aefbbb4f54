import { caller, type Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import type { MailParameterResult } from '../extensions/extension.js'
import { offered } from '../extensions/extension-table.js'
import { behindKeyword } from '../grammar/command-line.js'
import { writeMailbox } from '../grammar/mailbox.js'
import { type EsmtpParameter, parseParameters } from '../grammar/parameters.js'
import { parsePath } from '../grammar/path.js'
import type { SmtpHandler } from '../handler.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { badParameter, badPath, unsupported } from '../response/refusals.js'
import { reply } from '../response/reply.js'
import { notesOf, refusalOf } from '../response/verdict.js'
import { type MailParameters, withNotes } from '../session.js'

const { call } = caller<SmtpHandler>()

/**
 *     mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
 *
 * RFC 5321 §4.1.1.2. Begins a transaction, unless the host says no.
 */
export function* mail(dialogue: Dialogue, argument: string): Flow<Answer> {
  const { settings, session } = dialogue
  const rest = behindKeyword(argument, 'FROM:')
  if (rest === undefined) return mistake(reply(501, '5.5.4', 'Syntax: MAIL FROM:<address>'))
  const path = parsePath(rest, { syntax: settings.paths, limits: settings.limits })
  if (path.kind === 'bad') return mistake(badPath(path.why, 'sender'))
  const declared = readParameters(dialogue, rest.slice(path.end))
  if (declared.kind === 'refused') return mistake(declared.reply)
  const transaction = { reversePath: path.mailbox, parameters: declared.parameters }
  const from = path.mailbox === null ? '' : writeMailbox(path.mailbox)
  if (settings.asks.has('mail')) {
    const verdict = yield* call('mail', { session, transaction })
    const refusal = refusalOf(verdict)
    if (refusal !== null) return dialogue.refusal(refusal, { verb: 'MAIL', from })
    dialogue.begin(withNotes(transaction, notesOf(verdict)))
  } else {
    dialogue.begin(transaction)
  }
  dialogue.wire.event({ name: 'mail', from, size: transaction.parameters.size ?? null })
  return said(reply(250, '2.1.0', 'Ok'))
}

/** Each parameter belongs to an extension that is offered; others are not implemented (RFC 5321 §4.1.1.11). */
function readParameters(dialogue: Dialogue, text: string): MailParameterResult {
  const result = parseParameters(text)
  if (result.kind === 'bad') return { kind: 'refused', reply: badParameter(result.text) }
  let parameters: MailParameters = {}
  for (const parameter of result.parameters) {
    const declared = readParameter(dialogue, parameter)
    if (declared.kind === 'refused') return declared
    parameters = { ...parameters, ...declared.parameters }
  }
  return { kind: 'declared', parameters }
}

function readParameter({ session, settings }: Dialogue, parameter: EsmtpParameter): MailParameterResult {
  for (const { mailParameter } of offered(session, settings)) {
    if (mailParameter?.keyword !== parameter.keyword) continue
    const declared = mailParameter.read(parameter, settings)
    if (declared !== undefined) return declared
  }
  return { kind: 'refused', reply: unsupported(parameter.text) }
}

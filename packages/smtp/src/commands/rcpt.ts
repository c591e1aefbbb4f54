import { caller, type Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { readDeclared } from '../extensions/declared.js'
import { behindKeyword } from '../grammar/command-line.js'
import { isNonAscii, writeMailbox } from '../grammar/mailbox.js'
import { parsePath } from '../grammar/path.js'
import type { SmtpHandler } from '../handler.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { badPath } from '../response/refusals.js'
import { reply } from '../response/reply.js'
import { notesOf, refusalOf } from '../response/verdict.js'
import type { RcptParameters } from '../session.js'

const { call } = caller<SmtpHandler>()

const TOO_MANY = reply(452, '4.5.3', 'Error: too many recipients')

/**
 *     rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] CRLF
 *
 * RFC 5321 §4.1.1.3. Only the host's yes makes a recipient.
 */
export function* rcpt(dialogue: Dialogue, argument: string): Flow<Answer> {
  const { settings, session } = dialogue
  const rest = behindKeyword(argument, 'TO:')
  if (rest === undefined) return mistake(reply(501, '5.5.4', 'Syntax: RCPT TO:<address>'))
  const path = parsePath(rest, dialogue.pathRules)
  if (path.kind === 'bad') return mistake(badPath(path.why, 'recipient'))
  if (path.mailbox === null) return mistake(badPath('syntax', 'recipient'))
  const none: RcptParameters = {}
  const declared = readDeclared(dialogue, rest.slice(path.end), none, ({ rcptParameters }) => rcptParameters)
  if (declared.kind === 'refused') return mistake(declared.reply)
  const { transaction, recipients } = dialogue.open
  if (isNonAscii(path.mailbox) && transaction.parameters.smtpUtf8 === undefined) {
    return mistake(badPath('undeclared', 'recipient'))
  }
  if (recipients.length >= settings.limits.recipients) {
    dialogue.overshoot++
    return dialogue.overshoot > settings.limits.recipientOvershoot ? mistake(TOO_MANY) : said(TOO_MANY)
  }
  const recipient = { ...path.mailbox, ...declared.parameters }
  const verdict = yield* call('recipient', { session, transaction, recipient, accepted: recipients.length })
  const refusal = refusalOf(verdict)
  const to = writeMailbox(recipient)
  const from = transaction.reversePath === null ? '' : writeMailbox(transaction.reversePath)
  if (refusal !== null) return dialogue.refusal(refusal, { verb: 'RCPT', from, to })
  dialogue.addRecipient(recipient, notesOf(verdict))
  dialogue.wire.event({ name: 'recipient', to })
  return said(reply(250, '2.1.5', 'Ok'))
}

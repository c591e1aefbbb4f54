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
import { type MailParameters, type SmtpTransaction, withNotes } from '../session.js'

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
  const path = parsePath(rest, dialogue.pathRules)
  if (path.kind === 'bad') return mistake(badPath(path.why, 'sender'))
  const none: MailParameters = {}
  const declared = readDeclared(dialogue, rest.slice(path.end), none, ({ mailParameters }) => mailParameters)
  if (declared.kind === 'refused') return mistake(declared.reply)
  if (path.mailbox !== null && isNonAscii(path.mailbox) && declared.parameters.smtpUtf8 === undefined) {
    return mistake(badPath('undeclared', 'sender'))
  }
  if (dialogue.transactions >= settings.limits.transactions) {
    return said(reply(421, '4.7.0', `${settings.hostname} Error: too many messages in one session`))
  }
  const transaction = { reversePath: path.mailbox, parameters: declared.parameters, ...dialogue.forwarded }
  const from = path.mailbox === null ? '' : writeMailbox(path.mailbox)
  if (settings.asks.has('mail')) {
    const verdict = yield* call('mail', { session, transaction })
    const refusal = refusalOf(verdict)
    if (refusal !== null) return dialogue.refusal(refusal, { verb: 'MAIL', from })
    dialogue.begin(withNotes(transaction, notesOf(verdict)))
  } else {
    dialogue.begin(transaction)
  }
  dialogue.wire.event({
    name: 'mail',
    from,
    size: transaction.parameters.size ?? null,
    ...priorityOf(transaction),
    ...originOf(transaction),
  })
  return said(declared.reply ?? reply(250, '2.1.0', 'Ok'))
}

/** RFC 6710 §4.1: a declared priority is logged. */
function priorityOf({ parameters }: SmtpTransaction): { readonly priority?: number } {
  return parameters.priority === undefined ? {} : { priority: parameters.priority }
}

/** What XFORWARD said, in Postfix's words for it. */
function originOf({ forwarded }: SmtpTransaction): { readonly [field: string]: string | null } {
  if (forwarded === undefined) return {}
  return {
    origClient: forwarded.name ?? null,
    origAddress: forwarded.address ?? null,
    origQueueId: forwarded.id ?? null,
  }
}

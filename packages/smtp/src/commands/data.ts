import { caller, type Flow, MailwrightError } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import type { SmtpHandler } from '../handler.js'
import { type Answer, mistake } from '../response/answer.js'
import { reply } from '../response/reply.js'
import { refusalBeforeData } from './before-data.js'
import { concluded, endOfMessage, faultFor } from './message-outcome.js'

const { upload } = caller<SmtpHandler>()

const GO_AHEAD = reply(354, null, 'End data with <CR><LF>.<CR><LF>')
const NEEDS_BDAT = reply(503, '5.5.1', 'Error: BODY=BINARYMIME requires BDAT')

/**
 *     data = "DATA" CRLF
 *
 * RFC 5321 §4.1.1.4. The message streams to the host as it comes. Only CRLF.CRLF ends it, whatever becomes of it, and
 * nothing of it is ever read as commands. Afterwards the transaction is over.
 */
export function* data(dialogue: Dialogue): Flow<Answer> {
  // RFC 3030 §3: what is no text has no line with a dot to end it.
  if (dialogue.open.transaction.parameters.body === 'BINARYMIME') return mistake(NEEDS_BDAT)
  const refusal = yield* refusalBeforeData(dialogue)
  if (refusal !== null) return refusal
  const { settings, session } = dialogue
  const { transaction, recipients } = dialogue.open
  dialogue.write(GO_AHEAD)
  try {
    const result = yield* upload(
      'message',
      { session, transaction, recipients },
      { mode: 'data', limit: settings.limits.messageOctets, lineEnds: settings.lineEnds },
    )
    return endOfMessage(dialogue, concluded(dialogue, recipients, result))
  } catch (fault) {
    if (!(fault instanceof MailwrightError)) throw fault
    return endOfMessage(dialogue, faultFor(dialogue, 'DATA', fault))
  }
}

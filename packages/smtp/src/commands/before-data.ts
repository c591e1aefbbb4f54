import { caller, type Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import type { SmtpHandler } from '../handler.js'
import type { Answer } from '../response/answer.js'
import { notesOf, refusalOf } from '../response/verdict.js'

const { call } = caller<SmtpHandler>()

/**
 * The host's last word before a message comes: its refusal, `null` when it may. A refusal leaves the transaction as it is (RFC 5321 §4.1.1.4): the
 * peer may take it back, or try again.
 */
export function* refusalBeforeData(dialogue: Dialogue): Flow<Answer | null> {
  const { settings, session } = dialogue
  if (!settings.asks.has('data')) return null
  const { transaction, recipients } = dialogue.open
  const verdict = yield* call('data', { session, transaction, recipients })
  const refusal = refusalOf(verdict)
  if (refusal !== null) return dialogue.refusal(refusal, { verb: 'DATA' })
  dialogue.note(notesOf(verdict))
  return null
}

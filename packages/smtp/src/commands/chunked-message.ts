import { abandonUpload, caller, type Flow, LineEndGuard } from '@mailwright/core'
import type { ChunkedUpload, Dialogue } from '../dialogue.js'
import type { SmtpHandler } from '../handler.js'
import type { Answer } from '../response/answer.js'
import type { SmtpTransaction } from '../session.js'
import { concluded, endOfMessage, type Outcome } from './message-outcome.js'

const { openUpload, finishUpload } = caller<SmtpHandler>()

/** The commands that bring a message in pieces. */
export type ChunkVerb = 'BDAT' | 'BURL'

/** The message that comes in pieces: the first of them opens it. */
export function* chunkedMessage(dialogue: Dialogue, verb: ChunkVerb): Flow<ChunkedUpload> {
  const { upload, session, open } = dialogue
  if (upload !== null) return upload
  const { recipients } = open
  const transaction = labelled(dialogue, open.transaction)
  const begun: ChunkedUpload = {
    octets: 0,
    verb,
    // Text must be text, however it comes; BINARYMIME is octets.
    guard: transaction.parameters.body === 'BINARYMIME' ? null : new LineEndGuard(),
  }
  yield* openUpload('message', { session, transaction, recipients })
  dialogue.chunked(begun)
  return begun
}

/**
 * RFC 4468 §4: who submits a message unseen cannot say what is in it, and the host must know that it may have to be converted. So what may be fetched
 * is 8BITMIME, unless the peer said otherwise.
 */
function labelled(dialogue: Dialogue, transaction: SmtpTransaction): SmtpTransaction {
  const { parameters } = transaction
  if (parameters.body !== undefined || !dialogue.offers('BURL')) return transaction
  return { ...transaction, parameters: { ...parameters, body: '8BITMIME' } }
}

/** The last piece has come: what became of the message. */
export function* lastChunk(dialogue: Dialogue, { octets }: ChunkedUpload): Flow<Answer> {
  const { recipients } = dialogue.open
  dialogue.upload = null
  const result = yield* finishUpload('message')
  return endOfMessage(dialogue, concluded(dialogue, recipients, { kind: 'answered', octets, result }))
}

/** A piece spoilt the message: nothing of it may remain, and the transaction is over. */
export function* spoiled(dialogue: Dialogue, outcome: Outcome): Flow<Answer> {
  dialogue.upload = null
  yield* abandonUpload()
  return endOfMessage(dialogue, outcome)
}

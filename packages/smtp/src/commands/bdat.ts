import { type DataFlaw, discardOctets, type Flow, feedUpload, MailwrightError, type Octets } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { type Answer, said } from '../response/answer.js'
import { reply } from '../response/reply.js'
import { refusalBeforeData } from './before-data.js'
import { chunkedMessage, lastChunk, spoiled } from './chunked-message.js'
import { concluded, endOfMessage, faultFor, type Outcome } from './message-outcome.js'

/** A chunk that was announced. */
export interface Chunk {
  readonly octets: Octets
  readonly isLast: boolean
}

/**
 *     bdat-cmd   = "BDAT" SP chunk-size [ SP end-marker ] CR LF
 *     chunk-size = 1*DIGIT
 *     end-marker = "LAST"
 *
 * RFC 3030 §2. `undefined` for what is none: then nobody knows where the next command begins.
 */
export function parseChunk(argument: string): Chunk | undefined {
  const [, digits, last] = /^(\d{1,15})(?: +(LAST))?$/i.exec(argument) ?? []
  return digits === undefined ? undefined : { octets: Number(digits), isLast: last !== undefined }
}

/**
 * RFC 3030 §2. The chunks of a message go to the host as one body; each is answered, the last with what became of the message. Whatever is
 * wrong with a chunk, its octets are consumed by count and never read as commands, and the transaction is over.
 */
export function* bdat(dialogue: Dialogue, argument: string): Flow<Answer> {
  const chunk = parseChunk(argument)
  // The runner lets nothing else come so far.
  if (chunk === undefined) return said()
  if (dialogue.state.name !== 'bdat') {
    const refusal = yield* refusalBeforeData(dialogue)
    if (refusal !== null) {
      yield* discardOctets(chunk.octets)
      dialogue.reset()
      return refusal
    }
  }
  const { settings } = dialogue
  try {
    const upload = yield* chunkedMessage(dialogue, 'BDAT')
    // One octet too many spoils the message; so it need not come to the disk first.
    if (upload.octets + chunk.octets > settings.limits.messageOctets) {
      yield* discardOctets(chunk.octets)
      return yield* spoiled(dialogue, flawed(dialogue, 'tooBig'))
    }
    const { guard } = upload
    const fed = yield* feedUpload({ mode: 'octets', octets: chunk.octets, ...(guard === null ? {} : { guard }) })
    upload.octets += fed.octets
    const flaw = fed.flaw ?? (chunk.isLast ? (guard?.end() ?? null) : null)
    if (flaw !== null) return yield* spoiled(dialogue, flawed(dialogue, flaw))
    if (!chunk.isLast) return said(reply(250, '2.0.0', `Ok: ${chunk.octets} bytes`))
    return yield* lastChunk(dialogue, upload)
  } catch (fault) {
    if (!(fault instanceof MailwrightError)) throw fault
    return endOfMessage(dialogue, faultFor(dialogue, 'BDAT', fault))
  }
}

function flawed(dialogue: Dialogue, flaw: DataFlaw): Outcome {
  return concluded(dialogue, dialogue.open.recipients, { kind: 'flawed', flaw })
}

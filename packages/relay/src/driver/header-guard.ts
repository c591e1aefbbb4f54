import { type Body, MailwrightError } from '@mailwright/core'
import { fieldBody, HeaderReader } from '@mailwright/message'
import { MessageStart } from '@mailwright/smtp'
import { RECEIVING_LIMITS } from '../receiving/limits.js'

/** The message went round in circles. */
export class TooManyHops extends MailwrightError {
  readonly code = 'TOO_MANY_HOPS'
  override readonly name = 'TooManyHops'
}

/** What is told of a message once it was read. */
export interface HeaderFacts {
  /** As it stands in the message; `null`: it has none. For logs. */
  messageId: string | null
  /** Its header as it came, for who wants to return it. */
  readonly header?: Uint8Array[]
}

const WANTED: ReadonlySet<string> = new Set(['message-id'])

/**
 * A message on its way in, with the blank line put in that its header lacks.
 *
 * @param facts filled in while the message is read.
 * @throws {TooManyHops} while it is read, when its header shows a loop (RFC 5321 §6.3).
 */
export async function* headerGuard(body: Body, facts?: HeaderFacts, hops = RECEIVING_LIMITS.hops): Body {
  const start = new MessageStart(['received'])
  const reader = facts === undefined ? undefined : new HeaderReader({ wanted: WANTED })
  const note = (chunk: Uint8Array): void => {
    if (facts === undefined || reader === undefined) return
    const isHeader = reader.bodyStart === null
    for (const { raw } of reader.push(chunk)) facts.messageId ??= fieldBody(raw)
    // Chunks are the reader's only until the next one.
    if (isHeader) facts.header?.push(chunk.slice())
  }
  for await (const chunk of body) {
    if (start.isOver) {
      yield chunk
      continue
    }
    for (const piece of start.push(chunk)) {
      note(piece)
      yield piece
    }
    if (start.count('received') > hops) throw new TooManyHops(`more than ${hops} Received fields`)
  }
  for (const piece of start.end()) {
    note(piece)
    yield piece
  }
}

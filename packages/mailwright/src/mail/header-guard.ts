import { type Body, MailwrightError } from '@mailwright/core'
import { MessageStart } from '@mailwright/smtp'

/** `Received` fields of a message on arrival. Default 50 (Postfix): more is a loop. Passed: `554 5.4.6`. */
export const HOPS = 50

/** The message went round in circles. */
export class TooManyHops extends MailwrightError {
  readonly code = 'TOO_MANY_HOPS'
  override readonly name = 'TooManyHops'
}

/**
 * A message on its way in, with the blank line put in that its header lacks.
 *
 * @throws {TooManyHops} while it is read, when its header shows a loop (RFC 5321 §6.3).
 */
export async function* headerGuard(body: Body): Body {
  const start = new MessageStart(['received'])
  for await (const chunk of body) {
    if (start.isOver) {
      yield chunk
      continue
    }
    yield* start.push(chunk)
    if (start.count('received') > HOPS) throw new TooManyHops(`more than ${HOPS} Received fields`)
  }
  yield* start.end()
}

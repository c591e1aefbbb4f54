import { type Body, MailwrightError } from '@mailwright/core'
import { MessageStart } from '@mailwright/smtp'
import { RECEIVING_LIMITS } from '../receiving/limits.js'

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
export async function* headerGuard(body: Body, hops = RECEIVING_LIMITS.hops): Body {
  const start = new MessageStart(['received'])
  for await (const chunk of body) {
    if (start.isOver) {
      yield chunk
      continue
    }
    yield* start.push(chunk)
    if (start.count('received') > hops) throw new TooManyHops('too many hops')
  }
  yield* start.end()
}

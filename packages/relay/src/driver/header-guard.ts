import { MailwrightError } from '@mailwright/core'
import { MessageStart } from '@mailwright/smtp'
import { RECEIVING_LIMITS } from '../receiving/limits.js'
import type { BodyFilter } from './body-filter.js'

/** The message went round in circles. */
export class TooManyHops extends MailwrightError {
  readonly code = 'TOO_MANY_HOPS'
  override readonly name = 'TooManyHops'
}

/**
 * Puts in the blank line that the header of a message lacks.
 *
 * @throws {TooManyHops} from `push`, when the header shows a loop (RFC 5321 §6.3).
 */
export function headerGuard(hops = RECEIVING_LIMITS.hops): BodyFilter {
  const start = new MessageStart(['received'])
  return {
    push(chunk) {
      if (start.isOver) return [chunk]
      const passed = start.push(chunk)
      if (start.count('received') > hops) throw new TooManyHops('too many hops')
      return passed
    },
    end: () => start.end(),
  }
}

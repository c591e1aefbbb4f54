import type { Flow } from '@mailwright/core'
import { type Answer, farewell } from '../response/answer.js'
import { reply } from '../response/reply.js'

/** RFC 5321 §4.1.1.10. */
export function* quit(): Flow<Answer> {
  return farewell(reply(221, '2.0.0', 'Bye'), 'logout')
}

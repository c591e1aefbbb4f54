import type { Flow } from '@mailwright/core'
import { type Answer, said } from '../response/answer.js'
import { reply } from '../response/reply.js'

/** RFC 5321 §4.1.1.9. A parameter is ignored. */
export function* noop(): Flow<Answer> {
  return said(reply(250, '2.0.0', 'Ok'))
}

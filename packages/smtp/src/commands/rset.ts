import type { Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { type Answer, said } from '../response/answer.js'
import { reply } from '../response/reply.js'

/** RFC 5321 §4.1.1.5. The transaction is forgotten; the peer's name and login stay. */
export function* rset(dialogue: Dialogue): Flow<Answer> {
  dialogue.reset()
  return said(reply(250, '2.0.0', 'Ok'))
}

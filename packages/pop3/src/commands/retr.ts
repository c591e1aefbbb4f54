import type { Flow } from '@mailwright/core'
import type { Maildrop } from '../maildrop.js'
import { openMessage } from '../open-message.js'
import { ok, type Reply } from '../response/reply.js'
import type { Session } from '../session.js'

/** RFC 1939 §5 (RETR). The message goes from store to peer unseen, its dots doubled on the way. */
export function* retr(session: Session, maildrop: Maildrop, argument: string): Flow<Reply> {
  const opened = yield* openMessage(session, maildrop, argument)
  if (opened.kind === 'refused') return opened.reply
  const { message, body } = opened
  maildrop.markRetrieved(message)
  session.counters.retrieved++
  session.counters.retrievedOctets += body.octets
  return ok(`${body.octets} octets`, function* () {
    session.wire.splice(body, 0, body.octets, 'dotStuffed')
  })
}

import type { Flow } from '@mailwright/core'
import type { Maildrop } from '../maildrop.js'
import { findMessage } from '../message-argument.js'
import { listing } from '../response/listing.js'
import { ok, type Reply } from '../response/reply.js'
import { summary } from '../response/summary.js'
import type { Session } from '../session.js'

/** RFC 1939 §5 (LIST): scan listings. */
export function* list(session: Session, maildrop: Maildrop, argument: string): Flow<Reply> {
  if (argument === '') {
    return ok(summary(maildrop), () =>
      listing(session.wire, maildrop, (number) => maildrop.contents.octets[number - 1] ?? 0),
    )
  }
  const found = findMessage(maildrop, argument)
  return found.kind === 'refused' ? found.reply : ok(`${found.message.number} ${found.message.octets}`)
}

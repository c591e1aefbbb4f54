import type { Flow } from '@mailwright/core'
import type { Maildrop } from '../maildrop.js'
import { findMessage } from '../message-argument.js'
import { listing } from '../response/listing.js'
import { ok, type Reply } from '../response/reply.js'
import type { Session } from '../session.js'

/** RFC 1939 §7 (UIDL): unique-id listings. */
export function* uidl(session: Session, maildrop: Maildrop, argument: string): Flow<Reply> {
  const { uniqueId } = session.settings
  const { uids, uidValidity } = maildrop.contents
  if (argument === '') {
    return ok('', () => listing(session.wire, maildrop, (number) => uniqueId(uids[number - 1] ?? 0, uidValidity)))
  }
  const found = findMessage(maildrop, argument)
  if (found.kind === 'refused') return found.reply
  return ok(`${found.message.number} ${uniqueId(found.message.uid, uidValidity)}`)
}

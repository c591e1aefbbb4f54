import type { Flow, Identity } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { statusOf } from '../mailbox-status.js'
import { noSuchMailbox, openMailbox } from '../mailboxes.js'
import { ok, type Reply } from '../reply.js'
import { writeStatus } from '../response/mailbox-data.js'
import type { Session } from '../session.js'

/** RFC 3501 §6.3.10. Of the selected mailbox, too. */
export function* status(session: Session, identity: Identity, command: CommandOf<'STATUS'>): Flow<Reply> {
  const { account } = identity
  const { mailbox: name, items } = command
  const target = yield* openMailbox(session, account, name, 'NONEXISTENT')
  if (target.kind === 'refused') return target.reply
  const values = (yield* statusOf(session, account, [target.entry], items)).get(target.id)
  if (values === undefined) return noSuchMailbox(session, name)
  session.untagged(writeStatus(name, values, session.nameForm))
  return ok('Status completed.')
}

import type { Flow, Identity } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { noSuchMailbox, openMailbox } from '../mailboxes.js'
import { ok, type Reply } from '../reply.js'
import { writeStatus } from '../response/mailbox-data.js'
import type { Session } from '../session.js'

/** RFC 3501 §6.3.10. Of the selected mailbox, too: there RECENT is what this session has. */
export function* status(session: Session, identity: Identity, command: CommandOf<'STATUS'>): Flow<Reply> {
  const { account } = identity
  const { mailbox: name, items } = command
  const target = yield* openMailbox(session, account, name, 'NONEXISTENT')
  if (target.kind === 'refused') return target.reply
  const { statuses } = yield* store.call('status', { account, mailboxes: [target.id], items })
  const [found] = statuses
  if (found === undefined) return noSuchMailbox(session, name)
  const { state } = session
  const isSelected = state.name === 'selected' && state.mailbox.ref.mailbox === target.id
  const known = isSelected && found.recent !== undefined ? { ...found, recent: state.mailbox.view.recent } : found
  session.untagged(writeStatus(name, items, known, session.nameForm))
  return ok('Status completed.')
}

import { type Flow, type Identity, INBOX } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { findMailbox, noSuchMailbox, watchMailboxes } from '../mailboxes.js'
import { tellNormalName } from '../normal-name.js'
import { notManaged } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/**
 * RFC 3501 §6.3.4. A mailbox that has children stays as a level without messages. Deleting the selected mailbox closes
 * it.
 */
export function* deleteMailbox(session: Session, identity: Identity, command: CommandOf<'DELETE'>): Flow<Reply> {
  const { account } = identity
  const name = command.mailbox
  if (name === INBOX) return no("INBOX can't be deleted.", 'CANNOT')
  const { state } = session
  // By id: another session may have renamed the selected mailbox.
  const entry = state.name === 'selected' ? yield* findMailbox(account, name) : undefined
  const isSelected = state.name === 'selected' && entry?.id === state.mailbox.ref.mailbox
  const answer = yield* store.call('deleteMailbox', { account, name })
  switch (answer.kind) {
    case 'deleted':
      tellNormalName(session, name, { attributes: ['\\NonExistent'] })
      if (isSelected) {
        session.left()
        yield* watchMailboxes(session)
      }
      return ok('Delete completed.')
    case 'noSuchMailbox':
      return noSuchMailbox(session, name)
    case 'hasChildren':
      return no('Mailbox has children, delete them first.', 'HASCHILDREN')
    case 'denied':
      return notManaged(answer)
    default:
      return answer satisfies never
  }
}

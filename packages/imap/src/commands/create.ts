import type { Flow, Identity } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { tellNormalName } from '../normal-name.js'
import { notManaged, OVER_QUOTA } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/** RFC 3501 §6.3.3, with the special use of RFC 6154 §3 and the id of RFC 8474 §4.1. Levels above the mailbox are made as needed. */
export function* create(session: Session, identity: Identity, command: CommandOf<'CREATE'>): Flow<Reply> {
  const { mailbox: name, specialUse } = command
  if (!session.settings.supports.hierarchy && name.includes('/'))
    return no('Mailboxes have no children here.', 'CANNOT')
  const [use, ...more] = specialUse
  if (more.length > 0) return no('A mailbox has one special use at most.', 'USEATTR')
  const { account } = identity
  const answer = yield* store.call('createMailbox', {
    account,
    name,
    ...(use === undefined ? {} : { specialUse: use }),
  })
  switch (answer.kind) {
    case 'created':
      tellNormalName(session, name)
      return ok('Create completed.', session.offers('OBJECTID') ? `MAILBOXID (${answer.mailbox})` : null)
    case 'exists':
      return no('Mailbox already exists.', 'ALREADYEXISTS')
    case 'overQuota':
      return OVER_QUOTA
    case 'denied':
      return notManaged(answer)
    default:
      return answer satisfies never
  }
}

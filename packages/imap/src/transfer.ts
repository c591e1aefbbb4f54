import type { Denied, Flow, MailboxId, MailboxName, NoSuchMailbox, UidList } from '@mailwright/core'
import type { CommandOf } from './command.js'
import { noSuchMailbox, openMailbox } from './mailboxes.js'
import { BAD_SET, denied, EXPUNGE_ISSUED, MAILBOX_GONE, OVER_QUOTA } from './refusals.js'
import { ok, type Reply } from './reply.js'
import type { Session } from './session.js'
import type { Selected } from './states.js'

/** What COPY and MOVE are asked to take where. */
export type Transfer =
  | { readonly kind: 'messages'; readonly uids: UidList; readonly to: MailboxId }
  | { readonly kind: 'answered'; readonly reply: Reply }

/**
 * Settles what COPY (RFC 3501 §6.4.7) and MOVE (RFC 6851 §3) have in common. Messages that are gone are refused when they
 * were asked for by number (RFC 2180 §4.4.1), and ignored as UIDs (RFC 3501 §6.4.8).
 */
export function* prepareTransfer(
  session: Session,
  mailbox: Selected,
  command: CommandOf<'COPY' | 'MOVE'>,
): Flow<Transfer> {
  const { view, ref } = mailbox
  const uids = view.resolve(command.set, command.numbering)
  if (uids === null) return { kind: 'answered', reply: BAD_SET }
  if (uids.length === 0) return { kind: 'answered', reply: NOTHING }
  if (command.numbering === 'seq' && uids.some((uid) => view.isGone(uid))) {
    return { kind: 'answered', reply: EXPUNGE_ISSUED }
  }
  const target = yield* openMailbox(session, ref.account, command.to, 'TRYCREATE')
  if (target.kind === 'refused') return { kind: 'answered', reply: target.reply }
  return { kind: 'messages', uids, to: target.id }
}

/** RFC 4315 §3's example: nothing was copied, so there is no COPYUID. */
export const NOTHING: Reply = ok('No messages found.')

/** The refusals a store may give to either. */
export function transferRefused(
  session: Session,
  refusal: NoSuchMailbox | Denied | { readonly kind: 'noSuchTarget' } | { readonly kind: 'overQuota' },
  to: MailboxName,
): Reply {
  switch (refusal.kind) {
    case 'noSuchMailbox':
      return MAILBOX_GONE
    case 'noSuchTarget':
      return noSuchMailbox(session, to, 'TRYCREATE')
    case 'denied':
      return denied(refusal)
    case 'overQuota':
      return OVER_QUOTA
    default:
      return refusal satisfies never
  }
}

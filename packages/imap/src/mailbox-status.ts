import type { AccountId, Flow, MailboxEntry, MailboxId, MailboxStatus, StatusItem } from '@mailwright/core'
import { store } from './calls.js'
import type { StatusAtt } from './command.js'
import type { StatusValue } from './response/mailbox-data.js'
import type { Session } from './session.js'

/**
 * What STATUS tells of several mailboxes, in one call of the store (RFC 5819 §2). Those that are gone meanwhile are left out.
 * Of the selected mailbox RECENT is what this session has.
 */
export function* statusOf(
  session: Session,
  account: AccountId,
  entries: readonly MailboxEntry[],
  atts: readonly StatusAtt[],
): Flow<ReadonlyMap<MailboxId, readonly StatusValue[]>> {
  // RFC 7162 §3.1: whoever asks for it is told mod-sequences from now on.
  if (atts.includes('highestModSeq')) session.usesModSeq()
  const items = atts.filter(isCounted)
  const mailboxes = entries.map(({ id }) => id)
  const { statuses } = yield* store.call('status', { account, mailboxes, items })
  return new Map(statuses.map((status) => [status.mailbox, atts.flatMap((att) => valuesOf(session, status, att))]))
}

/** What the store counts; the rest the engine knows. */
function isCounted(att: StatusAtt): att is StatusItem {
  return att !== 'appendLimit' && att !== 'mailboxId'
}

/** What the store did not tell is left out. */
function valuesOf(session: Session, status: MailboxStatus, att: StatusAtt): readonly StatusValue[] {
  const { state } = session
  if (att === 'appendLimit') return [{ att, value: session.settings.limits.appendOctets }]
  if (att === 'mailboxId') return [{ att, value: `(${status.mailbox})` }]
  const value = status[att]
  if (value === undefined) return []
  const isSelected = state.name === 'selected' && state.mailbox.ref.mailbox === status.mailbox
  return [{ att, value: att === 'recent' && isSelected ? state.mailbox.view.recent : value }]
}

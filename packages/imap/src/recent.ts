import { uid as asUid, type Flow, type MailboxRef, type Snapshot, type Uid } from '@mailwright/core'
import { store } from './calls.js'

/** From which UID on messages are `\Recent` for the next session that selects the mailbox; `null` for none (RFC 3501 §2.3.2). */
export function* unclaimedFrom(ref: MailboxRef, snapshot: Snapshot): Flow<Uid | null> {
  const answer = yield* store.call('status', { account: ref.account, mailboxes: [ref.mailbox], items: ['recent'] })
  const count = answer.statuses[0]?.recent ?? 0
  const { uids } = snapshot.messages
  // The latest are the recent ones: a claim covers everything before it.
  const first = uids[uids.length - count]
  return first === undefined ? null : asUid(first)
}

import type { MailboxStatus, StatusItem } from '@mailwright/core'
import type { NotifyEvent } from '../command.js'
import type { StatusValue } from '../response/mailbox-data.js'

/** What is asked of every mailbox that is looked after. */
export const STATUS_ITEMS = ['uidNext', 'messages', 'unseen', 'highestModSeq', 'uidValidity'] as const

/** What the client knows of a mailbox; an item that is absent it does not know. */
export type KnownStatus = { readonly [Item in StatusItem]?: number }

/** What STATUS tells before NOTIFY's tagged OK (RFC 5465 §3.1). */
export function firstStatus(
  events: ReadonlySet<NotifyEvent>,
  status: MailboxStatus,
  hasModSeqs: boolean,
): readonly StatusValue[] {
  const atts: StatusItem[] = ['uidValidity', 'uidNext', 'messages']
  // UNSEEN is what tells of `\Seen` from then on (§5.1).
  if (events.has('FlagChange')) atts.push('unseen')
  if (events.has('FlagChange') && hasModSeqs) atts.push('highestModSeq')
  return values(atts, status)
}

/**
 * What STATUS tells of a mailbox that changed; empty where nothing is wanted of what changed (RFC 5465 §5.1 to §5.3). Flags that changed
 * and were not `\Seen` can only be told by the mod-sequence.
 *
 * @param usesModSeq the client uses mod-sequences.
 */
export function statusNews(
  events: ReadonlySet<NotifyEvent>,
  before: KnownStatus,
  now: MailboxStatus,
  usesModSeq: boolean,
): readonly StatusValue[] {
  const differs = (item: StatusItem): boolean => before[item] !== undefined && before[item] !== now[item]
  const told = new Set<StatusItem>()
  if (events.has('MessageNew') && (differs('messages') || differs('uidNext'))) {
    told.add('uidNext').add('messages')
    if (usesModSeq) told.add('highestModSeq')
  }
  if (events.has('FlagChange')) {
    if (differs('uidValidity')) told.add('uidValidity')
    if (differs('unseen')) told.add('unseen').add('uidValidity')
    if (usesModSeq && differs('highestModSeq')) told.add('highestModSeq').add('uidValidity')
  }
  return values(
    STATUS_ITEMS.filter((item) => told.has(item)),
    now,
  )
}

function values(items: readonly StatusItem[], status: MailboxStatus): StatusValue[] {
  return items.flatMap((att) => {
    const value = status[att]
    return value === undefined ? [] : [{ att, value }]
  })
}

import type { MailboxName } from '@mailwright/core'
import type { MailboxFilter } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailbox } from './mailbox.js'

/**
 *     filter-mailboxes-other = "inboxes" / "personal" / "subscribed" /
 *                              ("subtree" SP one-or-more-mailbox) / ("mailboxes" SP one-or-more-mailbox)
 *
 * RFC 5465 §8. Behind its first word, upper-case; `undefined` where that is none of these.
 */
export function otherFilter(c: Cursor, word: string): MailboxFilter | undefined {
  switch (word) {
    case 'INBOXES':
    case 'PERSONAL':
      return { kind: 'personal' }
    case 'SUBSCRIBED':
      return { kind: 'subscribed' }
    case 'SUBTREE':
      return { kind: 'subtree', names: spMailboxes(c) }
    case 'MAILBOXES':
      return { kind: 'mailboxes', names: spMailboxes(c) }
    default:
      return undefined
  }
}

/**
 *     one-or-more-mailbox = mailbox / many-mailboxes
 *     many-mailboxes      = "(" mailbox *(SP mailbox) ")"
 *
 * RFC 5465 §8. With the SP before it. Wildcards are characters like any other (§6.6).
 */
export function spMailboxes(c: Cursor): ReadonlySet<MailboxName> {
  c.sp()
  return new Set(c.peek === '(' ? c.list(mailbox) : [mailbox(c)])
}

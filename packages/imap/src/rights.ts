import {
  ALL_RIGHTS,
  ANSWERED,
  DELETED,
  DRAFT,
  FLAGGED,
  type MailboxEntry,
  type MailboxList,
  type Right,
  type Rights,
  SEEN,
  type SystemFlags,
} from '@mailwright/core'

/** What the account may do with a mailbox; everything where the store knows no rights. */
export function rightsTo(entry: MailboxEntry): Rights {
  return entry.rights ?? ALL_RIGHTS
}

export function may(entry: MailboxEntry, right: Right): boolean {
  return rightsTo(entry).includes(right)
}

/** What may be listed: the others are there for whoever knows their names (RFC 4314 §4). */
export function listable({ mailboxes, subscribedOnly }: MailboxList): MailboxList {
  return { mailboxes: mailboxes.filter((entry) => may(entry, 'l')), subscribedOnly }
}

/** Flags that may be changed: `\Seen` by `s`, `\Deleted` by `t`, all others by `w` (RFC 4314 §4). */
export function changeableFlags(rights: Rights): SystemFlags {
  const seen = rights.includes('s') ? SEEN : 0
  const deleted = rights.includes('t') ? DELETED : 0
  return seen | deleted | (rights.includes('w') ? ANSWERED | FLAGGED | DRAFT : 0)
}

/** Whether nothing about the mailbox or its messages may be changed (RFC 4314 §5.2). */
export function isReadOnly(rights: Rights): boolean {
  return !/[iewst]/.test(rights)
}

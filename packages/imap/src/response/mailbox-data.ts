import type { MailboxName, MailboxStatus, StatusItem } from '@mailwright/core'
import { type NameForm, writeMailbox, writeSeparator } from './mailbox.js'
import { writeNstring, writeString } from './strings.js'

/** `status-att` of RFC 3501 §9, RFC 7162 §3.1.7 and RFC 8438 §3 by item. */
const STATUS_ATTS: { readonly [Item in StatusItem]: string } = {
  messages: 'MESSAGES',
  recent: 'RECENT',
  uidNext: 'UIDNEXT',
  uidValidity: 'UIDVALIDITY',
  unseen: 'UNSEEN',
  deleted: 'DELETED',
  size: 'SIZE',
  highestModSeq: 'HIGHESTMODSEQ',
}

/**
 *     mailbox-data = "LIST" SP mailbox-list / "LSUB" SP mailbox-list
 *     mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
 *
 * RFC 3501 §9.
 *
 * @param attributes with their backslash.
 */
export function writeListed(
  name: 'LIST' | 'LSUB',
  attributes: readonly string[],
  mailbox: MailboxName | string,
  form: NameForm,
): string {
  return `${name} (${attributes.join(' ')}) ${writeSeparator(form)} ${writeMailbox(mailbox, form)}`
}

/**
 *     mailbox-data =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"
 *
 * RFC 3501 §9. Items come in the order they were asked for; those the store did not tell are left out.
 */
export function writeStatus(
  mailbox: MailboxName,
  items: readonly StatusItem[],
  status: MailboxStatus,
  form: NameForm,
): string {
  const known = items.flatMap((item) => (status[item] === undefined ? [] : [`${STATUS_ATTS[item]} ${status[item]}`]))
  return `STATUS ${writeMailbox(mailbox, form)} (${known.join(' ')})`
}

/**
 *     Namespace-Response = "NAMESPACE" SP Namespace SP Namespace SP Namespace
 *     Namespace          = nil / "(" 1*Namespace-Descr ")"
 *
 * RFC 2342 §6, RFC 4466 §3: one personal namespace without a prefix, no other.
 */
export function writeNamespace(form: NameForm): string {
  return `NAMESPACE (("" ${writeSeparator(form)})) NIL NIL`
}

/**
 *     id-response    = "ID" SP id-params-list
 *     id-params-list = "(" #(string SP nstring) ")" / nil
 *
 * RFC 2971 §4. `null` says nothing of oneself.
 */
export function writeId(fields: { readonly [field: string]: string | null } | null): string {
  if (fields === null) return 'ID NIL'
  const pairs = Object.entries(fields).map(([name, value]) => `${writeString(name)} ${writeNstring(value)}`)
  return pairs.length === 0 ? 'ID NIL' : `ID (${pairs.join(' ')})`
}

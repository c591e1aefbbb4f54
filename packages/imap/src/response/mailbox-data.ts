import type { MailboxName, Namespaces } from '@mailwright/core'
import type { StatusAtt } from '../command.js'
import { type NameForm, writeMailbox, writePrefix, writeSeparator } from './mailbox.js'
import { writeNstring, writeString } from './strings.js'

/** One item that STATUS tells. */
export interface StatusValue {
  readonly att: StatusAtt
  readonly value: number | string
}

/** `status-att` of RFC 3501 §9, RFC 7162 §3.1.7, RFC 7889 §5, RFC 8438 §4, RFC 8474 §7 and RFC 9208 §7. */
const STATUS_ATTS: { readonly [Att in StatusAtt]: string } = {
  messages: 'MESSAGES',
  recent: 'RECENT',
  uidNext: 'UIDNEXT',
  uidValidity: 'UIDVALIDITY',
  unseen: 'UNSEEN',
  deleted: 'DELETED',
  size: 'SIZE',
  highestModSeq: 'HIGHESTMODSEQ',
  deletedStorage: 'DELETED-STORAGE',
  appendLimit: 'APPENDLIMIT',
  mailboxId: 'MAILBOXID',
}

/**
 *     mailbox-data            = "LIST" SP mailbox-list / "LSUB" SP mailbox-list
 *     mailbox-list            = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
 *     childinfo-extended-item = "CHILDINFO" SP "(" list-select-base-opt-quoted *(SP list-select-base-opt-quoted) ")"
 *     oldname-extended-item   = "OLDNAME" SP "(" mailbox ")"
 *
 * RFC 3501 §9, RFC 5258 §6, RFC 9051 §9, RFC 5465 §8.
 *
 * @param attributes with their backslash.
 * @param extended criteria that something below meets, and the name by which the mailbox was called; neither: no extended items.
 */
export function writeListed(
  name: 'LIST' | 'LSUB',
  attributes: readonly string[],
  mailbox: MailboxName | string,
  form: NameForm,
  extended: { readonly childInfo?: readonly string[]; readonly oldName?: string | undefined } = {},
): string {
  const { childInfo = [], oldName } = extended
  const items: string[] = []
  if (childInfo.length > 0) items.push(`"CHILDINFO" (${childInfo.map((each) => `"${each}"`).join(' ')})`)
  if (oldName !== undefined) items.push(`"OLDNAME" (${writeMailbox(oldName, form)})`)
  const written = items.length === 0 ? '' : ` (${items.join(' ')})`
  return `${name} (${attributes.join(' ')}) ${writeSeparator(form)} ${writeMailbox(mailbox, form)}${written}`
}

/**
 *     mailbox-data =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"
 *
 * RFC 3501 §9. Items come in the order they were asked for.
 */
export function writeStatus(mailbox: MailboxName | string, values: readonly StatusValue[], form: NameForm): string {
  const items = values.map(({ att, value }) => `${STATUS_ATTS[att]} ${value}`)
  return `STATUS ${writeMailbox(mailbox, form)} (${items.join(' ')})`
}

/**
 *     Namespace-Response = "NAMESPACE" SP Namespace SP Namespace SP Namespace
 *     Namespace          = nil / "(" 1*Namespace-Descr ")"
 *     Namespace-Descr    = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) [Namespace-Response-Extensions] ")"
 *
 * RFC 2342 §6, RFC 4466 §3: one personal namespace without a prefix, and those that the store has of others.
 */
export function writeNamespace(sharing: Namespaces | undefined, form: NameForm): string {
  const list = (prefixes: readonly string[] = []): string => {
    const written = prefixes.map((prefix) => `(${writePrefix(prefix, form)} ${writeSeparator(form)})`)
    return written.length === 0 ? 'NIL' : `(${written.join('')})`
  }
  return `NAMESPACE ${list([''])} ${list(sharing?.others)} ${list(sharing?.shared)}`
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

import { type AclEntry, fromUtf8, latin1, type MailboxName, type Rights } from '@mailwright/core'
import { type NameForm, writeMailbox } from './mailbox.js'
import { writeAstring } from './strings.js'

/** The virtual rights, told for clients of RFC 2086 wherever one of their members is (RFC 4314 §2.1.1). */
const VIRTUAL: readonly (readonly [letter: string, members: RegExp])[] = [
  ['c', /[kx]/],
  ['d', /[te]/],
]

/**
 *     acl-data = "ACL" SP mailbox *(SP identifier SP rights)
 *
 * RFC 4314 §7.
 */
export function writeAcl(mailbox: MailboxName, entries: readonly AclEntry[], form: NameForm): string {
  const lines = entries.flatMap(({ identifier, rights }) => [writeIdentifier(identifier), writeRights(rights)])
  return ['ACL', writeMailbox(mailbox, form), ...lines].join(' ')
}

/**
 *     myrights-data = "MYRIGHTS" SP mailbox SP rights
 *
 * RFC 4314 §7.
 */
export function writeMyRights(mailbox: MailboxName | string, rights: Rights, form: NameForm): string {
  return `MYRIGHTS ${writeMailbox(mailbox, form)} ${writeRights(rights)}`
}

/**
 *     listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)
 *
 * RFC 4314 §7. A virtual right stands with what is always granted, or with members that are tied to others, or else alone: no right
 * stands twice (§3.7).
 */
export function writeListRights(
  mailbox: MailboxName,
  identifier: string,
  always: Rights,
  optional: readonly Rights[],
  form: NameForm,
): string {
  const groups = [always, ...optional]
  const alone: string[] = []
  for (const [letter, members] of VIRTUAL) {
    const at = groups.findIndex((group, index) => members.test(group) && (index === 0 || group.length > 1))
    if (at >= 0) groups[at] += letter
    else if (optional.some((group) => members.test(group))) alone.push(letter)
  }
  const written = [...groups, ...alone].map((rights) => (rights === '' ? '""' : rights))
  return ['LISTRIGHTS', writeMailbox(mailbox, form), writeIdentifier(identifier), ...written].join(' ')
}

/** In the order of RFC 8440 §4's example. */
function writeRights(rights: Rights): string {
  if (rights === '') return '""'
  const virtual = VIRTUAL.flatMap(([letter, members]) => (members.test(rights) ? [letter] : [])).join('')
  return rights.endsWith('a') ? `${rights.slice(0, -1)}${virtual}a` : rights + virtual
}

function writeIdentifier(identifier: string): string {
  return writeAstring(latin1(fromUtf8(identifier)))
}

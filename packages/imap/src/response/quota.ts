import { fromUtf8, latin1, type MailboxName, type QuotaResource, type QuotaRoot } from '@mailwright/core'
import { type NameForm, writeMailbox } from './mailbox.js'
import { writeAstring } from './strings.js'

const NAMES: { readonly [Resource in QuotaResource]: string } = {
  storage: 'STORAGE',
  message: 'MESSAGE',
  mailbox: 'MAILBOX',
  annotationStorage: 'ANNOTATION-STORAGE',
}

/**
 *     quota-response = "QUOTA" SP quota-root-name SP quota-list
 *     quota-resource = resource-name SP resource-usage SP resource-limit
 *
 * RFC 9208 §7; without any bound `()`, as §4.2.1 says. Octets are told in units of 1,024, what is begun as whole (§5.1).
 */
export function writeQuota({ root, uses }: QuotaRoot): string {
  const list = uses.map(({ resource, usage, limit }) => {
    const inUnits = (amount: number): number => Math.ceil(amount / (isOctets(resource) ? 1_024 : 1))
    return `${NAMES[resource]} ${inUnits(usage)} ${inUnits(limit)}`
  })
  return `QUOTA ${writeRoot(root)} (${list.join(' ')})`
}

/**
 *     quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)
 *
 * RFC 9208 §7.
 */
export function writeQuotaRoot(mailbox: MailboxName, roots: readonly QuotaRoot[], form: NameForm): string {
  return ['QUOTAROOT', writeMailbox(mailbox, form), ...roots.map(({ root }) => writeRoot(root))].join(' ')
}

function writeRoot(root: string): string {
  return writeAstring(latin1(fromUtf8(root)))
}

function isOctets(resource: QuotaResource): boolean {
  return resource === 'storage' || resource === 'annotationStorage'
}

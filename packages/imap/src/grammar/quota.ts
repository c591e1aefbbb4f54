import type { QuotaLimit, QuotaResource } from '@mailwright/core'
import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailbox } from './mailbox.js'
import { astring, atom, text } from './strings.js'

const DIGITS = /\d+/y
/** Octets of the unit in which the wire counts storage (RFC 9208 §5.1, §5.4). */
const UNIT = 1_024
/** The greatest `number64` of RFC 9051 §9. */
const GREATEST = 0x7fff_ffff_ffff_ffffn

const RESOURCES: ReadonlyMap<string, QuotaResource> = new Map([
  ['STORAGE', 'storage'],
  ['MESSAGE', 'message'],
  ['MAILBOX', 'mailbox'],
  ['ANNOTATION-STORAGE', 'annotationStorage'],
])

/**
 *     getquota        = "GETQUOTA" SP quota-root-name
 *     quota-root-name = astring
 *
 * RFC 9208 §7.
 */
export function getQuota(c: Cursor): ImapCommand {
  return { name: 'GETQUOTA', root: rootName(c) }
}

/**
 *     getquotaroot = "GETQUOTAROOT" SP mailbox
 *
 * RFC 9208 §7.
 */
export function getQuotaRoot(c: Cursor): ImapCommand {
  return { name: 'GETQUOTAROOT', mailbox: mailbox(c) }
}

/**
 *     setquota      = "SETQUOTA" SP quota-root-name SP setquota-list
 *     setquota-list = "(" [setquota-resource *(SP setquota-resource)] ")"
 *
 * RFC 9208 §7. Of a resource that is given twice the last limit counts.
 */
export function setQuota(c: Cursor): ImapCommand {
  const root = rootName(c)
  c.sp()
  const limits = new Map(c.listOrEmpty(resourceLimit).map((each) => [each.resource, each]))
  return { name: 'SETQUOTA', root, limits: [...limits.values()] }
}

function rootName(c: Cursor): string {
  return text(astring(c, 'quota root'))
}

/**
 *     setquota-resource = resource-name SP resource-limit
 *     resource-limit    = number64
 *
 * RFC 9208 §7. Limits past 2^53 octets bound nothing that a store could hold, and become that.
 */
function resourceLimit(c: Cursor): QuotaLimit {
  const word = atom(c, 'quota resource').toUpperCase()
  const resource = RESOURCES.get(word) ?? c.no('CANNOT', `Unsupported quota resource ${word}`)
  c.sp()
  const digits = c.match(DIGITS) ?? c.bad('Expected a number')
  if (digits.length > 19 || BigInt(digits) > GREATEST) c.bad('Number too great')
  const unit = resource === 'storage' || resource === 'annotationStorage' ? UNIT : 1
  return { resource, limit: Math.min(Number(digits) * unit, Number.MAX_SAFE_INTEGER) }
}

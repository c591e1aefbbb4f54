import type { Octets } from '@mailwright/core'
import { type Address, type Mailbox, parseAddresses } from '../fields/address.js'
import { MISSING_DOMAIN, MISSING_MAILBOX } from '../fields/display.js'
import type { HeaderValues } from '../fields/header-values.js'
import type { MessageLimits } from '../limits.js'
import { nlist, nstring } from './wire.js'

/** Lower-case names of the fields an envelope is made of. */
export const ENVELOPE_FIELDS: readonly string[] = [
  'date',
  'subject',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'in-reply-to',
  'message-id',
]

/** What the envelopes of one message may still take of address fields. */
export interface AddressBudget {
  /** Addresses to list. */
  left: number
  /** Octets to read. */
  octets: Octets
}

/**
 *     envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
 *                env-in-reply-to SP env-message-id ")"
 *
 * RFC 9051 §9, §7.5.2: Sender and Reply-To default to From; an empty field is an empty string, an absent one NIL. Several address fields
 * count as one list, as RFC 5322 §4.5.3 says of destinations; of other fields the last counts, as Dovecot shows them (what several
 * mean is not specified, RFC 5322 §4.5). In what people read, a run of white space is a space: old mailers folded with TABs.
 */
export function writeEnvelope(
  header: HeaderValues,
  budget: AddressBudget,
  limits: Pick<MessageLimits, 'addresses'>,
): string {
  const list = (name: string): string => writeAddressList(header.all(name), budget, limits.addresses)
  const from = list('from')
  const orFrom = (addresses: string): string => (addresses === 'NIL' ? from : addresses)
  const parts = [
    nstring(header.last('date')),
    nstring(spaced(header.last('subject'))),
    from,
    orFrom(list('sender')),
    orFrom(list('reply-to')),
    list('to'),
    list('cc'),
    list('bcc'),
    nstring(header.last('in-reply-to')),
    nstring(header.last('message-id')),
  ]
  return `(${parts.join(' ')})`
}

/** One space for each run of white space. */
function spaced(text: string | null): string | null {
  return text !== null && /\t| {2}/.test(text) ? text.replace(/[ \t]+/g, ' ') : text
}

/** `"(" 1*address ")" / nil`: addresses stand without space between. RFC 9051 §9. */
function writeAddressList(bodies: Iterable<string>, budget: AddressBudget, limit: number): string {
  let list = ''
  let left = limit
  // One by one: a group or quote that does not end must not swallow the next field.
  for (const body of bodies) {
    if (left === 0 || budget.left === 0 || budget.octets === 0) break
    const addresses = parseAddresses(body.slice(0, budget.octets), Math.min(left, budget.left))
    budget.octets = Math.max(0, budget.octets - body.length)
    budget.left = Math.max(0, budget.left - addresses.length)
    left = Math.max(0, left - addresses.length)
    for (const address of addresses) list += writeEnvelopeAddress(address)
  }
  return list === '' ? 'NIL' : `(${list})`
}

/** `address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"`. RFC 9051 §9. */
function writeEnvelopeAddress(address: Address): string {
  switch (address.kind) {
    case 'groupStart':
      return `(NIL NIL ${nstring(address.name)} NIL)`
    case 'groupEnd':
      return '(NIL NIL NIL NIL)'
    case 'mailbox':
      return writeMailbox(address)
    default:
      return address satisfies never
  }
}

function writeMailbox({ name, route, localPart, domain }: Mailbox): string {
  const parts = [spaced(name), route, localPart || MISSING_MAILBOX, domain || MISSING_DOMAIN]
  return nlist(parts.map(nstring))
}

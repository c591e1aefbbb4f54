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
 * RFC 9051 §9, §7.5.2: Sender and Reply-To default to From; an empty field is an empty string, an absent one NIL.
 */
export function writeEnvelope(
  header: HeaderValues,
  budget: AddressBudget,
  limits: Pick<MessageLimits, 'addresses'>,
): string {
  const list = (body: string | null): string => writeAddressList(body, budget, limits.addresses)
  const from = list(header.first('from'))
  const orFrom = (addresses: string): string => (addresses === 'NIL' ? from : addresses)
  const parts = [
    nstring(header.first('date')),
    nstring(header.first('subject')),
    from,
    orFrom(list(header.first('sender'))),
    orFrom(list(header.first('reply-to'))),
    list(header.joined('to')),
    list(header.joined('cc')),
    list(header.joined('bcc')),
    nstring(header.first('in-reply-to')),
    nstring(header.first('message-id')),
  ]
  return `(${parts.join(' ')})`
}

/** `"(" 1*address ")" / nil`: addresses stand without space between. RFC 9051 §9. */
function writeAddressList(body: string | null, budget: AddressBudget, limit: number): string {
  if (body === null) return 'NIL'
  const addresses = parseAddresses(body.slice(0, budget.octets), Math.min(limit, budget.left))
  budget.octets = Math.max(0, budget.octets - body.length)
  budget.left = Math.max(0, budget.left - addresses.length)
  return addresses.length === 0 ? 'NIL' : `(${addresses.map(writeEnvelopeAddress).join('')})`
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
  const parts = [name, route, localPart || MISSING_MAILBOX, domain || MISSING_DOMAIN]
  return nlist(parts.map(nstring))
}

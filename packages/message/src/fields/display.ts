import { decodeWords } from '../text/encoded-word.js'
import { type Address, parseAddresses } from './address.js'

/** Stand in an ENVELOPE where an address has no mailbox or domain, since NIL there marks a group. Dovecot's words, known to clients. */
export const MISSING_MAILBOX = 'MISSING_MAILBOX'
export const MISSING_DOMAIN = 'MISSING_DOMAIN'

/**
 * What SORT DISPLAYFROM and DISPLAYTO compare of a From or To body, in Unicode: the first address's name, or else the address.
 *
 * RFC 5957 §3, §4. Works on what ENVELOPE shows, so a missing mailbox or domain counts with the words that stand for it, and
 * the name of a group as a mailbox. Empty without an address. The collation is the caller's.
 */
export function displaySortValue(body: string): string {
  const [address] = parseAddresses(body, 1)
  return address === undefined ? '' : displayOf(address)
}

/** What SORT FROM, TO and CC compare: the first address's mailbox, in Unicode. RFC 5256 §3 (FROM: `addr-mailbox`). */
export function mailboxSortValue(body: string): string {
  const [address] = parseAddresses(body, 1)
  if (address === undefined || address.kind === 'groupEnd') return ''
  return decodeWords(address.kind === 'groupStart' ? address.name : address.localPart || MISSING_MAILBOX)
}

function displayOf(address: Address): string {
  switch (address.kind) {
    case 'groupStart':
      return decodeWords(address.name)
    case 'groupEnd':
      return ''
    case 'mailbox': {
      const name = decodeWords(address.name ?? '')
      if (name !== '') return name
      return decodeWords(`${address.localPart || MISSING_MAILBOX}@${address.domain || MISSING_DOMAIN}`)
    }
    default:
      return address satisfies never
  }
}

import { type Address, decodeWords, parseAddresses } from '@mailwright/message'
import type { SearchKey } from './search-key.js'

/**
 * What a header key looks into, in Unicode. HEADER sees the field as it stands; FROM, TO, CC and BCC see the addresses that the
 * envelope tells (RFC 3501 §6.4.4), whatever comments, quotes and white space the field has around them.
 */
export function searchedText(key: Extract<SearchKey, { readonly key: 'header' }>, body: string): string {
  return decodeWords(key.of === 'addresses' ? parseAddresses(body).map(written).join('') : body)
}

/** As Dovecot writes them for its searches: `name <mailbox@host>, `, without a name `<mailbox@host>, `. */
function written(address: Address): string {
  switch (address.kind) {
    case 'groupStart':
      return `${address.name}: `
    case 'groupEnd':
      return '; '
    case 'mailbox': {
      const { name, route, localPart, domain } = address
      const place = `<${route === null ? '' : `${route}:`}${localPart}${domain === '' ? '' : `@${domain}`}>, `
      return name === null ? place : `${name} ${place}`
    }
    default:
      return address satisfies never
  }
}

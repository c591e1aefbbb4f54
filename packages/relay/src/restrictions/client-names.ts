import { caller, type Flow, parseAddress, type Resolver } from '@mailwright/core'
import type { ClientNames } from '@mailwright/smtp'

const { call } = caller<Resolver>()

/** PTR names that are looked at. Default 10: an address with more has them for show. */
const NAMES = 10

/**
 * Finds the names of a peer's address: what its PTR records say, and which of them has the address in turn (RFC 8601 §2.7.3, iprev). Who owns an address can name it
 * after anybody; only a name that points back is believed. What DNS could not tell now is `isTemporary`.
 */
export function* findClientNames(address: string): Flow<ClientNames> {
  const octets = parseAddress(address)
  if (octets === undefined) return { name: null, reverseName: null }
  const pointers = yield* call('resolvePtr', { address })
  if (pointers.kind === 'tryAgain') return { name: null, reverseName: null, isTemporary: true }
  if (pointers.kind === 'notFound') return { name: null, reverseName: null }
  const [reverseName = null] = pointers.records
  const family = octets.length === 4 ? 'ipv4' : 'ipv6'
  let isTemporary = false
  for (const host of pointers.records.slice(0, NAMES)) {
    const name = host.replace(/\.$/, '')
    // A number is no name, whatever its PTR says.
    if (parseAddress(name) !== undefined) continue
    const addresses = yield* call('resolveAddresses', { host: name, family })
    if (addresses.kind === 'tryAgain') isTemporary = true
    if (addresses.kind !== 'found') continue
    if (addresses.records.some((each) => isSame(parseAddress(each), octets))) return { name, reverseName }
  }
  return { name: null, reverseName, ...(isTemporary ? { isTemporary: true } : {}) }
}

function isSame(one: readonly number[] | undefined, other: readonly number[]): boolean {
  return one?.length === other.length && one.every((octet, at) => octet === other[at])
}

import type { Flow } from '@mailwright/core'
import { addressKeys, type SplitAddress } from './address.js'
import { firstOf } from './lookups.js'

/** What tables make of an address: their text, and the suffix that the key left out. */
export type Mapped =
  | { readonly kind: 'mapped'; readonly value: string; readonly extension: string; readonly key: string }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'unavailable' }

/** Looks an address up in the order of virtual(5) and canonical(5). */
export function* mappedAddresses(
  tables: readonly string[],
  address: SplitAddress,
  isOurs: boolean,
  delimiter: string,
): Flow<Mapped> {
  if (tables.length === 0) return { kind: 'notFound' }
  const keys = address.domain === '' ? [{ key: address.local, extension: '' }] : addressKeys(address, isOurs, delimiter)
  for (const { key, extension } of keys) {
    const answer = yield* firstOf(tables, key)
    if (answer.kind === 'found') return { kind: 'mapped', value: answer.value, extension, key }
    if (answer.kind === 'tryAgain') return { kind: 'unavailable' }
  }
  return { kind: 'notFound' }
}

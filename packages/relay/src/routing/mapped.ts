import type { Flow } from '@mailwright/core'
import { addressKeys, type SplitAddress } from './address.js'
import { firstOf } from './lookups.js'
import { unquoted } from './quoting.js'

/** What tables make of an address: their text, and the suffix that the key left out. */
export type Mapped =
  | { readonly kind: 'mapped'; readonly value: string; readonly extension: string; readonly key: string }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'unavailable' }

/**
 * Looks an address up in the order of virtual(5) and canonical(5). Keys are addresses in their written form; one that has quotes is looked up without
 * them as well, as tables had them before Postfix 3.2.
 */
export function* mappedAddresses(
  tables: readonly string[],
  address: SplitAddress,
  isOurs: boolean,
  delimiter: string,
): Flow<Mapped> {
  if (tables.length === 0) return { kind: 'notFound' }
  const keys = address.domain === '' ? [{ key: address.local, extension: '' }] : addressKeys(address, isOurs, delimiter)
  for (const [at, { key, extension }] of keys.entries()) {
    for (const form of formsOf(key)) {
      const answer = yield* firstOf(tables, form, at === 0 ? 'whole' : 'part')
      if (answer.kind === 'found') return { kind: 'mapped', value: answer.value, extension, key }
      if (answer.kind === 'tryAgain') return { kind: 'unavailable' }
    }
  }
  return { kind: 'notFound' }
}

function formsOf(key: string): readonly string[] {
  const at = key.lastIndexOf('@')
  const local = at < 0 ? key : key.slice(0, at)
  return local.startsWith('"') ? [key, `${unquoted(local)}${at < 0 ? '' : key.slice(at)}`] : [key]
}

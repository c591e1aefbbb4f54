import type { Flow } from '@mailwright/core'
import { domainKeys, joinAddress, type SplitAddress, splitExtension } from './address.js'
import { firstOf } from './lookups.js'

/** What a transport table says; each part may be empty, which means "as without the table". */
export type NamedTransport =
  | { readonly kind: 'found'; readonly transport: string; readonly nexthop: string }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'unavailable' }

/**
 * Looks for an address in transport tables: the address, the address without its suffix, the domain, its parents with a dot before them, `*`.
 *
 *     value = [ transport ] ":" [ nexthop ]
 *
 * transport(5).
 */
export function* transportOf(
  tables: readonly string[],
  address: SplitAddress,
  delimiter: string,
): Flow<NamedTransport> {
  if (tables.length === 0) return { kind: 'notFound' }
  const base = splitExtension(address.local, delimiter)?.base
  const keys = [
    joinAddress(address),
    ...(base === undefined ? [] : [joinAddress({ ...address, local: base })]),
    ...domainKeys(address.domain),
    '*',
  ]
  for (const [at, key] of keys.entries()) {
    const answer = yield* firstOf(tables, key, at === 0 ? 'whole' : 'part')
    if (answer.kind === 'tryAgain') return { kind: 'unavailable' }
    if (answer.kind === 'found') return parseTransport(answer.value)
  }
  return { kind: 'notFound' }
}

function parseTransport(value: string): NamedTransport {
  const colon = value.indexOf(':')
  if (colon < 0) return { kind: 'found', transport: value.trim(), nexthop: '' }
  return { kind: 'found', transport: value.slice(0, colon).trim(), nexthop: value.slice(colon + 1).trim() }
}

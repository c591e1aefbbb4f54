import { parseAddress } from '@mailwright/core'
import { type SplitAddress, splitExtension } from '../routing/address.js'
import { parseTableName } from '../tables/table-kinds.js'

/** A key of an access table. `partial`: a parent of what was asked for, which tables of patterns are not asked about (access(5)). */
export interface AccessKey {
  readonly key: string
  readonly part: 'whole' | 'partial'
}

/** A name, then its parent domains. An address as a name has no parents. */
export function domainAccessKeys(name: string): readonly AccessKey[] {
  const lower = name.toLowerCase()
  const keys: AccessKey[] = [{ key: lower, part: 'whole' }]
  if (lower === '' || parseAddress(lower) !== undefined) return keys.filter(({ key }) => key !== '')
  for (let at = lower.indexOf('.', 1); at >= 0 && at + 1 < lower.length; at = lower.indexOf('.', at + 1)) {
    keys.push({ key: lower.slice(at + 1), part: 'partial' })
  }
  return keys
}

/** An address, then the networks that hold it, an octet or a group less each time. */
export function addressAccessKeys(address: string): readonly AccessKey[] {
  const delimiter = address.includes(':') ? ':' : '.'
  const keys: AccessKey[] = [{ key: address, part: 'whole' }]
  for (let at = address.lastIndexOf(delimiter); at > 0; at = address.lastIndexOf(delimiter, at - 1)) {
    keys.push({ key: address.slice(0, at), part: 'partial' })
  }
  return keys
}

/** `user+ext@domain`, `user@domain`, the domain and its parents, `user+ext@`, `user@`. */
export function mailAccessKeys({ local, domain }: SplitAddress, delimiters: string): readonly AccessKey[] {
  const user = local.toLowerCase()
  const base = splitExtension(user, delimiters)?.base
  const users = base === undefined ? [user] : [user, base]
  return [
    ...users.map((each, at): AccessKey => ({ key: `${each}@${domain}`, part: at === 0 ? 'whole' : 'partial' })),
    ...domainAccessKeys(domain).map(({ key }): AccessKey => ({ key, part: 'partial' })),
    ...users.map((each): AccessKey => ({ key: `${each}@`, part: 'partial' })),
  ]
}

/** Kinds that look for a pattern: their author wrote what he means, and wants no parts. */
const PATTERNS: ReadonlySet<string> = new Set(['cidr', 'pcre', 'regexp'])

/** The keys that a table is asked for. */
export function keysFor(table: string, keys: readonly AccessKey[]): readonly string[] {
  const isPattern = PATTERNS.has(parseTableName(table)?.kind ?? '')
  return keys.filter(({ part }) => part === 'whole' || !isPattern).map(({ key }) => key)
}

import { caller, type Flow, type LookupTables } from '@mailwright/core'
import { parseTableName } from '../tables/table-kinds.js'
import { domainKeys } from './address.js'

const { call } = caller<LookupTables>()

/** Domains by name, by `.example.org` for what is below it, and by tables. Read once: it is asked for every address. */
export class DomainList {
  readonly #names: ReadonlySet<string>
  readonly #hasParents: boolean
  readonly #tables: readonly string[]

  constructor(entries: readonly string[]) {
    const names = entries.filter((entry) => parseTableName(entry) === undefined).map((name) => name.toLowerCase())
    this.#names = new Set(names)
    this.#hasParents = names.some((name) => name.startsWith('.'))
    this.#tables = entries.filter((entry) => parseTableName(entry) !== undefined)
  }

  /** @param domain in lower case. */
  *has(domain: string): Flow<'listed' | 'unlisted' | 'unknown'> {
    if (this.#names.has(domain)) return 'listed'
    if (this.#hasParents && domainKeys(domain).some((key, at) => at > 0 && this.#names.has(key))) return 'listed'
    for (const table of this.#tables) {
      const answer = yield* call('lookup', { table, key: domain })
      if (answer.kind === 'found') return 'listed'
      if (answer.kind === 'tryAgain') return 'unknown'
    }
    return 'unlisted'
  }
}

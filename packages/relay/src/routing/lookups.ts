import { caller, type Flow, type LookupAnswer, type LookupTables } from '@mailwright/core'
import { isPatternTable, parseTableName } from '../tables/table-kinds.js'
import { domainKeys } from './address.js'

const { call } = caller<LookupTables>()

/**
 * Asks tables in turn for one key: the first that has it answers.
 *
 * @param keyIs `part`: only a part of what is looked for, which tables of patterns are not asked about (regexp_table(5), cidr_table(5)).
 */
export function* firstOf(
  tables: readonly string[],
  key: string,
  keyIs: 'whole' | 'part' = 'whole',
): Flow<LookupAnswer> {
  for (const table of tables) {
    if (keyIs === 'part' && isPatternTable(table)) continue
    const answer = yield* call('lookup', { table, key })
    if (answer.kind !== 'notFound') return answer
  }
  return { kind: 'notFound' }
}

/** Whether a domain is in a list of names and tables. */
export function* isListed(list: readonly string[], domain: string): Flow<'listed' | 'unlisted' | 'unknown'> {
  for (const entry of list) {
    if (parseTableName(entry) === undefined) {
      if (entry.toLowerCase() === domain) return 'listed'
      // `.example.org` stands for what is below it.
      if (entry.startsWith('.') && domainKeys(domain).slice(1).includes(entry.toLowerCase())) return 'listed'
      continue
    }
    const answer = yield* call('lookup', { table: entry, key: domain })
    if (answer.kind === 'found') return 'listed'
    if (answer.kind === 'tryAgain') return 'unknown'
  }
  return 'unlisted'
}

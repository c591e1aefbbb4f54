import { caller, type Flow, type LookupAnswer, type LookupTables } from '@mailwright/core'
import { isPatternTable } from '../tables/table-kinds.js'

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

import { addressTokens, isSpecial, meaningOf, writeTokens } from './address-tokens.js'
import { logicalLines } from './logical-lines.js'
import type { ReadTable, TableProblem } from './table.js'
import { add, tableOf } from './text-table.js'

/**
 * Reads an alias file, the source of `postalias` and `newaliases`.
 *
 *     entry = name ":" value
 *
 * A name that holds special characters stands in double quotes; names are looked up without case. The value is a list of destinations (see
 * `parseDestinations`), written anew as `postalias` does it: one way for each meaning. aliases(5).
 */
export function readAliasTable(text: string): ReadTable {
  const entries = new Map<string, string>()
  const problems: TableProblem[] = []
  for (const { text: entry, line } of logicalLines(text)) {
    const tokens = addressTokens(entry)
    const colon = tokens.findIndex((token) => isSpecial(token, ':'))
    const name = tokens.slice(0, Math.max(colon, 0))
    const value = tokens.slice(colon + 1)
    if (/^\s/.test(entry)) problems.push({ line, message: 'logical line must not start with whitespace' })
    else if (name.length === 0 || value.length === 0 || name.some((token) => isSpecial(token, ','))) {
      problems.push({ line, message: 'need name:value pair' })
    } else if (name.some((token) => isSpecial(token, '@'))) problems.push({ line, message: 'name must be local' })
    else add(entries, problems, line, meaningOf(name), writeTokens(value))
  }
  return { table: tableOf(entries), problems }
}

import { splitDestinations } from './destinations.js'
import { logicalLines } from './logical-lines.js'
import type { ReadTable, TableProblem } from './table.js'
import { add, tableOf } from './text-table.js'

/**
 * Reads an alias file, the source of `postalias` and `newaliases`.
 *
 *     entry = name ":" value
 *
 * A name that holds special characters stands in double quotes; names are looked up without case. The value is a list
 * of destinations (see `parseDestinations`), kept with one comma and blank between them as `postalias` does.
 * aliases(5).
 */
export function readAliasTable(text: string): ReadTable {
  const entries = new Map<string, string>()
  const problems: TableProblem[] = []
  for (const { line, text: entry } of logicalLines(text)) {
    const [, quoted, plain, value] = /^(?:"((?:[^"\\]|\\.)*)"|([^\s:"]+))\s*:\s*(.*?)\s*$/s.exec(entry) ?? []
    const name = quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1')
    const list = splitDestinations(value ?? '').join(', ')
    if (name === undefined || name === '' || list === '') problems.push({ line, message: 'need name:value pair' })
    else add(entries, problems, line, name, list)
  }
  return { table: tableOf(entries), problems }
}

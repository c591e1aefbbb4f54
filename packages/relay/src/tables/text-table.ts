import { logicalLines } from './logical-lines.js'
import type { ReadTable, TableProblem } from './table.js'

/**
 * Reads a table of keys and values: the source that `postmap` makes its databases of (`hash:`, `lmdb:`, `texthash:` …). Keys are looked up without case,
 * as in Postfix's indexed files.
 *
 *     entry = key WHITESPACE value
 *
 * Double quotes keep white space in a key together, and are part of it: addresses are looked up in their written form. Of a key that stands twice the first
 * counts. postmap(1), TABLE FORMAT.
 */
export function readTextTable(text: string): ReadTable {
  const entries = new Map<string, string>()
  const problems: TableProblem[] = []
  for (const { line, text: entry } of logicalLines(text)) {
    const [, key, value] = /^((?:"(?:[^"\\]|\\.)*"|[^\s"])+)\s+(\S.*?)\s*$/s.exec(entry) ?? []
    if (key === undefined || value === undefined) {
      problems.push({ line, message: 'expected format: key whitespace value' })
      continue
    }
    add(entries, problems, line, key, value)
    if (key.endsWith(':')) {
      problems.push({ line, message: 'record is in "key: value" format; is this an alias file?' })
    }
  }
  return { table: tableOf(entries), problems }
}

/** Keeps an entry under its folded key. */
export function add(
  entries: Map<string, string>,
  problems: TableProblem[],
  line: number,
  key: string,
  value: string,
): void {
  const folded = key.toLowerCase()
  if (entries.has(folded)) problems.push({ line, message: `duplicate entry: "${folded}"` })
  else entries.set(folded, value)
}

export function tableOf(entries: ReadonlyMap<string, string>): ReadTable['table'] {
  return { lookup: (key) => entries.get(key.toLowerCase()), entries: () => entries }
}

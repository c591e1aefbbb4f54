import { foldKey } from './fold.js'
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
    const end = keyEnd(entry)
    if (/^\s/.test(entry)) problems.push({ line, message: 'logical line must not start with whitespace' })
    else if (end === undefined) problems.push({ line, message: `unbalanced '"' in '${entry}'; ignoring this line` })
    else {
      const key = entry.slice(0, end)
      const value = entry.slice(end).trim()
      if (value === '') problems.push({ line, message: 'expected format: key whitespace value' })
      else {
        add(entries, problems, line, key, value)
        if (key.endsWith(':')) {
          problems.push({ line, message: 'record is in "key: value" format; is this an alias file?' })
        }
      }
    }
  }
  return { table: tableOf(entries), problems }
}

/** Where the key ends: at white space outside of quotes; `undefined` when quotes are left open. */
function keyEnd(entry: string): number | undefined {
  let isQuoted = false
  let at = 0
  for (; at < entry.length; at++) {
    const character = entry.charAt(at)
    if (character === '\\') at++
    else if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && /\s/.test(character)) break
  }
  return isQuoted ? undefined : Math.min(at, entry.length)
}

/** Keeps an entry under its folded key. */
export function add(
  entries: Map<string, string>,
  problems: TableProblem[],
  line: number,
  key: string,
  value: string,
): void {
  const folded = foldKey(key)
  if (entries.has(folded)) problems.push({ line, message: `duplicate entry: "${folded}"` })
  else entries.set(folded, value)
}

export function tableOf(entries: ReadonlyMap<string, string>): ReadTable['table'] {
  return { lookup: (key) => entries.get(foldKey(key)), entries: () => entries }
}

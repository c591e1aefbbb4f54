import { logicalLines } from './logical-lines.js'
import type { ReadTable, TableProblem } from './table.js'

/** A pattern of a table, and what stands behind it. `if` and `endif` enclose rules that only count where it matches. */
type Rule =
  | {
      readonly kind: 'rule' | 'if'
      readonly matches: (key: string) => readonly string[] | null
      readonly value: string
    }
  | { readonly kind: 'endif' }

/** Reads one pattern and what follows it. @returns a sentence for what is none. */
type ReadPattern = (
  text: string,
) => { readonly matches: (key: string) => readonly string[] | null; readonly rest: string } | string

/**
 * Reads a table of patterns, of which the first that matches counts. `!` before a pattern turns it round. In a value `$1`, `${1}` and `$(1)` stand for what the pattern's
 * groups matched, `$$` for a dollar sign.
 *
 * regexp_table(5), pcre_table(5), cidr_table(5).
 */
export function readPatternTable(text: string, readPattern: ReadPattern): ReadTable {
  const rules: Rule[] = []
  const problems: TableProblem[] = []
  let depth = 0
  for (const { line, text: entry } of logicalLines(text)) {
    const trimmed = entry.trim()
    if (/^endif\b/i.test(trimmed)) {
      if (depth === 0) problems.push({ line, message: 'ignoring ENDIF without matching IF' })
      else {
        depth--
        rules.push({ kind: 'endif' })
      }
      continue
    }
    const condition = /^if\s+(.*)$/is.exec(trimmed)?.[1]
    const [, not = '', body = ''] = /^(!?)\s*(.*)$/s.exec(condition ?? trimmed) ?? []
    const pattern = readPattern(body)
    if (typeof pattern === 'string') {
      problems.push({ line, message: pattern })
      continue
    }
    const matches = not === '' ? pattern.matches : (key: string) => (pattern.matches(key) === null ? [] : null)
    const value = pattern.rest.trim()
    if (condition !== undefined) {
      depth++
      rules.push({ kind: 'if', matches, value })
    } else if (value === '')
      problems.push({ line, message: 'no value: a pattern stands before white space and a value' })
    else rules.push({ kind: 'rule', matches, value })
  }
  if (depth > 0) problems.push({ line: 0, message: 'IF has no matching ENDIF' })
  return { table: { lookup: (key) => firstMatch(rules, key) }, problems }
}

function firstMatch(rules: readonly Rule[], key: string): string | undefined {
  /** How deep in conditions that do not hold. */
  let skipped = 0
  for (const rule of rules) {
    if (rule.kind === 'endif') {
      if (skipped > 0) skipped--
      continue
    }
    if (skipped > 0) {
      if (rule.kind === 'if') skipped++
      continue
    }
    const groups = rule.matches(key)
    if (rule.kind === 'if') {
      if (groups === null) skipped = 1
      continue
    }
    if (groups !== null) return filledIn(rule.value, groups)
  }
  return undefined
}

function filledIn(value: string, groups: readonly string[]): string {
  return value.replace(/\$(?:(\$)|(\d+)|\{(\d+)\}|\((\d+)\))/g, (_, dollar, one, two, three) =>
    dollar === undefined ? (groups[Number(one ?? two ?? three) - 1] ?? '') : '$',
  )
}

/** POSIX's names of classes, as `regexp:` tables have them. */
const CLASSES: { readonly [name: string]: string } = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  print: '\\x20-\\x7e',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
}

/**
 * Reads `/pattern/flags value`, any character around the pattern that is no letter or digit. Matching is without case; the flag `i` toggles that, `m` and `s` are PCRE's, `x` is on for
 * `regexp:` as in Postfix.
 */
export function readRegexpTable(text: string): ReadTable {
  return readPatternTable(text, (body) => {
    const delimiter = body.charAt(0)
    if (delimiter === '' || /[\w\s]/.test(delimiter)) return 'a pattern stands between slashes'
    let end = 1
    while (end < body.length && body.charAt(end) !== delimiter) end += body.charAt(end) === '\\' ? 2 : 1
    if (end >= body.length) return `no closing ${delimiter}`
    const [, flags = '', rest = ''] = /^([A-Za-z]*)(.*)$/s.exec(body.slice(end + 1)) ?? []
    const unknown = /[^imsxAEUX]/.exec(flags)?.[0]
    if (unknown !== undefined) return `unknown regexp option "${unknown}"`
    const source = body.slice(1, end).replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all)
    try {
      const pattern = new RegExp(
        source,
        `${flags.includes('i') ? '' : 'i'}${flags.includes('m') ? 'm' : ''}${flags.includes('s') ? 's' : ''}`,
      )
      const matches = (key: string): readonly string[] | null => {
        const found = pattern.exec(key)
        return found === null ? null : found.slice(1).map((group) => group ?? '')
      }
      return { matches, rest }
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  })
}

import { type LogicalLine, logicalLines } from './logical-lines.js'
import type { ReadTable, TableProblem } from './table.js'

/** A line of a table that is read from top to bottom: what it wants of a key, and what it does then. */
export type Rule<Test> =
  | { readonly kind: 'answer'; readonly test: Test; readonly value: string }
  /** Past its `endif` when the test fails; `null` for none: then nothing below counts. */
  | { readonly kind: 'if'; readonly test: Test; readonly end: number | null }
  | { readonly kind: 'endif' }

/** Reads one kind of rule. A reader that throws {@link BadRule} has its line skipped. */
export interface RuleReader<Test> {
  /** Of an `if`, what stands behind the word; `rest` is what follows the test. */
  test(text: string): { readonly test: Test; readonly rest: string }
  /** Of any other line. */
  answer(text: string, tell: (text: string) => void): { readonly test: Test; readonly value: string }
}

/** A line that makes no sense. */
export class BadRule extends Error {}

/** Reads a table of rules: the first that fits answers. `if` … `endif` holds a block that counts only where the test fits. */
export function parseRules<Test, Key>(
  text: string,
  reader: RuleReader<Test>,
  {
    keyOf,
    fits,
    answer,
  }: {
    /** `undefined`: a key that no rule can fit. */
    readonly keyOf: (key: string) => Key | undefined
    readonly fits: (test: Test, key: Key) => boolean
    readonly answer: (rule: { readonly test: Test; readonly value: string }, key: Key) => string
  },
): ReadTable {
  const problems: TableProblem[] = []
  const rules = readRules(logicalLines(text), reader, problems)
  const lookup = (given: string): string | undefined => {
    const key = keyOf(given)
    if (key === undefined) return undefined
    for (let at = 0; at < rules.length; at++) {
      const rule = rules[at]
      if (rule === undefined || rule.kind === 'endif') continue
      if (fits(rule.test, key)) {
        if (rule.kind === 'answer') return answer(rule, key)
      } else if (rule.kind === 'if') {
        if (rule.end === null) return undefined
        at = rule.end
      }
    }
    return undefined
  }
  return { table: { lookup }, problems }
}

function readRules<Test>(
  lines: readonly LogicalLine[],
  reader: RuleReader<Test>,
  problems: TableProblem[],
): readonly Rule<Test>[] {
  const rules: Rule<Test>[] = []
  const open: { readonly at: number; readonly line: number }[] = []
  for (const { text, line } of lines) {
    const tell = (words: string): void => void problems.push({ line, message: words })
    const [, word = '', behind = ''] = /^(if|endif)(?![A-Za-z0-9])(.*)$/is.exec(text) ?? []
    try {
      if (/^\s/.test(text)) tell('logical line must not start with whitespace')
      else if (word.toLowerCase() === 'if') {
        const { test, rest } = reader.test(behind.trim())
        if (rest.trim() !== '') tell(`ignoring extra text after IF statement: "${rest.trim()}"`)
        open.push({ at: rules.length, line })
        rules.push({ kind: 'if', test, end: null })
      } else if (word === '') rules.push({ kind: 'answer', ...reader.answer(text.trimEnd(), tell) })
      else {
        const begin = open.pop()
        const rule = begin === undefined ? undefined : rules[begin.at]
        if (begin === undefined || rule?.kind !== 'if') tell('ignoring ENDIF without matching IF')
        else {
          if (behind.trim() !== '') tell('ignoring extra text after ENDIF')
          rules[begin.at] = { ...rule, end: rules.length }
          rules.push({ kind: 'endif' })
        }
      }
    } catch (error) {
      if (!(error instanceof BadRule)) throw error
      tell(`${error.message}: skipping this rule`)
    }
  }
  for (const { line } of open) problems.push({ line, message: 'IF has no matching ENDIF' })
  return rules
}

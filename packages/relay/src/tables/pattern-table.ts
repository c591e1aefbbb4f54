import { TABLE_LIMITS } from './limits.js'
import { nestsRepetition, type PatternDialect, translatePattern } from './pattern-syntax.js'
import { type Replacement, readReplacement, writeReplacement } from './replacement.js'
import { BadRule, parseRules } from './rule-lines.js'
import type { ReadTable } from './table.js'

interface Pattern {
  readonly expression: RegExp
  readonly wants: 'match' | 'noMatch'
  /** How many brackets it has. */
  readonly groups: number
}

/** All of them must fit: Postfix's `/this/!/not that/`. */
interface PatternTest {
  readonly patterns: readonly Pattern[]
  /** Read when the table is, so that what is wrong with it is told then. */
  readonly replacement: Replacement
}

/**
 * Reads a regexp_table(5) or pcre_table(5): `/pattern/flags value` on a line, the first that fits answers. Patterns are without case unless `i`
 * says otherwise. `$1` in a value is what the first brackets held.
 *
 * Patterns run as JavaScript's: of alternatives the first that fits counts and not the longest, which only `$1` tells apart. A pattern that repeats
 * what repeats, as in `(a+)+`, may take time without end on a key that was made for it; it works, and is told as a problem.
 */
export function readPatternTable(text: string, dialect: 'regexp' | 'pcre'): ReadTable {
  return parseRules<PatternTest, string>(
    text,
    {
      test(line) {
        const { pattern, rest } = readPattern(line, dialect)
        return { test: { patterns: [pattern], replacement: [] }, rest }
      },
      answer(line, tell) {
        let { pattern, rest, source } = readPattern(line, dialect)
        if (nestsRepetition(source)) tell('a repetition within a repetition: some keys may take very long')
        const patterns = [pattern]
        if (dialect === 'regexp' && rest.startsWith('!')) {
          const second = readPattern(rest, dialect)
          patterns.push(second.pattern)
          rest = second.rest
        }
        const value = rest.trimStart()
        if (value === '') tell('no replacement text: using empty string')
        const replacement = readReplacement(value)
        const most = Math.max(0, ...replacement.filter((part) => typeof part === 'number'))
        if (most > 0 && pattern.wants === 'noMatch')
          throw new BadRule('$number found in negative match replacement text')
        if (most > pattern.groups) throw new BadRule(`out of range replacement index "${most}"`)
        return { test: { patterns, replacement }, value }
      },
    },
    {
      keyOf: (key) => (key.length > TABLE_LIMITS.patternKey ? undefined : key),
      fits: ({ patterns }, key) =>
        patterns.every(({ expression, wants }) => expression.test(key) === (wants === 'match')),
      answer({ test: { patterns, replacement } }, key) {
        return writeReplacement(replacement, patterns[0]?.expression.exec(key) ?? [])
      },
    },
  )
}

/** The options of a pattern that is being read; those that are on at first are Postfix's. */
interface Options {
  isCaseless: boolean
  isMultiLine: boolean
  dotTakesAll: boolean
  isExtended: boolean
  isAnchored: boolean
}

function readPattern(
  text: string,
  dialect: 'regexp' | 'pcre',
): { readonly pattern: Pattern; readonly rest: string; readonly source: string } {
  const [marks = ''] = /^[!\s]*/.exec(text) ?? []
  const wants = marks.replace(/\s/g, '').length % 2 === 0 ? 'match' : 'noMatch'
  const delimiter = text.charAt(marks.length)
  if (delimiter === '') throw new BadRule('no regexp')
  const start = marks.length + 1
  let end = start
  while (end < text.length && text.charAt(end) !== delimiter) end += text.charAt(end) === '\\' ? 2 : 1
  if (end >= text.length) throw new BadRule(`no closing regexp delimiter "${delimiter}"`)
  const source = text.slice(start, end)
  const [flags = ''] = /^[^\s!]*/.exec(text.slice(end + 1)) ?? []
  const { isExtended, ...options } = optionsOf(flags, dialect)
  const grammar: PatternDialect =
    dialect === 'pcre' ? (isExtended ? 'perlExtended' : 'perl') : isExtended ? 'extended' : 'basic'
  const expression = compile(
    translatePattern(source, grammar, options.isCaseless ? 'same' : 'distinct'),
    options,
    dialect,
  )
  // A match of nothing with the pattern as an alternative tells how many brackets there are.
  const groups = (new RegExp(`${expression.source}|`, expression.flags).exec('')?.length ?? 1) - 1
  return { pattern: { expression, wants, groups }, rest: text.slice(end + 1 + flags.length), source }
}

function optionsOf(flags: string, dialect: 'regexp' | 'pcre'): Options {
  const options: Options = {
    isCaseless: true,
    isMultiLine: false,
    dotTakesAll: true,
    isExtended: dialect === 'regexp',
    isAnchored: false,
  }
  for (const flag of flags) {
    if (flag === 'i') options.isCaseless = !options.isCaseless
    else if (flag === 'm') options.isMultiLine = !options.isMultiLine
    else if (flag === 'x') options.isExtended = !options.isExtended
    else if (flag === 's' && dialect === 'pcre') options.dotTakesAll = !options.dotTakesAll
    else if (flag === 'A' && dialect === 'pcre') options.isAnchored = !options.isAnchored
    // Without a line end at the end of a key, these make no difference.
    else if ((flag !== 'E' && flag !== 'X') || dialect !== 'pcre') throw new BadRule(`unknown regexp option "${flag}"`)
  }
  // REG_NEWLINE is one for both.
  if (dialect === 'regexp') options.dotTakesAll = !options.isMultiLine
  return options
}

function compile(source: string, options: Omit<Options, 'isExtended'>, dialect: 'regexp' | 'pcre'): RegExp {
  const flags = `u${options.isCaseless ? 'i' : ''}${options.isMultiLine ? 'm' : ''}${options.dotTakesAll ? 's' : ''}`
  try {
    return new RegExp(options.isAnchored ? `^(?:${source})` : source, flags)
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.replace(/^.*: /s, '') : String(error)
    throw new BadRule(`${dialect === 'pcre' ? 'pcre' : 'regexp'} error: ${reason}`)
  }
}

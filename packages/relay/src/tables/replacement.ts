import { BadRule } from './rule-lines.js'

/** A replacement: texts, and numbers of what the pattern's brackets held. */
export type Replacement = readonly (string | number)[]

/**
 * Reads `$1`, `${1}`, `$(1)`; `$$` is a dollar.
 *
 * @throws {BadRule} for a dollar that is none of these.
 */
export function readReplacement(text: string): Replacement {
  const parts: (string | number)[] = []
  let literal = ''
  let end = 0
  for (const found of text.matchAll(/\$(?:(\$)|(\w+)|\{([^{}]*)\}|\(([^()]*)\)|)/g)) {
    literal += text.slice(end, found.index)
    end = found.index + found[0].length
    const [, dollar, plain, braced, bracketed] = found
    if (dollar !== undefined) {
      literal += '$'
      continue
    }
    const name = plain ?? braced ?? bracketed ?? ''
    if (!/^\d{1,3}$/.test(name)) throw new BadRule(`non-numeric replacement index "${name}"`)
    if (Number(name) < 1) throw new BadRule(`out of range replacement index "${name}"`)
    parts.push(literal, Number(name))
    literal = ''
  }
  parts.push(literal + text.slice(end))
  return parts
}

/** What the brackets held, put where it belongs; brackets that took no part are empty. */
export function writeReplacement(parts: Replacement, groups: readonly (string | undefined)[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : (groups[part] ?? ''))).join('')
}

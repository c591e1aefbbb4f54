import { HostError } from '@mailwright/core'
import { PARAMETER_DEPTH } from './limits.js'

/** What a parameter is set to, unexpanded; `undefined` for one that is not known. */
export type ParameterSource = (name: string) => string | undefined

/**
 * Expands a value as postconf(5) has it. What is not set is empty.
 *
 *     "$" name / "${" name "}" / "$(" name ")"
 *     "${" name "?" text "}" / "${" name "?{" text "}" [ ":{" text "}" ] "}"      ; text where name is not empty
 *     "${" name ":" text "}"                                                      ; text where name is empty
 *     "${{" text "}" operator "{" text "}" "?{" text "}" [ ":{" text "}" ] "}"    ; == != < <= > >=
 *
 * @throws {HostError} for a dollar that is none of these; `$$` is one that stays.
 */
export function expandParameters(value: string, source: ParameterSource): string {
  return expand(value, source, 0)
}

function expand(value: string, source: ParameterSource, depth: number): string {
  if (depth > PARAMETER_DEPTH) throw new HostError(`too many values within values: ${value.slice(0, 80)}`)
  let written = ''
  let at = 0
  while (at < value.length) {
    const dollar = value.indexOf('$', at)
    if (dollar < 0) break
    written += value.slice(at, dollar)
    const next = value.charAt(dollar + 1)
    if (next === '$') {
      written += '$'
      at = dollar + 2
    } else if (next === '{' || next === '(') {
      const end = closing(value, dollar + 1, next, next === '{' ? '}' : ')')
      written += expandBraced(value.slice(dollar + 2, end), source, depth)
      at = end + 1
    } else {
      const [name] = /^\w+/.exec(value.slice(dollar + 1)) ?? []
      if (name === undefined) throw new HostError(`a name stands behind "$": ${value}`)
      written += named(name, source, depth)
      at = dollar + 1 + name.length
    }
  }
  return written + value.slice(at)
}

function named(name: string, source: ParameterSource, depth: number): string {
  return expand(source(name) ?? '', source, depth + 1)
}

/** What stands in the braces of one expression. */
function expandBraced(inside: string, source: ParameterSource, depth: number): string {
  const text = inside.trim()
  if (text.startsWith('{')) {
    const { held, chosen } = comparison(text, source, depth)
    return choice(chosen, held, source, depth, text)
  }
  const [, name, operator = '', rest = ''] = /^(\w+)\s*([?:]?)(.*)$/s.exec(text) ?? []
  if (name === undefined || (operator === '' && rest !== '')) throw new HostError(`not an expression: \${${inside}}`)
  const value = named(name, source, depth)
  if (operator === '') return value
  return choice(`${operator}${rest}`, value !== '', source, depth, text)
}

/** `?{yes}:{no}`, `?yes`, `:no`, by whether a condition held. */
function choice(text: string, held: boolean, source: ParameterSource, depth: number, whole: string): string {
  const operator = text.charAt(0)
  const rest = text.slice(1).trimStart()
  if (!rest.startsWith('{')) {
    return held === (operator === '?') ? expand(text.slice(1), source, depth + 1) : ''
  }
  const end = closing(rest, 0, '{', '}')
  const behind = rest.slice(end + 1).trim()
  const first = rest.slice(1, end).trim()
  if (behind === '') return held === (operator === '?') ? expand(first, source, depth + 1) : ''
  if (operator !== '?' || !behind.startsWith(':')) throw new HostError(`not an expression: \${${whole}}`)
  const other = behind.slice(1).trim()
  if (!other.startsWith('{')) return expand(held ? first : other, source, depth + 1)
  const last = closing(other, 0, '{', '}')
  if (other.slice(last + 1).trim() !== '') throw new HostError(`not an expression: \${${whole}}`)
  return expand(held ? first : other.slice(1, last).trim(), source, depth + 1)
}

const NUMBER = /^-?\d+$/

function comparison(
  text: string,
  source: ParameterSource,
  depth: number,
): { readonly held: boolean; readonly chosen: string } {
  const leftEnd = closing(text, 0, '{', '}')
  const [, operator = '', open = ''] = /^\s*(==|!=|<=|>=|<|>)(\s*)\{/.exec(text.slice(leftEnd + 1)) ?? []
  if (operator === '') throw new HostError(`not an expression: \${${text}}`)
  const rightStart = text.indexOf(operator, leftEnd + 1) + operator.length + open.length
  const rightEnd = closing(text, rightStart, '{', '}')
  const left = expand(text.slice(1, leftEnd).trim(), source, depth + 1)
  const right = expand(text.slice(rightStart + 1, rightEnd).trim(), source, depth + 1)
  const areNumbers = NUMBER.test(left) && NUMBER.test(right)
  const order = areNumbers ? Number(left) - Number(right) : left < right ? -1 : left > right ? 1 : 0
  const held =
    operator === '=='
      ? order === 0
      : operator === '!='
        ? order !== 0
        : operator === '<'
          ? order < 0
          : operator === '<='
            ? order <= 0
            : operator === '>'
              ? order > 0
              : order >= 0
  const chosen = text.slice(rightEnd + 1).trimStart()
  // Without a choice the comparison is its own answer.
  return { held, chosen: chosen === '' ? '?{bool:true}:{}' : chosen }
}

function closing(text: string, open: number, opener: string, closer: string): number {
  let level = 0
  for (let at = open; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === opener) level++
    else if (character === closer && --level === 0) return at
  }
  throw new HostError(`"${opener}" without "${closer}": ${text}`)
}

import { HostError } from '@mailwright/core'

export const NOT_A_BODY = 'not a body structure'

/**
 * Passes white space and one value of parenthesised wire text: an atom or number, a string, or a list with all it holds. Linear and without
 * recursion.
 *
 * @returns where the value ends.
 * @throws {HostError} where none begins.
 */
export function skipValue(wire: string, start: number): number {
  let at = start
  let depth = 0
  do {
    while (wire[at] === ' ') at++
    const char = wire[at]
    if (char === '(') {
      depth++
      at++
    } else if (char === ')' && depth > 0) {
      depth--
      at++
    } else {
      at = skip(wire, at, char === '"' ? QUOTED : char === '{' ? LITERAL : ATOM)
    }
  } while (depth > 0)
  return at
}

function skip(wire: string, at: number, form: RegExp): number {
  form.lastIndex = at
  const match = form.exec(wire)
  const end = match === null ? Number.POSITIVE_INFINITY : form.lastIndex + Number(match[1] ?? 0)
  if (end > wire.length) throw new HostError(NOT_A_BODY)
  return end
}

const QUOTED = /"[^"\\\r\n]*(?:\\["\\][^"\\\r\n]*)*"/y
const LITERAL = /\{(\d{1,15})\}\r\n/y
const ATOM = /[^ ()"{\r\n]+/y

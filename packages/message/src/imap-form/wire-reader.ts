import { HostError } from '@mailwright/core'

/** A value of IMAP's parenthesised form: a string, NIL, a number as its digits, or a list. */
export type WireValue = string | null | readonly WireValue[]

const QUOTED = /"([^"\\\r\n]*(?:\\["\\][^"\\\r\n]*)*)"/y
const LITERAL = /\{(\d{1,15})\}\r\n/y
const ATOM = /[^ ()"{\r\n]+/y

/**
 * Reads one value in wire form, as digests hold them: lists stand beside each other with or without a space. Linear and without recursion.
 *
 * @throws {HostError} when `wire` is none.
 */
export function readWire(wire: string): WireValue {
  const open: WireValue[][] = []
  let list: WireValue[] = []
  for (let at = 0; at < wire.length; ) {
    const char = wire[at]
    if (char === ' ') {
      at++
    } else if (char === '(') {
      const inner: WireValue[] = []
      list.push(inner)
      open.push(list)
      list = inner
      at++
    } else if (char === ')') {
      const outer = open.pop()
      if (outer === undefined) throw new HostError('not in wire form')
      list = outer
      at++
    } else {
      const pattern = char === '"' ? QUOTED : char === '{' ? LITERAL : ATOM
      pattern.lastIndex = at
      const match = pattern.exec(wire)
      if (match === null) throw new HostError('not in wire form')
      at = pattern.lastIndex
      if (pattern === LITERAL) {
        const end = at + Number(match[1])
        if (end > wire.length) throw new HostError('not in wire form')
        list.push(wire.slice(at, end))
        at = end
      } else {
        const [atom, quoted] = match
        list.push(quoted === undefined ? (atom === 'NIL' ? null : atom) : quoted.replace(/\\(["\\])/g, '$1'))
      }
    }
  }
  const [value] = list
  if (open.length > 0 || list.length !== 1 || value === undefined) throw new HostError('not in wire form')
  return value
}

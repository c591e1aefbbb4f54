import { bytesHandle, fromUtf8 } from '@mailwright/core'

/** What a transcript writes where JSON has no word: typed arrays and bodies. */
const MAKERS: { readonly [mark: string]: (value: unknown) => unknown } = {
  $u8: (value) => Uint8Array.from(numbers(value)),
  $u32: (value) => Uint32Array.from(numbers(value)),
  $f64: (value) => Float64Array.from(numbers(value)),
  $body: (value) => bytesHandle(fromUtf8(String(value))),
}

/** Reads a value written in a transcript. */
export function readValue(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    const [mark, ...others] = Object.keys(value)
    const make = mark === undefined || others.length > 0 ? undefined : MAKERS[mark]
    return make === undefined || mark === undefined ? value : make(Reflect.get(value, mark))
  })
}

/** A value in the one form that transcripts compare: keys in order, typed arrays as arrays, `undefined` left out. */
export function writeValue(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array || part instanceof Uint32Array || part instanceof Float64Array) return [...part]
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : []
}

/** Octets (latin1) of a text with the escapes `\r \n \t \0 \\ \xNN`; other characters stand for their UTF-8. */
export function readEscapes(text: string): string {
  let octets = ''
  const piece = /\\(?:x([0-9a-fA-F]{2})|(.))|([^\\]+)/gsu
  for (const [, hex, escaped, plain] of text.matchAll(piece)) {
    if (hex !== undefined) octets += String.fromCharCode(Number.parseInt(hex, 16))
    else if (escaped !== undefined) octets += ESCAPES[escaped] ?? escaped
    else if (plain !== undefined) octets += utf8Octets(plain)
  }
  return octets
}

const ESCAPES: { readonly [letter: string]: string } = { r: '\r', n: '\n', t: '\t', '0': '\0' }

/** The octets of a text in UTF-8, one a character. */
export function utf8Octets(text: string): string {
  return String.fromCharCode(...fromUtf8(text))
}

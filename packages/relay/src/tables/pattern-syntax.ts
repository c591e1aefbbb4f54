import { BadRule } from './rule-lines.js'

/** How a pattern is written: POSIX's two ways (regex(7)), and Perl's with or without blanks that count. */
export type PatternDialect = 'basic' | 'extended' | 'perl' | 'perlExtended'

/** POSIX's classes, of US-ASCII. */
const CLASSES: { readonly [name: string]: string } = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  ascii: String.raw`\x00-\x7f`,
  blank: String.raw` \t`,
  cntrl: String.raw`\x00-\x1f\x7f`,
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: String.raw`!-\/:-@\[-\x60\{-~`,
  space: String.raw`\t-\r `,
  upper: 'A-Z',
  word: String.raw`\w`,
  xdigit: '0-9A-Fa-f',
}

/** What JavaScript reads as the same behind a backslash. Numbers are references back. */
const SAME = /^[dDsSwWbBnrtfv1-9]$/

/**
 * Writes a pattern as JavaScript's regular expressions (with `u`) have it.
 *
 * @param letters whether upper and lower case are the same: POSIX's ranges are of capitals then, as the C library has it.
 * @throws {BadRule} for what they cannot say.
 */
export function translatePattern(pattern: string, dialect: PatternDialect, letters: 'same' | 'distinct'): string {
  const isPerl = dialect === 'perl' || dialect === 'perlExtended'
  let written = ''
  let at = 0
  /** Nothing stands here that could be repeated: POSIX takes a `*` as it is then. */
  const isStart = (): boolean => /(?:^|[(|^])$/.test(written) && !/\\[(|^]$/.test(written)
  while (at < pattern.length) {
    const character = pattern.charAt(at)
    const next = pattern.charAt(at + 1)
    if (character === '[') {
      const { text, end } = translateSet(pattern, at, isPerl ? 'perl' : letters)
      written += text
      at = end
    } else if (character === '\\') {
      if (isPerl && next === 'Q') {
        const stop = pattern.indexOf('\\E', at + 2)
        const quoted = pattern.slice(at + 2, stop < 0 ? pattern.length : stop)
        written += Array.from(quoted, literal).join('')
        at = stop < 0 ? pattern.length : stop + 2
        continue
      }
      const { text, octets } = translateEscape(pattern.slice(at), dialect)
      written += text
      at += octets
    } else if (dialect === 'perlExtended' && /\s/.test(character)) at++
    else if (dialect === 'perlExtended' && character === '#') {
      const stop = pattern.indexOf('\n', at)
      at = stop < 0 ? pattern.length : stop
    } else if (dialect === 'basic' && '(){}+?|'.includes(character)) {
      written += literal(character)
      at++
    } else if (character === '*' && !isPerl && isStart()) {
      written += '\\*'
      at++
    } else if (character === '(' && isPerl && next === '?') {
      const { text, octets } = translateGroup(pattern.slice(at))
      written += text
      at += octets
    } else if (isPerl && '*+?}'.includes(character) && next === '+') {
      throw new BadRule(`possessive quantifier ${character}+ is not supported`)
    } else if (character === '{' && !/^\{\d+(?:,\d*)?\}/.test(pattern.slice(at))) {
      written += '\\{'
      at++
    } else if (character === ']' || (character === '}' && !/\{\d+(?:,\d*)?$/.test(written))) {
      written += `\\${character}`
      at++
    } else {
      written += character
      at++
    }
  }
  return written
}

/** One backslash and what belongs to it. */
function translateEscape(text: string, dialect: PatternDialect): { readonly text: string; readonly octets: number } {
  const next = text.charAt(1)
  if (next === '') throw new BadRule('trailing backslash')
  if (dialect === 'basic' && '(){}+?|'.includes(next)) return { text: next, octets: 2 }
  if (dialect === 'basic' || dialect === 'extended') {
    if (next === '<') return { text: String.raw`\b(?=\w)`, octets: 2 }
    if (next === '>') return { text: String.raw`\b(?<=\w)`, octets: 2 }
    if (next === '`') return { text: '(?<![^])', octets: 2 }
    if (next === "'") return { text: '(?![^])', octets: 2 }
    return { text: /[wWbBsS1-9]/.test(next) ? `\\${next}` : literal(next), octets: 2 }
  }
  if (SAME.test(next)) return { text: `\\${next}`, octets: 2 }
  const [code] = /^\\x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]{1,6}\})/.exec(text) ?? []
  if (code !== undefined) return { text: code.replace(/^\\x\{/, String.raw`\u{`), octets: code.length }
  const [property] = /^\\[pP]\{\w+\}/.exec(text) ?? []
  if (property !== undefined) return { text: property, octets: property.length }
  const known: { readonly [letter: string]: string } = {
    A: '(?<![^])',
    z: '(?![^])',
    Z: String.raw`(?=\n?(?![^]))`,
    h: String.raw`[ \t]`,
    H: String.raw`[^ \t]`,
    R: String.raw`(?:\r\n|[\n-\r])`,
    N: String.raw`[^\n]`,
    e: String.raw`\x1b`,
    a: String.raw`\x07`,
    '0': String.raw`\x00`,
    E: '',
  }
  const meant = Object.hasOwn(known, next) ? known[next] : undefined
  if (meant !== undefined) return { text: meant, octets: 2 }
  if (/[A-Za-z]/.test(next)) throw new BadRule(`\\${next} is not supported`)
  return { text: literal(next), octets: 2 }
}

/** What begins with `(?`. */
function translateGroup(text: string): { readonly text: string; readonly octets: number } {
  const [same] = /^\(\?(?:[:=!]|<[=!]|<[A-Za-z_]\w*>)/.exec(text) ?? []
  if (same !== undefined) return { text: same, octets: same.length }
  const [named, name] = /^\(\?P<([A-Za-z_]\w*)>/.exec(text) ?? []
  if (named !== undefined) return { text: `(?<${name}>`, octets: named.length }
  const [comment] = /^\(\?#[^)]*\)/.exec(text) ?? []
  if (comment !== undefined) return { text: '', octets: comment.length }
  throw new BadRule(`${text.slice(0, 3)} is not supported`)
}

/**
 * A set in brackets; `end` is behind it. A `]` right at its beginning is one of its members.
 *
 * @param letters of POSIX's; `perl` for the other.
 */
function translateSet(
  pattern: string,
  start: number,
  letters: 'same' | 'distinct' | 'perl',
): { readonly text: string; readonly end: number } {
  const isPerl = letters === 'perl'
  let at = start + 1
  let written = '['
  if (pattern.charAt(at) === '^') {
    written += '^'
    at++
  }
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    const character = pattern.charAt(at)
    if (character === ']' && !isFirst) return { text: `${written}]`, end: at + 1 }
    const [whole, mark = '', name = ''] = /^\[([:.=])(.*?)\1\]/s.exec(pattern.slice(at)) ?? []
    if (whole !== undefined) {
      const members = mark === ':' ? CLASSES[name] : name.length === 1 ? member(name) : undefined
      if (members === undefined || !(mark !== ':' || Object.hasOwn(CLASSES, name)))
        throw new BadRule(`unknown class ${whole}`)
      written += members
      at += whole.length
    } else if (character === '\\' && isPerl) {
      const next = pattern.charAt(at + 1)
      const { text, octets } =
        next === 'b' ? { text: String.raw`\x08`, octets: 2 } : translateEscape(pattern.slice(at), 'perl')
      if (text.startsWith('(')) throw new BadRule(`\\${next} in brackets is not supported`)
      const isSet = text.startsWith('[')
      if (text.startsWith('[^')) throw new BadRule(`\\${next} in brackets is not supported`)
      written += isSet ? text.slice(1, -1) : text === '-' ? '\\-' : text
      at += octets
    } else if (!isPerl && /^.-(?!\]|\[[.:=])./su.test(pattern.slice(at))) {
      const [from = '', , to = ''] = Array.from(pattern.slice(at, at + 5))
      written += posixRange(from, to, letters)
      at += from.length + 1 + to.length
    } else {
      const [whole = character] = Array.from(pattern.slice(at, at + 2))
      written += isRange(pattern, at, isFirst) ? '-' : member(whole)
      at += whole.length
    }
  }
  throw new BadRule('brackets ([ ]) not balanced')
}

function posixRange(from: string, to: string, letters: 'same' | 'distinct'): string {
  const [first, last] = letters === 'same' ? [capital(from), capital(to)] : [from, to]
  if ((first.codePointAt(0) ?? 0) > (last.codePointAt(0) ?? 0)) throw new BadRule('Invalid range end')
  return `${member(first)}-${member(last)}`
}

function capital(character: string): string {
  const upper = character.toUpperCase()
  return Array.from(upper).length === 1 ? upper : character
}

/** A hyphen between two members; at the beginning and the end it is one itself. */
function isRange(pattern: string, at: number, isFirst: boolean): boolean {
  if (pattern.charAt(at) !== '-' || isFirst || pattern.charAt(at + 1) === ']') return false
  return !/\[[:.=]\w+[:.=]\]$|\\[dDsSwWhH]$/.test(pattern.slice(0, at))
}

function member(character: string): string {
  return /[\\\]^[-]/.test(character) ? `\\${character}` : character
}

function literal(character: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character
}

/**
 * Whether something repeats without bound that repeats without bound itself, as `(a+)+` does: by a rough look, which may take `(a\+)+` for one.
 */
export function nestsRepetition(pattern: string): boolean {
  const repeats: boolean[] = [false]
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    const isRepeated = /^(?:[*+]|\{\d*,\})/.test(pattern.slice(at + 1))
    if (character === '\\') at++
    else if (character === '(') repeats.push(false)
    else if (character === ')' && repeats.length > 1) {
      const held = repeats.pop() === true
      if (held && isRepeated) return true
      if (held || isRepeated) repeats[repeats.length - 1] = true
    } else if (/[*+]/.test(character)) repeats[repeats.length - 1] = true
  }
  return false
}

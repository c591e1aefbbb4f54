/** One member of an alias's list. */
export type AliasDestination =
  | { readonly kind: 'address'; readonly address: string }
  /** `\name`: this user, without a look at aliases again. */
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'include'; readonly path: string }

/**
 * Reads a list of destinations: separated by commas, quotes keep what is special, comments in parentheses are passed over.
 *
 *     destination = address / "\" name / "|" command / "/" file / ":include:" path
 *
 * aliases(5). An address in angle brackets loses them, with the phrase before it.
 */
export function parseDestinations(value: string): readonly AliasDestination[] {
  return splitDestinations(value).flatMap((text): readonly AliasDestination[] => {
    const bare = unquoted(text)
    if (bare === '') return []
    if (bare.startsWith('|')) return [{ kind: 'command', command: bare.slice(1).trim() }]
    if (bare.startsWith('/')) return [{ kind: 'file', path: bare }]
    const include = /^:include:\s*(.+)$/is.exec(bare)?.[1]
    if (include !== undefined) return [{ kind: 'include', path: unquoted(include.trim()) }]
    if (text.startsWith('\\') && text.length > 1) return [{ kind: 'user', name: unquoted(text.slice(1)) }]
    const bracketed = /<([^<>]*)>\s*$/.exec(text)?.[1]
    return [{ kind: 'address', address: (bracketed ?? text).trim() }]
  })
}

/** Cuts a list at commas outside of quotes and comments. */
export function splitDestinations(value: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  let isQuoted = false
  let depth = 0
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at)
    if (character === '\\' && (isQuoted || depth > 0)) {
      if (depth === 0) part += character + value.charAt(at + 1)
      at++
    } else if (depth > 0) {
      if (character === '(') depth++
      else if (character === ')') depth--
    } else if (character === '"') {
      isQuoted = !isQuoted
      part += character
    } else if (isQuoted) part += character
    else if (character === '(') depth++
    else if (character === ',' || character === '\n') {
      parts.push(part.trim())
      part = ''
    } else part += character
  }
  parts.push(part.trim())
  return parts.filter((each) => each !== '')
}

/** Without the quotes around the whole; `"|prog \"x\""` and `|"prog"` are both written. */
function unquoted(text: string): string {
  const whole = /^"((?:[^"\\]|\\.)*)"$/s.exec(text)?.[1]
  if (whole !== undefined) return whole.replace(/\\(.)/g, '$1')
  const behind = /^([|/])"((?:[^"\\]|\\.)*)"$/s.exec(text)
  return behind === null ? text : `${behind[1]}${(behind[2] ?? '').replace(/\\(.)/g, '$1')}`
}

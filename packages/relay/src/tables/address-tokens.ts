/**
 * A token of an address list. `special` is one of RFC 5322 §3.2.3's specials, or `%`, `!`, `|`, by which Postfix cuts as well. Quotes and
 * backslashes are gone from `quoted` and `atom`, brackets from `literal`; a comment is as it was written.
 */
export interface AddressToken {
  readonly kind: 'special' | 'atom' | 'quoted' | 'literal' | 'comment'
  readonly text: string
  /** A backslash began it. */
  readonly isEscaped?: true
}

const SPECIALS = '|"(),.:;<>@[]%!'

/** Cuts text into tokens. What is left open ends at the end; nothing is refused. Time linear in its length. */
export function addressTokens(text: string): readonly AddressToken[] {
  const tokens: AddressToken[] = []
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (isBlank(character)) {
      at++
    } else if (character === '(') {
      const end = commentEnd(text, at)
      tokens.push({ kind: 'comment', text: text.slice(at, end) })
      at = end
    } else if (character === '[' || character === '"') {
      const close = character === '[' ? ']' : '"'
      const { value, end } = collect(text, at + 1, (each) => each !== close)
      tokens.push({ kind: character === '[' ? 'literal' : 'quoted', text: value })
      at = end + 1
    } else if (SPECIALS.includes(character)) {
      tokens.push({ kind: 'special', text: character })
      at++
    } else {
      const { value, end } = collect(text, at, (each) => !isBlank(each) && !SPECIALS.includes(each))
      // A backslash let something in that only quotes hold.
      const isQuoted = Array.from(value).some(
        (each) => isBlank(each) || each === '\\' || SPECIALS.includes(each) || /[\x00-\x1f\x7f]/.test(each),
      )
      tokens.push({
        kind: isQuoted ? 'quoted' : 'atom',
        text: value,
        ...(character === '\\' ? { isEscaped: true } : {}),
      })
      at = end
    }
  }
  return tokens
}

/** Writes tokens so that they read the same again, with a blank where words would grow together. */
export function writeTokens(tokens: readonly AddressToken[]): string {
  return joined(tokens, ({ kind, text }) => {
    if (kind === 'quoted') return `"${text.replace(/["\\\r\n]/g, '\\$&')}"`
    return kind === 'literal' ? `[${text.replace(/[\\\r\n]/g, '\\$&')}]` : text
  })
}

/** Tokens as what they mean: without quotes. */
export function meaningOf(tokens: readonly AddressToken[]): string {
  return joined(tokens, ({ kind, text }) => (kind === 'literal' ? `[${text}]` : text))
}

function joined(tokens: readonly AddressToken[], write: (token: AddressToken) => string): string {
  return tokens.map((token, at) => write(token) + (isFollowedByBlank(token, tokens[at + 1]) ? ' ' : '')).join('')
}

function isFollowedByBlank(token: AddressToken, next: AddressToken | undefined): boolean {
  if (isSpecial(token, ',')) return true
  if (next === undefined) return false
  if (isSpecial(next, '<')) return true
  return token.kind !== 'special' && next.kind !== 'special'
}

export function isSpecial(token: AddressToken | undefined, text: string): boolean {
  return token?.kind === 'special' && token.text === text
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}

/** White space of any kind is a blank within words. */
function blankOf(character: string): string {
  return isBlank(character) ? ' ' : character
}

/** Collects what `belongs`, a backslash taking the next in. */
function collect(text: string, start: number, belongs: (character: string) => boolean): { value: string; end: number } {
  let value = ''
  let at = start
  for (; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\') {
      if (++at < text.length) value += blankOf(text.charAt(at))
    } else if (belongs(character)) value += blankOf(character)
    else break
  }
  return { value, end: Math.min(at, text.length) }
}

function commentEnd(text: string, start: number): number {
  let level = 0
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\') at++
    else if (character === '(') level++
    else if (character === ')' && --level === 0) return at + 1
  }
  return text.length
}

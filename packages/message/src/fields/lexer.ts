/** A lexical token of a structured field body. RFC 5322 §3.2. */
export interface Token {
  readonly kind: 'atom' | 'quoted' | 'literal' | 'special'
  /** Quoting removed; a `special` is one character; a domain `literal` keeps its brackets. */
  readonly text: string
  /** White space or a comment stands before it. */
  readonly isSpaced: boolean
}

const OPEN = 40
const CLOSE = 41
const BACKSLASH = 92

/** Runs of `atext` and whatever else is no special: 8-bit and control characters are taken as they come. RFC 5322 §3.2.3. */
export const ATOM = /[^ \t\r\n()<>[\]:;@\\,."]+/y
/** `token` of MIME, as loosely. RFC 2045 §5.1. */
export const MIME_TOKEN = /[^ \t\r\n()<>[\]:;@\\,"/?=]+/y

/**
 * Cuts a structured field body (one octet a character, folded or not) into tokens.
 *
 *     word = atom / quoted-string        CFWS = (1*([FWS] comment) [FWS]) / FWS
 *
 * Never fails: a quote or comment that does not end is an ordinary character and is skipped, so nothing after it is lost.
 * Linear in the text's length and without recursion, also for nested comments (CVE-2025-14874).
 */
export class Lexer {
  readonly #text: string
  readonly #atom: RegExp
  #at = 0
  #hasOpenQuote = false
  #hasOpenComment = false
  /** The last comment passed that was not empty, its quoted pairs resolved; the reader may reset it. */
  comment: string | null = null

  constructor(text: string, atom: RegExp) {
    this.#text = text
    this.#atom = atom
  }

  /** Where the text goes on: behind the token that was returned last. */
  get offset(): number {
    return this.#at
  }

  /** `undefined` at the end of the text. */
  next(): Token | undefined {
    let isSpaced = false
    for (;;) {
      const char = this.#text[this.#at]
      switch (char) {
        case undefined:
          return undefined
        case ' ':
        case '\t':
        case '\r':
        case '\n':
          this.#at++
          isSpaced = true
          continue
        case '(':
          if (!this.#skipComment()) this.#at++
          isSpaced = true
          continue
        case '"': {
          const text = this.#quoted()
          if (text !== undefined) return { kind: 'quoted', text, isSpaced }
          this.#at++
          continue
        }
        case '[': {
          const text = this.#literal()
          if (text !== undefined) return { kind: 'literal', text, isSpaced }
          break
        }
        case '\\':
          // Outside of quotes it means nothing.
          this.#at++
          continue
      }
      this.#atom.lastIndex = this.#at
      const atom = this.#atom.exec(this.#text)
      const text = atom === null ? char : atom[0]
      this.#at += text.length
      return { kind: atom === null ? 'special' : 'atom', text, isSpaced }
    }
  }

  /** `quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE`. RFC 5322 §3.2.4. */
  #quoted(): string | undefined {
    if (this.#hasOpenQuote) return undefined
    const stop = /["\\]/g
    let out = ''
    let from = this.#at + 1
    stop.lastIndex = from
    for (let match = stop.exec(this.#text); match !== null; match = stop.exec(this.#text)) {
      out += this.#text.slice(from, match.index)
      if (match[0] === '"') {
        this.#at = stop.lastIndex
        return out.replace(/\r?\n/g, '')
      }
      out += this.#text[stop.lastIndex] ?? ''
      from = ++stop.lastIndex
    }
    // None ends from here on; looking again at each quote would be quadratic.
    this.#hasOpenQuote = true
    return undefined
  }

  /** `comment = "(" *([FWS] ccontent) [FWS] ")"`. RFC 5322 §3.2.2. Nesting is counted, not followed. */
  #skipComment(): boolean {
    if (this.#hasOpenComment) return false
    const text = this.#text
    let depth = 1
    let at = this.#at + 1
    // Octet by octet: a field of parentheses only is where a search for each would be slowest.
    for (; depth > 0 && at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === BACKSLASH) at++
      else if (code === OPEN) depth++
      else if (code === CLOSE) depth--
    }
    if (depth > 0) {
      // None ends from here on; looking again at each parenthesis would be quadratic.
      this.#hasOpenComment = true
      return false
    }
    const comment = text
      .slice(this.#at + 1, at - 1)
      .replace(/\\([\s\S])/g, '$1')
      .replace(/\r?\n/g, '')
      .trim()
    if (comment !== '') this.comment = comment
    this.#at = at
    return true
  }

  /** `domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]`. RFC 5322 §3.4.1. */
  #literal(): string | undefined {
    const literal = /\[[^[\]]*\]/y
    literal.lastIndex = this.#at
    const match = literal.exec(this.#text)
    if (match === null) return undefined
    this.#at = literal.lastIndex
    return match[0].replace(/[ \t\r\n]+/g, '')
  }
}

/** The text with each comment replaced by a space; an unfinished comment takes the rest. RFC 5322 §3.2.2. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  const stop = /[()\\]/g
  let out = ''
  let depth = 0
  let from = 0
  for (let match = stop.exec(text); match !== null; match = stop.exec(text)) {
    if (match[0] === '\\') {
      stop.lastIndex++
    } else if (match[0] === '(') {
      if (depth === 0) out += text.slice(from, match.index)
      depth++
    } else if (depth > 0 && --depth === 0) {
      out += ' '
      from = stop.lastIndex
    }
  }
  return depth === 0 ? out + text.slice(from) : out
}

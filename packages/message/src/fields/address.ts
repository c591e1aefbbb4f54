import { MESSAGE_LIMITS } from '../limits.js'
import { ATOM, Lexer, type Token } from './lexer.js'

/** One mailbox. Text is as in the field, one octet a character, quoting removed; encoded words stand undecoded. */
export interface Mailbox {
  readonly kind: 'mailbox'
  /** The display name; of a bare address the comment beside it; `null` when there is neither. */
  readonly name: string | null
  /** The obsolete source route, as `@a.example,@b.example`. */
  readonly route: string | null
  /** Empty where the field has none. */
  readonly localPart: string
  /** Empty where the field has none. */
  readonly domain: string
}

/** What an address list is made of, in order; a group is its start, its mailboxes, its end. */
export type Address = Mailbox | { readonly kind: 'groupStart'; readonly name: string } | { readonly kind: 'groupEnd' }

/**
 * Reads an address list, also in the obsolete forms, and makes the best of anything else: it never fails, and loses no address it
 * can recognise.
 *
 *     address-list = (address *("," address)) / obs-addr-list
 *     address      = mailbox / group
 *     group        = display-name ":" [group-list] ";" [CFWS]
 *
 * RFC 5322 §3.4, §4.4. Null members vanish. `;` outside of a group separates as well: Outlook writes it.
 *
 * @param limit entries returned at most, and the end of the group they are in; the rest of the text is not read.
 */
export function parseAddresses(text: string, limit: number = MESSAGE_LIMITS.addresses): readonly Address[] {
  return new AddressReader(text, limit).read()
}

class AddressReader {
  readonly #lexer: Lexer
  readonly #limit: number
  readonly #out: Address[] = []
  #isInGroup = false
  /** Tokens of the present member outside of angle brackets. */
  #words: Token[] = []
  /** Tokens within angle brackets; `null` when none were opened. */
  #inner: Token[] | null = null
  #isInAngle = false
  /** `obs-route = obs-domain-list ":"`: until its colon, a comma belongs to it. RFC 5322 §4.4. */
  #isInRoute = false

  constructor(text: string, limit: number) {
    this.#lexer = new Lexer(text, ATOM)
    this.#limit = limit
  }

  read(): readonly Address[] {
    for (let token = this.#lexer.next(); token !== undefined; token = this.#lexer.next()) {
      if (this.#out.length >= this.#limit) return this.#close()
      if (token.kind === 'special') this.#special(token)
      else this.#word(token)
    }
    this.#finish()
    return this.#close()
  }

  #close(): readonly Address[] {
    if (this.#isInGroup) this.#out.push({ kind: 'groupEnd' })
    return this.#out
  }

  #word(token: Token): void {
    // A comment before the address says something else: only one behind it is a name, as Dovecot shows it.
    if (this.#words.length === 0 && this.#inner === null) this.#lexer.comment = null
    // Behind the closed bracket only comments are expected; words there name nobody.
    const tokens = this.#isInAngle ? this.#inner : this.#inner === null ? this.#words : null
    if (tokens !== null && tokens.length < MESSAGE_LIMITS.addressTokens) tokens.push(token)
  }

  #special(token: Token): void {
    switch (token.text) {
      case ',':
        if (this.#isInRoute) this.#word(token)
        else this.#finish()
        return
      case ';':
        this.#finish()
        if (this.#isInGroup) this.#out.push({ kind: 'groupEnd' })
        this.#isInGroup = false
        return
      case ':':
        this.#isInRoute = false
        if (this.#isInAngle || this.#isInGroup) {
          this.#word(token)
          return
        }
        if (this.#inner !== null) return
        this.#out.push({ kind: 'groupStart', name: phrase(this.#words) })
        this.#isInGroup = true
        this.#words = []
        this.#lexer.comment = null
        return
      case '<':
        if (this.#isInAngle) return
        if (this.#inner !== null) this.#finish()
        this.#inner = []
        this.#isInAngle = true
        return
      case '>':
        this.#isInAngle = false
        this.#isInRoute = false
        return
      default:
        if (this.#inner?.length === 0 && token.text === '@') this.#isInRoute = true
        this.#word(token)
    }
  }

  #finish(): void {
    if (this.#inner !== null) this.#out.push(angleAddress(phrase(this.#words) || null, this.#inner))
    else if (this.#words.length > 0) this.#out.push(simpleAddress(this.#words, this.#lexer.comment))
    this.#words = []
    this.#inner = null
    this.#isInAngle = false
    this.#isInRoute = false
    this.#lexer.comment = null
  }
}

/** `name-addr = [display-name] angle-addr`. RFC 5322 §3.4, obs-angle-addr of §4.4. */
function angleAddress(name: string | null, inner: readonly Token[]): Mailbox {
  let tokens = inner
  let route: string | null = null
  if (inner[0]?.text === '@') {
    const colon = inner.findIndex((token) => token.text === ':')
    if (colon > 0) {
      route = inner.slice(0, colon).map(textOf).join('')
      tokens = inner.slice(colon + 1)
    }
  }
  const at = lastAt(tokens)
  return {
    kind: 'mailbox',
    name,
    route,
    localPart: dotted(at < 0 ? tokens : tokens.slice(0, at)),
    domain: at < 0 ? '' : dotted(tokens.slice(at + 1)),
  }
}

/**
 *     addr-spec = local-part "@" domain
 *
 * RFC 5322 §3.4.1, with words around it taken for a name. Without an `@`, one word is a local part (cron's `From: root`),
 * several are a name.
 */
function simpleAddress(words: readonly Token[], comment: string | null): Mailbox {
  const at = lastAt(words)
  if (at < 0) {
    const start = runStart(words, words.length)
    if (start > 0) return { kind: 'mailbox', name: phrase(words), route: null, localPart: '', domain: '' }
    return { kind: 'mailbox', name: comment, route: null, localPart: dotted(words), domain: '' }
  }
  const start = runStart(words, at)
  const end = runEnd(words, at + 1)
  const name = phrase([...words.slice(0, start), ...words.slice(end)])
  return {
    kind: 'mailbox',
    name: name === '' ? comment : name,
    route: null,
    localPart: dotted(words.slice(start, at)),
    domain: dotted(words.slice(at + 1, end)),
  }
}

/** The `@` that belongs to the domain: a domain holds none, a broken local part may. */
function lastAt(tokens: readonly Token[]): number {
  return tokens.findLastIndex((token) => token.kind === 'special' && token.text === '@')
}

/** Where the run of tokens begins that ends before `end`; white space breaks a run but around dots. */
function runStart(tokens: readonly Token[], end: number): number {
  let start = Math.max(end - 1, 0)
  while (start > 0 && isJoined(tokens[start - 1], tokens[start])) start--
  return start
}

function runEnd(tokens: readonly Token[], start: number): number {
  let end = Math.min(start + 1, tokens.length)
  while (end < tokens.length && isJoined(tokens[end - 1], tokens[end])) end++
  return end
}

function isJoined(before: Token | undefined, after: Token | undefined): boolean {
  return after?.isSpaced === false || isDot(before) || isDot(after)
}

function isDot(token: Token | undefined): boolean {
  return token?.kind === 'special' && token.text === '.'
}

/** `obs-local-part`, `obs-domain`: white space around dots means nothing. RFC 5322 §4.4. */
function dotted(tokens: readonly Token[]): string {
  return join(tokens, (before, after) => !isJoined(before, after))
}

/** `phrase = 1*word / obs-phrase`, one space where any white space was. RFC 5322 §3.2.5, §4.1. */
function phrase(tokens: readonly Token[]): string {
  return join(tokens, (_, after) => after.isSpaced).trim()
}

function join(tokens: readonly Token[], isApart: (before: Token, after: Token) => boolean): string {
  let text = ''
  let before: Token | undefined
  for (const token of tokens) {
    if (before !== undefined && isApart(before, token)) text += ' '
    text += token.text
    before = token
  }
  return text
}

function textOf(token: Token): string {
  return token.text
}

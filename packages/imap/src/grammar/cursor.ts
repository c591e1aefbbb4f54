import type { MailboxName } from '@mailwright/core'
import type { CapabilityName } from '../capability-table.js'
import type { Enableable } from '../extensions/enable.js'
import type { CommandLimits } from '../limits.js'

/**
 * A command as the reader collected it. `lines` hold one octet a character, without CRLF; `literals[i]` are the octets that
 * the announcement at the end of `lines[i]` announced. While a literal is still to come there is one line more than
 * literals, as in a whole command.
 */
export interface CommandText {
  readonly lines: readonly string[]
  readonly literals: readonly Uint8Array[]
}

/** What the grammar depends on, by session. */
export interface GrammarOptions {
  readonly limits: CommandLimits
  /** What may be used. Absent: everything. */
  readonly offered?: ReadonlySet<CapabilityName>
  /** Mailbox names are UTF-8 (after ENABLE UTF8=ACCEPT or IMAP4rev2), not modified UTF-7. */
  readonly utf8: boolean
  /** What stands between the levels of a mailbox name on the wire. Default `/`. */
  readonly separator?: string
  /** What ENABLE switched on. Absent: nothing. */
  readonly enabled?: ReadonlySet<Enableable>
}

/** Why a command cannot be read: thrown by the cursor, caught in `parse-command.ts` and nowhere else. */
export class Refusal {
  readonly kind: 'bad' | 'no' | 'pendingLiteral'
  readonly code: string
  readonly reason: string

  constructor(kind: 'bad' | 'no' | 'pendingLiteral', code: string, reason: string) {
    this.kind = kind
    this.code = code
    this.reason = reason
  }
}

const NUMBER = /\d+/y
const EMPTY_LIST = /\(\)/y
const ANNOUNCEMENT = /(~?)\{(\d+)(\+?)\}$/y

/** The greatest `number` of RFC 3501 §9. */
const MAX_NUMBER = 0xffff_ffff

/**
 * Stands in a command, before the next character to read. Functions of the grammar take it along and read their rule;
 * on anything else they throw a {@link Refusal}.
 */
export class Cursor {
  readonly options: GrammarOptions
  readonly #text: CommandText
  #line = 0
  #current: string
  #at = 0
  #depth = 0
  #savesResult = false
  /** Mailbox names that were written in another form than they have, with what was written. */
  readonly supplied = new Map<MailboxName, string>()

  constructor(text: CommandText, options: GrammarOptions) {
    this.#text = text
    this.#current = text.lines[0] ?? ''
    this.options = options
  }

  isEnabled(extension: Enableable): boolean {
    return this.options.enabled?.has(extension) === true
  }

  /** Message sequence numbers were given up: only UIDs may stand here (RFC 9586 §3). */
  refuseNumbers(): void {
    if (this.isEnabled('UIDONLY')) this.bad('Message numbers are not used in this session', 'UIDREQUIRED')
  }

  get limits(): CommandLimits {
    return this.options.limits
  }

  /**
   * Whether the words of an extension are words at all: where it is switched off they are refused as any unknown word. A word of the
   * base protocol, whose capability is `undefined`, always is.
   */
  offers(capability: CapabilityName | undefined): boolean {
    const { offered } = this.options
    return capability === undefined || offered === undefined || offered.has(capability)
  }

  /** The next character; '' at the end of the line. */
  get peek(): string {
    return this.#current.charAt(this.#at)
  }

  /** Nothing is left, neither of this line nor behind a literal. */
  get isAtEnd(): boolean {
    return this.#at === this.#current.length && this.#line >= this.#text.lines.length - 1
  }

  /** Reads what the sticky `pattern` matches here; `undefined` where it does not match. */
  match(pattern: RegExp): string | undefined {
    const start = this.#at
    pattern.lastIndex = start
    if (!pattern.test(this.#current)) return undefined
    this.#at = pattern.lastIndex
    return this.#current.slice(start, this.#at)
  }

  /** Like `match`, and gives the groups of `pattern`. */
  groups(pattern: RegExp): readonly string[] | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#current)
    if (found === null) return undefined
    this.#at = pattern.lastIndex
    return found.slice(1)
  }

  /** Reads `char` when it is next. */
  skip(char: string): boolean {
    if (this.peek !== char) return false
    this.#at += 1
    return true
  }

  /** Reads `char` or refuses. */
  expect(char: string): void {
    if (!this.skip(char)) this.bad(`Expected '${char}'`)
  }

  /** `SP`: exactly one space (RFC 3501 §9, note 2). */
  sp(): void {
    if (!this.skip(' ')) this.bad('Missing argument')
  }

  /** Refuses whatever is left. */
  end(): void {
    if (!this.isAtEnd) this.bad('Unexpected text after the arguments')
  }

  /**
   *     number = 1*DIGIT ; unsigned 32-bit integer
   *
   * RFC 3501 §9. A greater number is refused, it never wraps.
   */
  number(): number {
    const digits = this.match(NUMBER)
    if (digits === undefined) this.bad('Expected a number')
    const value = Number(digits)
    if (value > MAX_NUMBER) this.bad('Number too great')
    return value
  }

  /**
   *     nz-number = digit-nz *DIGIT
   *
   * RFC 3501 §9.
   */
  nzNumber(): number {
    if (this.peek === '0') this.bad('Expected a number from 1')
    return this.number()
  }

  /**
   * Reads an announcement and the literal's octets; `undefined` where none is announced here. Where the octets are still to
   * come, the command cannot be read further.
   */
  literal(): { readonly octets: Uint8Array; readonly isBinary: boolean } | undefined {
    const announced = this.match(ANNOUNCEMENT)
    if (announced === undefined) return undefined
    const octets = this.#text.literals[this.#line]
    if (octets === undefined) throw new Refusal('pendingLiteral', '', 'Literal without its octets')
    this.#line += 1
    this.#current = this.#text.lines[this.#line] ?? ''
    this.#at = 0
    return { octets, isBinary: announced.startsWith('~') }
  }

  /** Reads the announcement of the literal that is still to come; `undefined` where it does not stand here. */
  pendingLiteral(): string | undefined {
    return this.#line < this.#text.literals.length ? undefined : this.match(ANNOUNCEMENT)
  }

  /** Reads `(` item *(SP item) `)`. Nesting is bounded by the limits. */
  list<T>(item: (c: Cursor) => T): T[] {
    this.open()
    const items: T[] = []
    do items.push(item(this))
    while (this.skip(' '))
    this.close()
    return items
  }

  /** Like `list`, and reads `()` as well. */
  listOrEmpty<T>(item: (c: Cursor) => T): T[] {
    return this.match(EMPTY_LIST) === undefined ? this.list(item) : []
  }

  /** Reads `(`, one level deeper. */
  open(): void {
    this.expect('(')
    this.#depth += 1
    if (this.#depth > this.limits.depth) this.bad('Too many nested parentheses')
  }

  /** Reads the `)` that closes the level. */
  close(): void {
    this.expect(')')
    this.#depth -= 1
  }

  /** The command is to set the search result variable: where it is refused by NO, that is empty (RFC 5182 §2.1). */
  saves(): void {
    this.#savesResult = true
  }

  get savesResult(): boolean {
    return this.#savesResult
  }

  /** Not a command: answered `BAD`, or `BAD [code]`. */
  bad(reason: string, code = ''): never {
    throw new Refusal('bad', code, reason)
  }

  /** A command that cannot be done: answered `NO [code]`. */
  no(code: string, reason: string): never {
    throw new Refusal('no', code, reason)
  }
}

import { ANSWERED, type Clock, DELETED, DRAFT, FLAGGED, type Octets, SEEN, type SystemFlags } from '@mailwright/core'

/** A message's file name: what never changes, and what flags made of it. */
export interface FileName {
  /** Up to the colon. */
  readonly base: string
  /** From the colon; empty where there is none. */
  readonly info: string
}

/** What a file name says of flags. */
export interface NamedFlags {
  readonly system: SystemFlags
  /** `a` to `z`: keywords, by the table in `dovecot-keywords`. */
  readonly letters: string
}

/** What a file name says of sizes: hints, to be held against the file. */
export interface NamedSizes {
  /** `S=`: octets of the file. */
  readonly size: Octets | null
  /** `W=`: octets with CRLF line ends. */
  readonly wire: Octets | null
  /** `R=1`, ours: the file holds the message as it came, and line ends are not converted. */
  readonly isRaw: boolean
}

const FLAG_OF: ReadonlyMap<string, SystemFlags> = new Map([
  ['D', DRAFT],
  ['F', FLAGGED],
  ['R', ANSWERED],
  ['S', SEEN],
  ['T', DELETED],
])

/** Splits a file name at its first colon, as Dovecot compares base names. */
export function splitFileName(name: string): FileName {
  const colon = name.indexOf(':')
  return colon < 0 ? { base: name, info: '' } : { base: name.slice(0, colon), info: name.slice(colon) }
}

/** A file that may be a message: not hidden, and its name is text that can be written into a line. */
export function isMessageName(name: string): boolean {
  return !name.startsWith('.') && !/[\u0000-\u001f\u007f\ufffd]/.test(name)
}

/** Reads the flags of an info part; one of another kind than `:2,` says nothing. */
export function flagsOfInfo(info: string): NamedFlags {
  let system = 0
  let letters = ''
  for (const character of flagText(info)) {
    const flag = FLAG_OF.get(character)
    if (flag !== undefined) system |= flag
    else if (character >= 'a' && character <= 'z') letters += character
  }
  return { system, letters }
}

/**
 * Writes an info part: flags in ASCII order. Flags of `old` that mean nothing to us stand as they were, and so does what
 * follows a second comma, as Dovecot keeps it.
 */
export function writeInfo(old: string, flags: NamedFlags): string {
  const text = flagText(old)
  const rest = old.startsWith(':2,') ? old.slice(3 + text.length) : ''
  const all = new Set(flags.letters)
  for (const [character, flag] of FLAG_OF) if ((flags.system & flag) !== 0) all.add(character)
  for (const character of text) if (!FLAG_OF.has(character) && !/[a-z]/.test(character)) all.add(character)
  return `:2,${[...all].sort().join('')}${rest}`
}

function flagText(info: string): string {
  return /^:2,([^,]*)/.exec(info)?.[1] ?? ''
}

export function sizesOfBase(base: string): NamedSizes {
  return { size: numberOf(base, 'S'), wire: numberOf(base, 'W'), isRaw: numberOf(base, 'R') === 1 }
}

function numberOf(base: string, letter: string): number | null {
  const digits = new RegExp(`,${letter}=(\\d{1,15})(?:,|$)`).exec(base)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** Orders messages as they were delivered: by the seconds that begin the name, then `M`'s microseconds, then the name. */
export function byDelivery(a: string, b: string): number {
  const [left, right] = [stampOfBase(a), stampOfBase(b)]
  return left.seconds - right.seconds || left.micros - right.micros || (a < b ? -1 : a > b ? 1 : 0)
}

function stampOfBase(base: string): { readonly seconds: number; readonly micros: number } {
  const found = /^(\d{1,15})(?:\.[^.]*?M(\d{1,9}))?/.exec(base)
  return { seconds: Number(found?.[1] ?? 0), micros: Number(found?.[2] ?? 0) }
}

/**
 * Makes base names in Postfix's form, `time.V<dev>I<inode>M<micros>.host`, with `,S=` and `,W=` after them.
 *
 * Unique on the machine: no two files share device and inode, and of one file's links no two share the microsecond.
 */
export class UniqueNames {
  readonly #clock: Clock
  readonly #host: string
  #last = 0

  constructor(clock: Clock, host: string) {
    this.#clock = clock
    // The escapes of the Maildir specification; a comma would begin a field.
    this.#host = host.replaceAll('/', '\\057').replaceAll(':', '\\072').replaceAll(',', '\\054')
  }

  next(file: { readonly dev: bigint; readonly ino: bigint }, sizes: NamedSizes): string {
    // Microseconds since 1970 stay below 2^53 until the year 2255.
    this.#last = Math.max(Math.floor(this.#clock.date() * 1_000), this.#last + 1)
    const seconds = Math.floor(this.#last / 1_000_000)
    const unique = `V${file.dev.toString(16)}I${file.ino.toString(16)}M${this.#last % 1_000_000}`
    const fields = `${sizes.size === null ? '' : `,S=${sizes.size}`}${sizes.wire === null ? '' : `,W=${sizes.wire}`}`
    return `${seconds}.${unique}.${this.#host}${fields}${sizes.isRaw ? ',R=1' : ''}`
  }
}

import { latin1, type Octets } from '@mailwright/core'
import type { MessageLimits } from '../limits.js'
import type { HeaderField } from './field.js'

const LF = 10
const CR = 13
const SP = 32
const TAB = 9
const COLON = 58

/** What a line turned out to be: part of the header, the blank line after it, or the first line of a body. */
export type HeaderLine = 'field' | 'blank' | 'body'

/** Octets that may still be kept; one budget is shared by all headers of a message. */
export interface KeptBudget {
  left: Octets
}

export interface HeaderCollectorOptions {
  /** Lower-case names of the fields to keep; all when absent. */
  readonly wanted?: ReadonlySet<string> | undefined
  readonly limits: Pick<MessageLimits, 'headerOctets' | 'headerFields' | 'fieldOctets'>
  readonly budget: KeptBudget
  /** A `message` may begin with an mbox separator line; the header of a `part` may not. */
  readonly of: 'message' | 'part'
}

/**
 * Gathers the fields of one header from its lines.
 *
 *     obs-optional = field-name *WSP ":" unstructured CRLF
 *
 * RFC 5322 §2.2, §4.5.8. Only a blank line ends a header (§2.1): a line that is no field, behind one that is, is passed over with what
 * continues it, as Dovecot does, so that one bad line does not cost the fields behind it. Where the first line of a message is none, there
 * is no header at all; a part always has one (`body-part := MIME-part-headers [CRLF *OCTET]`, RFC 2046 §5.1.1).
 */
export class HeaderCollector {
  readonly #options: HeaderCollectorOptions
  readonly #fields: HeaderField[] = []
  #octets: Octets = 0
  #kept = 0
  #name: string | null = null
  #raw = ''
  #room: Octets = 0
  /** What is read is a header for sure. */
  #isHeader: boolean

  constructor(options: HeaderCollectorOptions) {
    this.#options = options
    this.#isHeader = options.of === 'part'
  }

  /**
   * Takes the next line: `bytes` from `start` to `end` with its line end, or the beginning of a longer one whose
   * true length is `length`.
   */
  line(bytes: Uint8Array, start: number, end: number, length: Octets): HeaderLine {
    const first = bytes[start]
    if (isLineEnd(bytes, start, end)) {
      this.#finish()
      return 'blank'
    }
    if (first === SP || first === TAB) {
      if (!this.#isHeader) return 'body'
      this.#octets += length
      this.#keep(bytes, start, end)
      return 'field'
    }
    const colon = nameEnd(bytes, start, end)
    if (colon === start) {
      const isSeparator = this.#octets === 0 && this.#options.of === 'message' && isMboxSeparator(bytes, start, end)
      this.#finish()
      if (!isSeparator && !this.#isHeader) return 'body'
      this.#octets += length
      return 'field'
    }
    this.#finish()
    this.#isHeader = true
    this.#octets += length
    const name = latin1(bytes, start, colon).toLowerCase()
    const { wanted, limits } = this.#options
    const isRoom = this.#octets <= limits.headerOctets && this.#kept < limits.headerFields
    if (isRoom && (wanted === undefined || wanted.has(name))) {
      this.#kept++
      this.#name = name
      this.#room = limits.fieldOctets
      this.#keep(bytes, start, end)
    }
    return 'field'
  }

  /** The fields that are complete and were not taken yet. */
  take(): readonly HeaderField[] {
    return this.#fields.splice(0)
  }

  /** The header is over. Returns the fields that were not taken yet. */
  end(): readonly HeaderField[] {
    this.#finish()
    return this.take()
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const { budget } = this.#options
    if (this.#name === null || budget.left <= 0) return
    const octets = Math.min(end - start, this.#room, budget.left)
    if (octets === 0) return
    this.#room -= octets
    budget.left -= octets
    this.#raw += latin1(bytes, start, start + octets)
  }

  #finish(): void {
    if (this.#name === null) return
    const raw = this.#raw
    // Cut by a limit before the colon: not a field any more.
    if (raw.includes(':')) this.#fields.push({ name: this.#name, raw: withLineEnd(raw) })
    this.#name = null
    this.#raw = ''
  }
}

/** Of a field that was cut, or that the message ends with. */
function withLineEnd(raw: string): string {
  if (raw.endsWith('\n')) return raw
  return raw.endsWith('\r') ? `${raw}\n` : `${raw}\r\n`
}

function isLineEnd(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === LF || (bytes[start] === CR && bytes[start + 1] === LF && start + 2 === end)
}

/** Where the name before the colon ends; `start` when there is none. `ftext = %d33-57 / %d59-126`. RFC 5322 §3.6.8. */
function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  for (; at < end; at++) {
    const octet = bytes[at]
    if (octet === undefined || octet === COLON || octet < 33 || octet > 126) break
  }
  const name = at
  while (at < end && (bytes[at] === SP || bytes[at] === TAB)) at++
  return at < end && bytes[at] === COLON ? name : start
}

/**
 * `From ` or `>From ` at the very top: programs that hand an mbox's text to sendmail leave it (Postfix skips it as
 * well), and with it as a body the whole header would be lost.
 */
function isMboxSeparator(bytes: Uint8Array, start: number, end: number): boolean {
  return /^>?From /.test(latin1(bytes, start, Math.min(end, start + 6)))
}

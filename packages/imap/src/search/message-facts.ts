import type { FetchField, FetchPage, MessageDigest, Octets, UnixMillis } from '@mailwright/core'
import { fieldBody, MESSAGE_LIMITS, parseDate } from '@mailwright/message'
import type { SearchKey } from './search-key.js'

const DAY_MILLIS = 86_400_000

/** What is known of one message while it is searched. Cheap facts come first; what is not known yet is `null`. */
export interface MessageFacts {
  /** Its place among the session's messages: its sequence number less one. */
  readonly index: number
  readonly columns: Columns | null
  readonly header: HeaderFacts | null
  readonly text: TextFacts | null
}

/** What the store tells without a look at the message; those a search does not ask for are 0 or empty. */
export interface Columns {
  readonly octets: Octets
  readonly internalDate: UnixMillis
  readonly saveDate: UnixMillis
  readonly modSeq: number
  readonly emailId: string
  /** Empty: the message has none. */
  readonly threadId: string
}

/** What a page tells of message `at`; `null` for a page of other fields. */
export function columnsAt(page: FetchPage, at: number, fields: readonly FetchField[]): Columns | null {
  if (fields.length === 0) return null
  return {
    octets: page.octets?.[at] ?? 0,
    internalDate: page.internalDates?.[at] ?? 0,
    saveDate: page.saveDates?.[at] ?? 0,
    modSeq: page.modSeqs?.[at] ?? 0,
    emailId: page.emailIds?.[at] ?? '',
    threadId: page.threadIds?.[at] ?? '',
  }
}

/** What reading the message itself has shown so far. */
export interface TextFacts {
  /** Keys (`header`, `body`, `text`) whose text was found. */
  readonly found: ReadonlySet<SearchKey>
  readonly isHeaderRead: boolean
  readonly isBodyRead: boolean
}

/** The header fields that a digest keeps. Nothing is taken apart before it is asked for, and then only that. */
export class HeaderFacts {
  readonly #digest: MessageDigest

  constructor(digest: MessageDigest) {
    this.#digest = digest
  }

  /** Fields longer than `fieldOctets` are cut in a digest; a header that is no longer as a whole has none. */
  get isWhole(): boolean {
    return this.#digest.headerOctets <= MESSAGE_LIMITS.fieldOctets
  }

  /** The body of the first field of that lower-case name, unfolded; `undefined` without one. */
  first(name: string): string | undefined {
    const at = this.#find(name, 0)
    return at < 0 ? undefined : fieldBody(this.#field(at))
  }

  /** Bodies of all fields of that lower-case name, unfolded. */
  *all(name: string): Generator<string, void, void> {
    for (let at = this.#find(name, 0); at >= 0; ) {
      const field = this.#field(at)
      yield fieldBody(field)
      at = this.#find(name, at + field.length)
    }
  }

  /**
   * The day of the Date field as its writer's calendar had it (RFC 3501 §6.4.4: time and zone disregarded), in days since
   * 1970-01-01; `null` without a readable one.
   */
  get sentDay(): number | null {
    const body = this.first('date')
    const date = body === undefined ? null : parseDate(body)
    return date === null ? null : Math.floor((date.time + date.zone * 60_000) / DAY_MILLIS)
  }

  /** Where the next field of that name begins, from the beginning `at` of a field on; negative without one. */
  #find(name: string, at: number): number {
    const { fields } = this.#digest
    while (at < fields.length) {
      const end = at + name.length
      if (/[ \t:]/.test(fields.charAt(end)) && fields.slice(at, end).toLowerCase() === name) return at
      at += this.#field(at).length
    }
    return -1
  }

  /** The field that begins at `at`, with its continuation lines. */
  #field(at: number): string {
    const { fields } = this.#digest
    let end = at
    do end = fields.indexOf('\n', end) + 1
    while (end > 0 && (fields[end] === ' ' || fields[end] === '\t'))
    return fields.slice(at, end > 0 ? end : fields.length)
  }
}

/** The day of an INTERNALDATE as FETCH tells it, in UTC; days since 1970-01-01. */
export function internalDay(internalDate: UnixMillis): number {
  return Math.floor(internalDate / DAY_MILLIS)
}

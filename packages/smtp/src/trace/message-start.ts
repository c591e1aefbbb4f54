import { latin1 } from '@mailwright/core'
import { FIELD_NAME_OCTETS } from '../limits.js'

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58
const CRLF_OCTETS = new Uint8Array([CR, LF])

/** Where the reader stands: at a line's first octet, in a field's name, behind it, in the rest of a line, in the body. */
type Place = 'lineStart' | 'name' | 'gap' | 'rest' | 'body'

/**
 * Watches the header of a message go by and mends its end: where a line is neither field nor continuation, the header
 * was over, and the missing blank line is put in before it. So `Subject: hello` with the text right below it is a message with a
 * subject and a text, to every reader (RFC 5322 §2.1; people at a telnet prompt, and Postfix's cleanup). A message that ends
 * before its header does gets the blank line at its end.
 *
 * Works on chunks cut anywhere, with CRLF line ends, and copies nothing. Once the header is over, chunks pass unseen.
 */
export class MessageStart {
  readonly #fields = new Map<string, number>()
  #place: Place = 'lineStart'
  #isFirstLine = true
  #isMended = false
  /** The beginning of a line whose kind is not known yet: its octets from chunks that are gone, its name, its length. */
  #held: Uint8Array[] = []
  #name = ''
  #undecided = 0

  /** @param watch field names in lower case to be counted: `date`, `message-id`, `received` … */
  constructor(watch: readonly string[] = []) {
    for (const name of watch) this.#fields.set(name, 0)
  }

  /** The header is over. */
  get isOver(): boolean {
    return this.#place === 'body'
  }

  /** A blank line was put in. */
  get isMended(): boolean {
    return this.#isMended
  }

  /** How often a watched field came so far; 0 for one that is not watched. */
  count(name: string): number {
    return this.#fields.get(name) ?? 0
  }

  /** The octets that can go on: views of chunks, in order. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const passed: Uint8Array[] = []
    /** Where the line under way began in this chunk; 0 when it began before. */
    let line = 0
    let at = 0
    while (at < chunk.length && this.#place !== 'body') {
      switch (this.#place) {
        case 'lineStart': {
          line = at
          const octet = chunk[at]
          if (octet === CR || octet === LF) this.#place = 'body'
          else if (isFtext(octet)) this.#place = 'name'
          else if (isBlank(octet) && !this.#isFirstLine) this.#place = 'rest'
          else return this.#mend(passed, chunk, line)
          break
        }
        case 'name': {
          const end = nameEnd(chunk, at)
          this.#name += latin1(chunk, at, end)
          this.#undecided += end - at
          if (end < chunk.length) this.#place = 'gap'
          if (this.#undecided > FIELD_NAME_OCTETS) return this.#mend(passed, chunk, line)
          at = end
          break
        }
        case 'gap':
          if (chunk[at] === COLON) this.#field(passed)
          else if (!isBlank(chunk[at]) || ++this.#undecided > FIELD_NAME_OCTETS) return this.#mend(passed, chunk, line)
          at++
          break
        case 'rest': {
          const lineFeed = chunk.indexOf(LF, at)
          if (lineFeed !== -1) this.#place = 'lineStart'
          this.#isFirstLine = false
          at = lineFeed === -1 ? chunk.length : lineFeed + 1
          break
        }
        default:
          this.#place satisfies never
      }
    }
    const isUndecided = this.#place === 'name' || this.#place === 'gap'
    if (isUndecided && at > line) this.#held.push(chunk.subarray(line))
    add(passed, isUndecided ? chunk.subarray(0, line) : chunk)
    return passed
  }

  /**
   * What is left when the message ends. A message that is all header gets its blank line too: RFC 5322 §3.5 needs none there, but
   * mbsync skips such a message for good ("incomplete header").
   */
  end(): readonly Uint8Array[] {
    if (this.#place === 'body') return []
    const rest = this.#place === 'rest' ? [CRLF_OCTETS] : []
    return [...rest, ...this.#mend([], new Uint8Array(0), 0)]
  }

  /** The line under way is a field: its beginning may pass. */
  #field(passed: Uint8Array[]): void {
    const name = this.#name.toLowerCase()
    const count = this.#fields.get(name)
    if (count !== undefined) this.#fields.set(name, count + 1)
    passed.push(...this.#decided())
    this.#place = 'rest'
  }

  /** The line under way, which began at `line` or in what is held, is none of the header. */
  #mend(passed: Uint8Array[], chunk: Uint8Array, line: number): readonly Uint8Array[] {
    this.#isMended = true
    this.#place = 'body'
    add(passed, chunk.subarray(0, line))
    passed.push(CRLF_OCTETS, ...this.#decided())
    add(passed, chunk.subarray(line))
    return passed
  }

  #decided(): Uint8Array[] {
    const held = this.#held
    this.#held = []
    this.#name = ''
    this.#undecided = 0
    return held
  }
}

/** Where a field's name ends: `ftext = %d33-57 / %d59-126` (RFC 5322 §3.6.8). */
function nameEnd(chunk: Uint8Array, from: number): number {
  let at = from
  while (at < chunk.length && isFtext(chunk[at])) at++
  return at
}

function isFtext(octet: number | undefined): boolean {
  return octet !== undefined && octet > SPACE && octet < 127 && octet !== COLON
}

function isBlank(octet: number | undefined): boolean {
  return octet === SPACE || octet === TAB
}

function add(chunks: Uint8Array[], chunk: Uint8Array): void {
  if (chunk.length > 0) chunks.push(chunk)
}

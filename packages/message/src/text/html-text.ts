import { HTML_NAME_CHARACTERS } from '../limits.js'
import { characterReference } from './html-entities.js'

/** Elements that begin on a line of their own, or end one. */
const BLOCKS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body br center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 ' +
    'h3 h4 h5 h6 head header hr html li main menu nav ol option p pre section summary table tbody tfoot thead tr ul'
  ).split(' '),
)
/** Elements whose neighbours are words apart. */
const CELLS: ReadonlySet<string> = new Set(['td', 'th', 'img', 'input', 'button', 'select', 'caption'])
/** Elements whose content is no text, and is read up to their end tag whatever it looks like. HTML §13.1.2. */
const RAW: ReadonlySet<string> = new Set(['style', 'script', 'title', 'noscript', 'template', 'xmp', 'iframe', 'svg'])

type State =
  | 'text'
  | 'reference'
  | 'open'
  | 'close'
  | 'name'
  | 'attributes'
  | 'quoted'
  | 'declaration'
  | 'comment'
  | 'bogus'
  | 'raw'

/**
 * The text of an HTML document, taken in chunks of any cutting: tags gone, references resolved, white space collapsed, a line end
 * where a block begins or ends.
 *
 * Like a browser it never fails. Memory is bounded by {@link HTML_NAME_CHARACTERS}, time linear. Lines within `blockquote` begin with
 * `>` where `quotes` asks for that, as they would in plain text.
 */
export class HtmlText {
  readonly #marksQuotes: boolean
  #state: State = 'text'
  /** The name of a tag or reference so far, or the end of a comment or raw text. */
  #name = ''
  #isClose = false
  /** The quote an attribute's value stands in. */
  #quote = ''
  /** The last character in a tag that was no white space. */
  #last = ''
  /** The element whose raw text is read. */
  #raw = ''
  #quoteDepth = 0
  /** White space owed before the next character; at the beginning none. */
  #gap: '' | ' ' | '\n' = ''
  #hasText = false
  #out = ''

  constructor({ quotes = 'keep' }: { readonly quotes?: 'keep' | 'mark' } = {}) {
    this.#marksQuotes = quotes === 'mark'
  }

  push(chunk: string): string {
    for (let at = 0; at < chunk.length; ) at = this.#step(chunk, at)
    return this.#take()
  }

  end(): string {
    if (this.#state === 'reference') this.#reference('')
    else if (this.#state === 'open') this.#text('<')
    this.#state = 'text'
    return this.#take()
  }

  #take(): string {
    const out = this.#out
    this.#out = ''
    return out
  }

  /** Reads from `at`, one character or a run; returns how far it came. */
  #step(chunk: string, at: number): number {
    const char = chunk.charAt(at)
    switch (this.#state) {
      case 'text':
        return this.#plain(chunk, at)
      case 'reference':
        if (/[A-Za-z0-9#]/.test(char) && this.#name.length < HTML_NAME_CHARACTERS) {
          this.#name += char
          return at + 1
        }
        this.#reference(char)
        return char === ';' ? at + 1 : at
      case 'open':
        return this.#afterOpen(char, at)
      case 'close':
        this.#isClose = true
        this.#name = ''
        this.#state = /[A-Za-z]/.test(char) ? 'name' : 'bogus'
        return at
      case 'name':
        if (!/[\s/>]/.test(char)) {
          if (this.#name.length < HTML_NAME_CHARACTERS) this.#name += char.toLowerCase()
          return at + 1
        }
        this.#last = ''
        this.#state = 'attributes'
        return at
      case 'attributes':
        return this.#attributes(chunk, at)
      case 'quoted': {
        const end = chunk.indexOf(this.#quote, at)
        if (end < 0) return chunk.length
        this.#last = this.#quote
        this.#state = 'attributes'
        return end + 1
      }
      case 'declaration':
        this.#name += char
        if (this.#name === '--') {
          // `<!-->` is a whole comment.
          this.#state = 'comment'
        } else if (this.#name !== '-') {
          this.#state = 'bogus'
          return at
        }
        return at + 1
      case 'comment':
        return this.#comment(chunk, at)
      case 'bogus': {
        const end = chunk.indexOf('>', at)
        if (end < 0) return chunk.length
        this.#state = 'text'
        return end + 1
      }
      case 'raw':
        return this.#rawText(chunk, at)
      default:
        return this.#state satisfies never
    }
  }

  #plain(chunk: string, at: number): number {
    const stop = /[<&]/g
    stop.lastIndex = at
    const end = stop.exec(chunk)?.index ?? chunk.length
    if (end > at) this.#text(chunk.slice(at, end))
    if (end === chunk.length) return end
    this.#name = ''
    this.#state = chunk[end] === '<' ? 'open' : 'reference'
    return end + 1
  }

  #text(text: string): void {
    for (const [piece] of text.matchAll(/[ \t\r\n\f]+|[^ \t\r\n\f]+/g)) {
      if (/^[ \t\r\n\f]/.test(piece)) {
        if (this.#gap === '') this.#gap = ' '
        continue
      }
      if (this.#hasText) this.#out += this.#gap
      const isLineStart = !this.#hasText || this.#gap === '\n'
      if (isLineStart && this.#quoteDepth > 0 && this.#marksQuotes) this.#out += '> '
      this.#gap = ''
      this.#hasText = true
      this.#out += piece
    }
  }

  #reference(end: string): void {
    const text = characterReference(this.#name)
    // A reference to white space is not collapsed, but for the space itself.
    this.#text(text ?? `&${this.#name}${end === ';' ? ';' : ''}`)
    this.#state = 'text'
  }

  #afterOpen(char: string, at: number): number {
    if (/[A-Za-z]/.test(char)) {
      this.#isClose = false
      this.#state = 'name'
      return at
    }
    this.#state = char === '/' ? 'close' : char === '!' ? 'declaration' : char === '?' ? 'bogus' : 'text'
    if (this.#state !== 'text') return at + 1
    this.#text('<')
    return at
  }

  #attributes(chunk: string, at: number): number {
    const stop = /["'>]/g
    stop.lastIndex = at
    const found = stop.exec(chunk)
    const end = found?.index ?? chunk.length
    for (let back = end - 1; back >= at; back--) {
      if (/\s/.test(chunk.charAt(back))) continue
      this.#last = chunk.charAt(back)
      break
    }
    if (found === null) return chunk.length
    if (found[0] === '>') {
      this.#state = 'text'
      this.#tag()
    } else if (this.#last === '=') {
      this.#quote = found[0]
      this.#state = 'quoted'
    } else {
      this.#last = found[0]
    }
    return end + 1
  }

  /** `-->` ends it, and so does `--!>`. */
  #comment(chunk: string, at: number): number {
    // Only what may be part of its end is remembered.
    const char = chunk.charAt(at)
    if (char === '-') {
      this.#name = this.#name === '-' || this.#name === '--' ? '--' : '-'
    } else if (char === '!' && this.#name === '--') {
      this.#name = '--!'
    } else if (char === '>' && this.#name.length > 1) {
      this.#state = 'text'
    } else {
      this.#name = ''
      const next = chunk.indexOf('-', at)
      return next < 0 ? chunk.length : next
    }
    return at + 1
  }

  /** Up to `</name` and a character that may follow it. */
  #rawText(chunk: string, at: number): number {
    const wanted = `</${this.#raw}`
    const char = chunk.charAt(at)
    if (this.#name === wanted && /[\s/>]/.test(char)) {
      this.#isClose = true
      this.#name = this.#raw
      this.#last = ''
      this.#state = 'attributes'
      return at
    }
    const more = this.#name + char.toLowerCase()
    if (wanted.startsWith(more)) {
      this.#name = more
      return at + 1
    }
    this.#name = ''
    if (char === '<') return at
    const next = chunk.indexOf('<', at)
    return next < 0 ? chunk.length : next
  }

  #tag(): void {
    const name = this.#name
    this.#name = ''
    if (name === 'blockquote') this.#quoteDepth = Math.max(0, this.#quoteDepth + (this.#isClose ? -1 : 1))
    if (BLOCKS.has(name)) this.#gap = '\n'
    else if (CELLS.has(name) && this.#gap === '') this.#gap = ' '
    if (RAW.has(name) && !this.#isClose) {
      this.#raw = name
      this.#state = 'raw'
    }
  }
}
